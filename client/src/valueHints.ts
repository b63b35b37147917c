import * as vscode from "vscode";
import { DIAGNOSTIC_SOURCE } from "../../shared/src/names.ts";
import { checkValueRequest } from "../../shared/src/protocol.ts";
import { SCHEME } from "../../shared/src/value-uri.ts";
import type { Connection } from "./connection.ts";
import type { ValueFiles } from "./valueFiles.ts";

/** After so long without another edit. */
const QUIET_MS = 300;

/** Marks in edited values what is other than all that is known of such values. Nothing keeps it from being saved. */
export function showValueHints(connection: Connection, files: ValueFiles): vscode.Disposable {
  const hints = vscode.languages.createDiagnosticCollection(DIAGNOSTIC_SOURCE);
  const waiting = new Map<string, NodeJS.Timeout>();
  const stopWaiting = (uri: vscode.Uri) => {
    clearTimeout(waiting.get(uri.toString()));
    waiting.delete(uri.toString());
  };
  const check = async (document: vscode.TextDocument) => {
    const { uri, version } = document;
    const found = await hintsFor(document, connection, files);
    if (document.version === version && !document.isClosed) hints.set(uri, found);
  };
  const forget = ({ uri }: vscode.TextDocument) => {
    if (uri.scheme !== SCHEME) return;
    stopWaiting(uri);
    hints.delete(uri);
  };
  return vscode.Disposable.from(
    hints,
    new vscode.Disposable(() => {
      for (const timer of waiting.values()) clearTimeout(timer);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const { uri, isDirty } = document;
      if (uri.scheme !== SCHEME) return;
      if (!isDirty) return forget(document);
      stopWaiting(uri);
      waiting.set(
        uri.toString(),
        setTimeout(() => void check(document), QUIET_MS),
      );
    }),
    vscode.workspace.onDidSaveTextDocument(forget),
    vscode.workspace.onDidCloseTextDocument(forget),
  );
}

async function hintsFor(
  document: vscode.TextDocument,
  connection: Connection,
  files: ValueFiles,
): Promise<vscode.Diagnostic[]> {
  try {
    const name = await files.nameOf(document.uri);
    const text = document.getText();
    const found = await connection.request(checkValueRequest, { ...name, text });
    return found.map(({ range: { start, end }, message }) => {
      const range = new vscode.Range(start.line, start.character, end.line, end.character);
      const hint = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Hint);
      hint.source = DIAGNOSTIC_SOURCE;
      return hint;
    });
  } catch {
    // While the server is away there are no hints; that it is away is told elsewhere.
    return [];
  }
}
