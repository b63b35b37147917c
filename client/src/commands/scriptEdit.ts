import * as vscode from "vscode";
import type {
  AnnotatedTextEdit,
  TextDocumentEdit,
  WorkspaceEdit,
} from "vscode-languageclient/node";
import { difference } from "../../../shared/src/difference.ts";
import type { Connection } from "../connection.ts";

/** What scripts were and became, by URI, so that it can be taken back. */
export type ChangedScripts = ReadonlyMap<
  string,
  { readonly before: string; readonly after: string }
>;

/**
 * Changes scripts as the server says; the user confirms each doubtful change first. Gives what
 * changed; undefined when the user gave it up.
 */
export async function applyToScripts(
  connection: Connection,
  edit: WorkspaceEdit,
): Promise<ChangedScripts | undefined> {
  const converted = await connection.edit(edit);
  const scripts = await Promise.all(
    converted.entries().map(([uri]) => vscode.workspace.openTextDocument(uri)),
  );
  const before = scripts.map((script) => script.getText());
  const saved = scripts.filter(({ isDirty }) => !isDirty);
  if (!(await vscode.workspace.applyEdit(converted, { isRefactoring: true }))) return undefined;
  await saveAll(saved);
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
  const saved: vscode.TextDocument[] = [];
  for (const [text, { before, after }] of changed) {
    const script = await vscode.workspace.openTextDocument(vscode.Uri.parse(text));
    if (script.getText() !== after) {
      left.push(script.uri);
      continue;
    }
    if (!script.isDirty) saved.push(script);
    const { start, end, text: old } = difference(script.getText(), before);
    const range = new vscode.Range(script.positionAt(start), script.positionAt(end));
    edit.replace(script.uri, range, old);
  }
  await vscode.workspace.applyEdit(edit, { isRefactoring: true });
  await saveAll(saved);
  return left;
}

/** Scripts are run from disk: those that were saved before are saved after. */
async function saveAll(scripts: readonly vscode.TextDocument[]): Promise<void> {
  for (const script of scripts) await script.save();
}

/** The lines that an edit changes, script by script, as text in diff notation. */
export async function editText(edit: WorkspaceEdit): Promise<string> {
  const lines: string[] = [];
  for (const { textDocument, edits } of (edit.documentChanges ?? []) as TextDocumentEdit[]) {
    const script = await vscode.workspace.openTextDocument(vscode.Uri.parse(textDocument.uri));
    const changes = edits as AnnotatedTextEdit[];
    const touched = [...new Set(changes.map(({ range }) => range.start.line))];
    lines.push("", `@@ ${vscode.workspace.asRelativePath(script.uri, false)} @@`);
    for (const at of touched.sort((a, b) => a - b)) {
      const before = script.lineAt(at).text;
      const here = changes.filter(({ range }) => range.start.line === at);
      const doubts = here.flatMap(({ annotationId = "" }) => {
        const label = edit.changeAnnotations?.[annotationId]?.label;
        return label === undefined ? [] : [label];
      });
      lines.push(...[...new Set(doubts)].map((label) => `# ${label}`));
      lines.push(`- ${at + 1}: ${before}`, `+ ${at + 1}: ${changedLine(before, here)}`);
    }
  }
  return lines.join("\n");
}

/** A line after changes that all lie in it. */
function changedLine(line: string, changes: readonly AnnotatedTextEdit[]): string {
  return changes
    .toSorted((a, b) => b.range.start.character - a.range.start.character)
    .reduce(
      (text, { range: { start, end }, newText }) =>
        text.slice(0, start.character) + newText + text.slice(end.character),
      line,
    );
}
