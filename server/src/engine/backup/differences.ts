import type { ChangeDetail, Entry } from "../types.ts";
import type { SavedEntry } from "./lines.ts";
import type { Pair } from "./pairs.ts";

type Held = SavedEntry | Entry;

/** Whether nothing of an entry would change: value and times are the same. */
export function isSame(wanted: Held, present: Held): boolean {
  return (
    wanted.value === present.value &&
    wanted.updatedAt === present.updatedAt &&
    wanted.createdAt === present.createdAt
  );
}

/** What making the second state the first would change under one name; undefined: nothing. */
export function difference(pair: Pair<Held, Held>): ChangeDetail | undefined {
  const [wanted, present] = pair;
  if (wanted === undefined) return described("delete", present, { before: present.value });
  if (present === undefined) return described("save", wanted, { after: wanted.value });
  if (isSame(wanted, present)) return undefined;
  return described("save", wanted, { before: present.value, after: wanted.value });
}

function described(
  op: "save" | "delete",
  { namespace, key, revision, updatedAt, origin }: Held,
  values: { readonly before?: string; readonly after?: string },
): ChangeDetail {
  return { op, namespace, key, revision, at: updatedAt, origin, ...values };
}
