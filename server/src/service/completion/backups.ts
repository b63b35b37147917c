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
    const written = slot.write(backup.id);
    if (written === undefined) return [];
    return [
      {
        label: backup.id,
        kind: "backup",
        detail: `${backup.kind}, ${count(backup.entries, "entry", "entries")}, ${formatBytes(backup.sizeBytes)}`,
        insertText: written,
        span: slot.span,
        sortText: sortable(index),
        filterText: written,
      },
    ];
  });
  return { items, isIncomplete: all.length > LISTED };
}
