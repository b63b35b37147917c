import * as vscode from "vscode";
import type { ChangePreview, DiffResult } from "../../shared/src/protocol.ts";

/** How many entries restoring would put back as new, change and remove, among those previewed. */
export interface DiffCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export function countDiff({ changes }: DiffResult): DiffCounts {
  const removed = changes.filter(({ op }) => op === "delete").length;
  const added = changes.filter(({ op, before }) => op === "save" && before === undefined).length;
  return { added, removed, changed: changes.length - added - removed };
}

/** One sentence of what restoring would do. */
export function summarizeDiff(diff: DiffResult): string {
  if (diff.total > diff.changes.length) {
    return vscode.l10n.t("{0} entries would change.", diff.total);
  }
  const { added, changed, removed } = countDiff(diff);
  return vscode.l10n.t(
    "{0} would come back, {1} would change, {2} would be removed.",
    added,
    changed,
    removed,
  );
}

/** The same, entry by entry, as text in diff notation. */
export function diffText(backup: string, store: string, diff: DiffResult): string {
  const head = [
    vscode.l10n.t("Restoring the backup {0} into {1}:", backup, store),
    diff.total === 0 ? vscode.l10n.t("Nothing would change.") : summarizeDiff(diff),
  ];
  const hidden = diff.total - diff.changes.length;
  const foot = hidden === 0 ? [] : ["", vscode.l10n.t("… and {0} more.", hidden)];
  return [...head, ...diff.changes.flatMap(changeLines), ...foot, ""].join("\n");
}

function changeLines({ namespace, key, before, after }: ChangePreview): string[] {
  return [
    "",
    `@@ ${namespace} / ${key} @@`,
    ...(before === undefined ? [] : [prefixed("-", before)]),
    ...(after === undefined ? [] : [prefixed("+", after)]),
  ];
}

function prefixed(mark: string, text: string): string {
  return text
    .split("\n")
    .map((line) => `${mark} ${line}`)
    .join("\n");
}
