import * as vscode from "vscode";

const NAME = "visits";

const EXAMPLE = `-- Remembers how often it ran. Press the triangle above: it is saved in this folder, then runs.
local count = State.load("demo", "visit_count") or 0
count = count + 1
State.save("demo", "visit_count", count)
print("This is run number " .. count .. ".")
`;

/** Opens a small script that uses State, to begin with; it has a name and is not saved yet. */
export async function newExampleScript(): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const document = await (folder === undefined
    ? vscode.workspace.openTextDocument({ language: "lua", content: EXAMPLE })
    : untitled(await freeName(folder.uri)));
  await vscode.window.showTextDocument(document);
}

/** A script that will be saved as `file`, without a question. */
async function untitled(file: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(file.with({ scheme: "untitled" }));
  if (document.getText() !== "") return document;
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), EXAMPLE);
  await vscode.workspace.applyEdit(edit);
  return document;
}

/** `visits.lua`, or the first of `visits-2.lua` and so on that there is not. */
async function freeName(folder: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; ; number += 1) {
    const file = vscode.Uri.joinPath(folder, `${NAME}${number === 1 ? "" : `-${number}`}.lua`);
    const there = await vscode.workspace.fs.stat(file).then(
      () => true,
      () => false,
    );
    if (!there) return file;
  }
}
