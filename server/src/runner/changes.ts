import type { ChangeDetail } from "../engine/types.ts";

/** Collects changes as they happen and tells what they come to, one per entry. */
export interface NetChanges {
  add(change: ChangeDetail): void;
  /** In the order in which the entries were first touched; entries that are as they were are left out. */
  list(): readonly ChangeDetail[];
}

export function netChanges(): NetChanges {
  const byEntry = new Map<string, ChangeDetail>();
  return {
    add(change) {
      // A namespace holds no space, so the pair is unique.
      const id = `${change.namespace} ${change.key}`;
      const earlier = byEntry.get(id);
      byEntry.set(id, earlier === undefined ? change : merge(earlier, change));
    },
    list: () => [...byEntry.values()].filter((change) => !unchanged(change)),
  };
}

function merge(first: ChangeDetail, last: ChangeDetail): ChangeDetail {
  const { before: _, ...rest } = last;
  return first.before === undefined ? rest : { ...rest, before: first.before };
}

/** Changes of a restore come without values: they are always told. */
function unchanged({ op, before, after }: ChangeDetail): boolean {
  return op === "delete" ? false : before !== undefined && before === after;
}
