import * as vscode from "vscode";
import type { ChangePreview, DiffResult } from "../../shared/src/protocol.ts";
import { backupName } from "./backupName.ts";
import { entriesText } from "./counts.ts";

/** What restoring would do, in one line. */
export function summarizeDiff(diff: DiffResult): string {
  const { changes, total } = diff;
  if (total > changes.length) return vscode.l10n.t("What would change: {0}.", entriesText(total));
  const removed = changes.filter(({ op }) => op === "delete").length;
  const added = changes.filter(({ op, before }) => op === "save" && before === undefined).length;
  const changed = changes.length - added - removed;
  const parts = [
    ...(changed === 0 ? [] : [vscode.l10n.t("{0} changed", changed)]),
    ...(added === 0 ? [] : [vscode.l10n.t("{0} brought back", added)]),
    ...(removed === 0 ? [] : [vscode.l10n.t("{0} removed", removed)]),
  ];
  return vscode.l10n.t("Entries: {0}.", parts.join(", "));
}

/** The same, entry by entry, as text in diff notation. @param backup its id */
export function diffText(backup: string, store: string, diff: DiffResult): string {
  const head = [
    vscode.l10n.t("Restoring the backup of {0} into {1}:", backupName(backup), store),
    backup,
    diff.total === 0 ? vscode.l10n.t("Nothing would change.") : summarizeDiff(diff),
  ];
  return [...head, ...changesText(diff), ""].join("\n");
}

/** What leads from one backup to a newer one, both given by their ids, as text in diff notation. */
export function comparisonText(older: string, newer: string, diff: DiffResult): string {
  const head = [
    vscode.l10n.t("From the backup of {0} to that of {1}:", backupName(older), backupName(newer)),
    `${older} → ${newer}`,
    diff.total === 0
      ? vscode.l10n.t("They hold the same.")
      : vscode.l10n.t("Entries that differ: {0}.", diff.total),
  ];
  return [...head, ...changesText(diff), ""].join("\n");
}

/** The lines of all changes, and how many more there are. */
export function changesText({ changes, total }: DiffResult): string[] {
  const hidden = total - changes.length;
  const foot = hidden === 0 ? [] : ["", vscode.l10n.t("… and {0} more.", hidden)];
  return [...changes.flatMap(changeLines), ...foot];
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
