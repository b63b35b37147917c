import * as vscode from "vscode";
import { quote } from "../../shared/src/names.ts";
import { readRequest } from "../../shared/src/protocol.ts";
import type { Connection } from "./connection.ts";
import { showFailure } from "./problems.ts";
import type { Reports } from "./reports.ts";
import { documentText, formatOf, type ValueConflict, type ValueFiles } from "./valueFiles.ts";

/** A message goes from the screen by itself after about so many milliseconds. */
const ON_SCREEN_MS = 20_000;

/**
 * Tells who is editing a value that it was changed meanwhile, once until that is decided: by saving,
 * reverting or closing the document.
 */
export function showConflicts(
  connection: Connection,
  files: ValueFiles,
  reports: Reports,
): vscode.Disposable {
  /** What is to be decided, by document, and since when (ms). */
  const open = new Map<string, { readonly since: number }>();
  const settle = (document: vscode.TextDocument) => {
    const question = open.get(document.uri.toString());
    if (question === undefined || (document.isDirty && !document.isClosed)) return;
    open.delete(document.uri.toString());
    // VS Code lets nobody take a message back. In the list of messages it stays.
    if (performance.now() - question.since < ON_SCREEN_MS) {
      void vscode.commands.executeCommand("notifications.hideToasts");
    }
  };
  const tell = async (conflict: ValueConflict) => {
    const text = conflict.uri.toString();
    if (open.has(text)) return;
    const question = { since: performance.now() };
    open.set(text, question);
    try {
      await ask(connection, reports, conflict, () => open.get(text) === question);
    } catch (error) {
      await showFailure(error);
    } finally {
      if (open.get(text) === question) open.delete(text);
    }
  };
  return vscode.Disposable.from(
    files.onConflict(tell),
    // Also when nothing but being dirty changes.
    vscode.workspace.onDidChangeTextDocument(({ document }) => settle(document)),
    vscode.workspace.onDidCloseTextDocument(settle),
  );
}

async function ask(
  connection: Connection,
  reports: Reports,
  { uri, name, change }: ValueConflict,
  isOpen: () => boolean,
): Promise<void> {
  const compare = vscode.l10n.t("Compare");
  const take = vscode.l10n.t("Take Theirs");
  const text =
    change.op === "save"
      ? vscode.l10n.t(
          "{0} was changed by {1} while you were editing it.",
          quote(name.key),
          change.origin,
        )
      : vscode.l10n.t(
          "{0} was deleted by {1} while you were editing it.",
          quote(name.key),
          change.origin,
        );
  const buttons = change.op === "save" ? [compare, take] : [];
  const answer = await vscode.window.showWarningMessage(text, ...buttons);
  if (answer !== undefined && !isOpen()) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("{0} was saved, reverted or closed since then.", quote(name.key)),
    );
    return;
  }
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
