import type { CompleteOptions, Completion, CompletionItem } from "../types.ts";
import { sortable, type Target } from "./target.ts";

/** The versions that migrations lead to, the newest first. */
export async function completeVersions(
  { versions }: CompleteOptions,
  { slot }: Target,
): Promise<Completion> {
  const { current, targets } = (await versions?.()) ?? { current: "", targets: [] };
  const items = targets.toReversed().flatMap((version, index): CompletionItem[] => {
    const part = slot.part(version);
    if (part === undefined) return [];
    return [
      {
        label: part.label,
        kind: "version",
        detail: `from ${current}`,
        insertText: part.written,
        span: slot.span,
        sortText: sortable(index),
        filterText: part.written,
      },
    ];
  });
  return { items, isIncomplete: false };
}
