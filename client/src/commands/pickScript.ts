import * as vscode from "vscode";

/** Scripts that are offered at most. */
const MOST = 500;

/**
 * The script that a command is about where none was given: the active editor's, else the only one, or
 * the one that the user picks; those that are open come first. Tells where there is none.
 */
export async function pickScript(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === "lua") return active.uri;
  const scripts = await allScripts();
  const [only] = scripts;
  if (only === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Open a Lua script first."));
  }
  if (scripts.length < 2) return only;
  const items = scripts.map((uri) => ({ label: vscode.workspace.asRelativePath(uri, false), uri }));
  const title = vscode.l10n.t("Which Script?");
  return (await vscode.window.showQuickPick(items, { title }))?.uri;
}

async function allScripts(): Promise<readonly vscode.Uri[]> {
  const open = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []))
    .filter(({ path }) => path.endsWith(".lua"));
  const found = await vscode.workspace.findFiles("**/*.lua", undefined, MOST);
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  return [...new Map([...open, ...found].map((uri) => [uri.toString(), uri])).values()];
}
