import * as vscode from "vscode";
import type { ChangePreview, RunScriptResult, ScriptError } from "../../../shared/src/protocol.ts";
import { entriesText } from "../counts.ts";
import type { FinishedRun } from "./runs.ts";

/** So many changes are named in the output; the view of the last run has all. */
const NAMED = 20;

/** What is written below the output of a run: its error, what it did, and what it changed. */
export function runSummary({ name, dryRun, withLlmspell, result }: FinishedRun): string {
  const { error, reads, writes, durationMs } = result;
  const ms = Math.round(durationMs);
  const counts = withLlmspell
    ? vscode.l10n.t("run by llmspell, {0} ms", ms)
    : vscode.l10n.t("reads: {0}, writes: {1}, {2} ms", reads, writes, ms);
  const lines =
    error === undefined
      ? [vscode.l10n.t("— {0} finished: {1}", name, counts)]
      : [
          `${errorPlace(error)}${errorReason(error)}`,
          ...(error.traceback ? [error.traceback] : []),
          vscode.l10n.t("— {0} failed: {1}", name, counts),
        ];
  return [...lines, ...changeLines(dryRun, result)].join("\n");
}

function changeLines(dryRun: boolean, { changes, omittedChanges }: RunScriptResult): string[] {
  if (changes.length === 0) return [];
  const named = changes.slice(0, NAMED);
  const hidden = changes.length - named.length + omittedChanges;
  return [
    dryRun ? vscode.l10n.t("It would change:") : vscode.l10n.t("It changed:"),
    ...named.map((change) => `  ${mark(change)} ${change.namespace} / ${change.key}`),
    ...(hidden === 0 ? [] : [`  ${vscode.l10n.t("… and {0} more.", hidden)}`]),
  ];
}

function mark({ op, before }: ChangePreview): string {
  if (op === "delete") return "-";
  return before === undefined ? "+" : "~";
}

/** `file:line: `, which the output view makes a link. */
function errorPlace({ file, line }: ScriptError): string {
  if (file === undefined) return "";
  return line === undefined ? `${file}: ` : `${file}:${line}: `;
}

/** The message without the `file.lua:12: ` that Lua puts before it: whoever shows it says where. */
export function errorReason({ message, line }: ScriptError): string {
  return line === undefined ? message : message.replace(new RegExp(`^\\S+:${line}: `), "");
}

/** How many entries a run changed or would change, for people. */
export function countChanges({ changes, omittedChanges }: RunScriptResult): string {
  return entriesText(changes.length + omittedChanges);
}
