import type * as vscode from "vscode";
import type { BackupsNode, BackupsTree } from "../trees/backupsTree.ts";
import type { MoreNode, StateNode } from "../trees/stateNodes.ts";
import type { StateTree } from "../trees/stateTree.ts";

/** Selects the row of a namespace, or of a key where it is among those that were read. */
export async function revealInTree(
  view: vscode.TreeView<StateNode>,
  tree: StateTree,
  { store, namespace, key }: { store: string; namespace: string; key?: string },
): Promise<void> {
  const node = await tree.find(store, namespace, key);
  if (node !== undefined) await view.reveal(node, { select: true, focus: true, expand: true });
}

/** Reads one page more, and goes to its first row. */
export async function loadMore(
  view: vscode.TreeView<StateNode>,
  tree: StateTree,
  node: MoreNode,
): Promise<void> {
  const first = await tree.loadMore(node);
  if (first !== undefined) await view.reveal(first, { select: false, focus: true });
}

/** Selects the row of a backup. */
export async function revealBackup(
  view: vscode.TreeView<BackupsNode>,
  tree: BackupsTree,
  { store, id }: { store: string; id: string },
): Promise<void> {
  const node = await tree.find(store, id);
  if (node !== undefined) await view.reveal(node, { select: true, focus: true });
}
