import * as vscode from "vscode";
import { quote } from "../../shared/src/names.ts";
import { readRequest } from "../../shared/src/protocol.ts";
import type { Connection } from "./connection.ts";
import { showFailure } from "./problems.ts";
import type { Reports } from "./reports.ts";
import { documentText, formatOf, type ValueConflict, type ValueFiles } from "./valueFiles.ts";

/** Tells who is editing a value that it was changed meanwhile, once for each document at a time. */
export function showConflicts(
  connection: Connection,
  files: ValueFiles,
  reports: Reports,
): vscode.Disposable {
  const asking = new Set<string>();
  return files.onConflict(async (conflict) => {
    const text = conflict.uri.toString();
    if (asking.has(text)) return;
    asking.add(text);
    try {
      await ask(connection, reports, conflict);
    } catch (error) {
      await showFailure(error);
    } finally {
      asking.delete(text);
    }
  });
}

async function ask(
  connection: Connection,
  reports: Reports,
  { uri, name, change }: ValueConflict,
): Promise<void> {
  const compare = vscode.l10n.t("Compare");
  const take = vscode.l10n.t("Take Theirs");
  const text =
    change.op === "save"
      ? vscode.l10n.t("{0} was changed by {1} while you edit it.", quote(name.key), change.origin)
      : vscode.l10n.t("{0} was deleted by {1} while you edit it.", quote(name.key), change.origin);
  const buttons = change.op === "save" ? [compare, take] : [];
  const answer = await vscode.window.showWarningMessage(text, ...buttons);
  if (answer === take) {
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand("workbench.action.files.revert");
  }
  if (answer !== compare) return;
  const format = formatOf(uri);
  const read = await connection.request(readRequest, { ...name, format });
  await vscode.commands.executeCommand(
    "vscode.diff",
    reports.add(`${name.key}.${format}`, read === null ? "" : documentText(uri, read)),
    uri,
    vscode.l10n.t("{0}: stored now and as you edit it", name.key),
  );
}
