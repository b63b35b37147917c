import type { Entry, HistoryItem } from "../types.ts";
import type { PastValue } from "./reads.ts";

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
