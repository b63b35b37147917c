import * as vscode from "vscode";
import type { RecentChanges } from "./recentChangesTree.ts";

/** The view of recent changes, with what its title says and its buttons do. */
export function showRecentChanges(recent: RecentChanges): vscode.Disposable {
  const view = vscode.window.createTreeView("llmspellState.recentChanges", {
    treeDataProvider: recent,
    showCollapseAll: true,
  });
  const tell = (): void => {
    void vscode.commands.executeCommand(
      "setContext",
      "llmspellState.recentChangesPaused",
      recent.paused,
    );
    view.message = message(recent);
  };
  tell();
  return vscode.Disposable.from(view, recent.onDidChangeTreeData(tell));
}

function message({ paused, waiting }: RecentChanges): string {
  if (!paused) return "";
  return waiting === 0
    ? vscode.l10n.t("Paused.")
    : vscode.l10n.t(
        "Paused. Changes since then: {0}.",
        waiting.toLocaleString(vscode.env.language),
      );
}
