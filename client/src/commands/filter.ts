import * as vscode from "vscode";
import type { StateQuery, TreeQuery } from "../trees/stateQuery.ts";
import { VALUE_TYPES } from "../trees/stateQuery.ts";

/** Shows only entries whose names (or values) contain what is typed, as it is typed. */
export function filterState(query: StateQuery, where: TreeQuery["where"]): void {
  const before = query.now;
  const box = vscode.window.createInputBox();
  box.title =
    where === "names"
      ? vscode.l10n.t("Filter State by Name")
      : vscode.l10n.t("Search in Stored Values");
  box.prompt =
    where === "names"
      ? vscode.l10n.t("A part of a namespace or key. Nothing typed: all are shown.")
      : vscode.l10n.t("A part of a value as JSON. What is masked is not searched.");
  box.value = before.where === where ? before.text : "";
  let accepted = false;
  box.onDidChangeValue((text) => query.type({ text, where }));
  box.onDidAccept(() => {
    accepted = true;
    if (query.now.text !== box.value || query.now.where !== where) {
      query.change({ text: box.value, where });
    }
    box.hide();
    void vscode.commands.executeCommand("llmspellState.state.focus");
  });
  box.onDidHide(() => {
    // Leaving it without Enter leaves things as they were.
    if (!accepted && query.now !== before) query.change(before);
    box.dispose();
  });
  box.show();
}

/** Shows only entries of the types that the user picks. */
export async function filterTypes(query: StateQuery): Promise<void> {
  const { types } = query.now;
  const items = VALUE_TYPES.map((label) => ({ label, picked: types.includes(label) }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t("Show Only Values of These Types"),
  });
  if (picked === undefined) return;
  const wanted = VALUE_TYPES.filter((type) => picked.some(({ label }) => label === type));
  query.change({ types: wanted.length === 0 ? [...VALUE_TYPES] : wanted });
}

/** Lets the user choose in which order keys are shown. */
export async function sortState(query: StateQuery): Promise<void> {
  const choices: readonly [TreeQuery["sort"], string][] = [
    ["name", vscode.l10n.t("By name, folded at “:”")],
    ["newest", vscode.l10n.t("Newest first")],
    ["largest", vscode.l10n.t("Largest first")],
  ];
  const items = choices.map(([sort, label]) => ({
    label: query.now.sort === sort ? `$(check) ${label}` : label,
    sort,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Order of Keys"),
  });
  if (picked !== undefined) query.change({ sort: picked.sort });
}
