import { count, formatBytes } from "../format.ts";
import type { CompleteOptions, Completion, CompletionItem } from "../types.ts";
import { LISTED, sortable, type Target } from "./target.ts";

/** The ids of backups, newest first. */
export async function completeBackups(
  { backups }: CompleteOptions,
  { slot }: Target,
): Promise<Completion> {
  const all = (await backups?.()) ?? [];
  const items = all.slice(0, LISTED).flatMap((backup, index): CompletionItem[] => {
    const part = slot.part(backup.id);
    if (part === undefined) return [];
    return [
      {
        label: part.label,
        kind: "backup",
        detail: `${backup.kind}, ${count(backup.entries, "entry", "entries")}, ${formatBytes(backup.sizeBytes)}`,
        insertText: part.written,
        span: slot.span,
        sortText: sortable(index),
        filterText: part.written,
      },
    ];
  });
  return { items, isIncomplete: all.length > LISTED };
}
