import * as vscode from "vscode";
import type { StoreInfo } from "../../../shared/src/protocol.ts";
import { showProblem } from "../problems.ts";
import type { Stores } from "../stores.ts";

/** The store that a command is about: the only one, or the one the user picks; undefined: none. */
export async function pickStore(stores: Stores, title: string): Promise<StoreInfo | undefined> {
  const { configured } = stores;
  if (configured.length > 1) {
    const items = configured.map((info) => ({ label: info.name, description: info.path, info }));
    return (await vscode.window.showQuickPick(items, { title }))?.info;
  }
  if (configured[0] === undefined) sayWhyNone(stores);
  return configured[0];
}

function sayWhyNone({ all, status }: Stores): void {
  const problem = all[0]?.problem;
  if (problem !== undefined) {
    void showProblem(problem);
  } else if (status === "ready") {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Open a folder first: its state is kept in it."),
    );
  } else {
    void vscode.window.showErrorMessage(
      vscode.l10n.t("The language server is not running. See the log for why."),
    );
  }
}
