import type { ChangeDetail } from "../engine/types.ts";

/** How much is kept for the summary of one run; a script may change a million entries. */
export interface KeepLimits {
  readonly entries: number;
  /** UTF-16 units of all values together. */
  readonly size: number;
}

const KEEP: KeepLimits = { entries: 10_000, size: 32 * 1024 * 1024 };

/** Collects changes as they happen and tells what they come to, one per entry. */
export interface NetChanges {
  add(change: ChangeDetail): void;
  /** In the order in which the entries were first touched; entries that are as they were are left out. */
  list(): readonly ChangeDetail[];
  /** How many changes were made to entries beyond what is kept. */
  omitted(): number;
}

export function netChanges(keep: KeepLimits = KEEP): NetChanges {
  const byEntry = new Map<string, { readonly first: ChangeDetail; readonly net: ChangeDetail }>();
  let size = 0;
  let omitted = 0;
  return {
    add(change) {
      // A namespace holds no space, so the pair is unique.
      const id = `${change.namespace} ${change.key}`;
      const earlier = byEntry.get(id);
      const net = earlier === undefined ? change : merge(earlier.net, change);
      const grown = size + sizeOf(net) - (earlier === undefined ? 0 : sizeOf(earlier.net));
      if (earlier === undefined && (byEntry.size >= keep.entries || grown > keep.size)) {
        omitted++;
        return;
      }
      size = grown;
      byEntry.set(id, { first: earlier?.first ?? change, net });
    },
    list: () =>
      [...byEntry.values()].filter(({ first, net }) => !undone(first, net)).map(({ net }) => net),
    omitted: () => omitted,
  };
}

function merge(first: ChangeDetail, last: ChangeDetail): ChangeDetail {
  const { before: _, ...rest } = last;
  return first.before === undefined ? rest : { ...rest, before: first.before };
}

const sizeOf = ({ before, after }: ChangeDetail) => (before?.length ?? 0) + (after?.length ?? 0);

/** Saved as it was, or made and deleted again. Changes of a restore have no values and are always told. */
function undone(first: ChangeDetail, net: ChangeDetail): boolean {
  if (net.op === "save") return net.before !== undefined && net.before === net.after;
  return first.op === "save" && first.after !== undefined && first.before === undefined;
}
