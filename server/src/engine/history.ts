import type { Entry, HistoryItem } from "./types.ts";

/** An earlier value of a key, with the deletion that ended it, if one did. */
export interface PastValue {
  readonly revision: number;
  readonly at: number;
  readonly origin: string;
  readonly value: string;
  readonly deleted: Omit<HistoryItem, "value"> | undefined;
}

/** A key's history, newest first: what is now, then what was, with the deletions in between. */
export function historyItems(
  present: Entry | undefined,
  past: readonly PastValue[],
): readonly HistoryItem[] {
  const items: HistoryItem[] = [];
  if (present !== undefined) {
    const { revision, updatedAt: at, origin, value } = present;
    items.push({ op: "save", revision, at, origin, value });
  }
  for (const { revision, at, origin, value, deleted } of past) {
    if (deleted !== undefined) items.push(deleted);
    items.push({ op: "save", revision, at, origin, value });
  }
  return items;
}
