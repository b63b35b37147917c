import * as vscode from "vscode";
import type { Stores } from "../stores.ts";

interface MenuItem extends vscode.QuickPickItem {
  readonly command: string;
}

/** What the item in the status bar offers. */
export async function showMenu(stores: Stores): Promise<void> {
  const title = vscode.l10n.t("LLMSpell State");
  const picked = await vscode.window.showQuickPick(itemsFor(stores), { title });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}

function itemsFor({ all, configured, status }: Stores): MenuItem[] {
  const changing = status === "ready" && configured.length > 0 && vscode.workspace.isTrusted;
  const pending = all.some(({ migrationPending }) => migrationPending === true);
  const migrate = {
    label: `$(versions) ${vscode.l10n.t("Migrate State…")}`,
    command: "llmspellState.previewMigration",
  };
  const backUp = {
    label: `$(archive) ${vscode.l10n.t("Create Backup")}`,
    command: "llmspellState.createBackup",
  };
  const restore = {
    label: `$(history) ${vscode.l10n.t("Restore Backup…")}`,
    command: "llmspellState.restoreBackup",
  };
  return [
    ...(changing && pending ? [migrate] : []),
    { label: `$(list-tree) ${vscode.l10n.t("Show State")}`, command: "llmspellState.state.focus" },
    { label: `$(graph) ${vscode.l10n.t("Show Overview")}`, command: "llmspellState.openOverview" },
    ...(changing ? [backUp, restore] : []),
    {
      label: `$(book) ${vscode.l10n.t("Open Walkthrough")}`,
      command: "llmspellState.openWalkthrough",
    },
    { label: `$(output) ${vscode.l10n.t("Show Log")}`, command: "llmspellState.showOutput" },
  ];
}
