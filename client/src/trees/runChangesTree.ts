import * as vscode from "vscode";
import type { ChangePreview } from "../../../shared/src/protocol.ts";
import { shorten } from "../format.ts";
import type { FinishedRun, Runs } from "../runs/runs.ts";
import { countChanges } from "../runs/runText.ts";
import { nodeId } from "./stateNodes.ts";

const PREVIEW_LENGTH = 40;

/** What the script that ran last changed, or would change. */
export interface RunChangeNode {
  readonly run: FinishedRun;
  readonly change: ChangePreview;
}

export class RunChangesTree implements vscode.TreeDataProvider<RunChangeNode> {
  readonly #runs: Runs;

  readonly onDidChangeTreeData: vscode.Event<void>;

  constructor(runs: Runs) {
    this.#runs = runs;
    this.onDidChangeTreeData = runs.onDidChange;
  }

  getChildren(node?: RunChangeNode): RunChangeNode[] {
    const run = this.#runs.last;
    if (node !== undefined || run === undefined) return [];
    return run.result.changes.map((change) => ({ run, change }));
  }

  getTreeItem({ run, change }: RunChangeNode): vscode.TreeItem {
    const { namespace, key } = change;
    const item = new vscode.TreeItem(key);
    item.id = nodeId(run.id, namespace, key);
    item.contextValue = "runChange";
    item.iconPath = icon(change);
    const shown = shorten(change.after ?? change.before ?? "", PREVIEW_LENGTH);
    item.description = `${namespace} · ${shown}`;
    item.tooltip = [
      `${namespace} / ${key}`,
      vscode.l10n.t("before: {0}", change.before ?? "—"),
      vscode.l10n.t("after: {0}", change.after ?? "—"),
    ].join("\n");
    item.accessibilityInformation = { label: `${verb(change)}: ${namespace}, ${key}, ${shown}` };
    item.command = {
      command: "llmspellState.showRunChange",
      title: vscode.l10n.t("Show Change"),
      arguments: [{ run, change }],
    };
    return item;
  }
}

/** Which run it is, above its changes; nothing where there are none. */
export function runMessage(run: FinishedRun | undefined): string {
  if (run === undefined || run.result.changes.length === 0) return "";
  const { name, outcome, result } = run;
  const count = countChanges(result);
  switch (outcome) {
    case "made":
      return vscode.l10n.t("{0} changed {1}.", name, count);
    case "pending":
      return vscode.l10n.t("{0} would change {1}. Nothing is changed yet.", name, count);
    case "applied":
      return vscode.l10n.t("Applied the dry run of {0}: {1} changed.", name, count);
    case "discarded":
      return vscode.l10n.t("Discarded: {0} would have changed {1}.", name, count);
  }
}

function icon({ op, before }: ChangePreview): vscode.ThemeIcon {
  const [name, color] =
    op === "delete"
      ? ["diff-removed", "gitDecoration.deletedResourceForeground"]
      : before === undefined
        ? ["diff-added", "gitDecoration.addedResourceForeground"]
        : ["diff-modified", "gitDecoration.modifiedResourceForeground"];
  return new vscode.ThemeIcon(name ?? "", new vscode.ThemeColor(color ?? ""));
}

function verb({ op, before }: ChangePreview): string {
  if (op === "delete") return vscode.l10n.t("deleted");
  return before === undefined ? vscode.l10n.t("new") : vscode.l10n.t("changed");
}
