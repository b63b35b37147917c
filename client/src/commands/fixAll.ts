import * as vscode from "vscode";

/** Fixes in the active script all that can be fixed safely; says so where nothing can. */
export async function fixAll(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== "lua") {
    void vscode.window.showInformationMessage(vscode.l10n.t("Open a Lua script first."));
    return;
  }
  const { document } = editor;
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const kind = "source.fixAll.llmspell-state";
  const [action] = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    whole,
    kind,
  );
  if (action?.edit === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Nothing here can be fixed without a decision: see the quick fixes."),
    );
    return;
  }
  await vscode.workspace.applyEdit(action.edit);
}
