import * as vscode from "vscode";
import type { TextDocumentEdit, WorkspaceEdit } from "vscode-languageclient/node";
import type { Connection } from "../connection.ts";

const TO_CONFIRM = "confirm";

/** What scripts were and became, by URI, so that it can be taken back. */
export type ChangedScripts = ReadonlyMap<
  string,
  { readonly before: string; readonly after: string }
>;

/**
 * Changes scripts as the server says; with `preview` the user confirms each change first, else only
 * those that are doubtful. Gives what changed; undefined when the user gave it up.
 */
export async function applyToScripts(
  connection: Connection,
  edit: WorkspaceEdit,
  preview: boolean,
): Promise<ChangedScripts | undefined> {
  const converted = await connection.edit(preview ? askForEach(edit) : edit);
  const scripts = await Promise.all(
    converted.entries().map(([uri]) => vscode.workspace.openTextDocument(uri)),
  );
  const before = scripts.map((script) => script.getText());
  if (!(await vscode.workspace.applyEdit(converted, { isRefactoring: true }))) return undefined;
  return new Map(
    scripts.map((script, at) => [
      script.uri.toString(),
      { before: before[at] ?? "", after: script.getText() },
    ]),
  );
}

/** Makes scripts what they were. Gives those that were changed since, which are left as they are. */
export async function takeBack(changed: ChangedScripts): Promise<vscode.Uri[]> {
  const edit = new vscode.WorkspaceEdit();
  const left: vscode.Uri[] = [];
  for (const [text, { before, after }] of changed) {
    const script = await vscode.workspace.openTextDocument(vscode.Uri.parse(text));
    if (script.getText() !== after) left.push(script.uri);
    else edit.replace(script.uri, ...difference(script, before));
  }
  await vscode.workspace.applyEdit(edit, { isRefactoring: true });
  return left;
}

/** The part of a script that differs from `text`, and what is there in `text`. */
function difference(script: vscode.TextDocument, text: string): [vscode.Range, string] {
  const now = script.getText();
  const shorter = Math.min(now.length, text.length);
  let start = 0;
  while (start < shorter && now[start] === text[start]) start += 1;
  let end = 0;
  while (end < shorter - start && now.at(-1 - end) === text.at(-1 - end)) end += 1;
  const range = new vscode.Range(script.positionAt(start), script.positionAt(now.length - end));
  return [range, text.slice(start, text.length - end)];
}

/** The edit with every change to be confirmed: VS Code shows those before it makes them. */
function askForEach(edit: WorkspaceEdit): WorkspaceEdit {
  const changes = (edit.documentChanges ?? []) as TextDocumentEdit[];
  return {
    documentChanges: changes.map(({ textDocument, edits }) => ({
      textDocument,
      edits: edits.map((change) => ({ annotationId: TO_CONFIRM, ...change })),
    })),
    changeAnnotations: {
      ...edit.changeAnnotations,
      [TO_CONFIRM]: { label: vscode.l10n.t("Names in scripts"), needsConfirmation: true },
    },
  };
}
