import * as vscode from "vscode";
import type { StateNode } from "../trees/stateNodes.ts";
import { loadCall } from "./entries.ts";

/** What is dragged from the tree into an editor: the calls that load the entries. */
const CALLS = "application/vnd.llmspell-state.calls";

/** Lets rows of the tree be dragged into scripts and other text. */
export const dragEntries: vscode.TreeDragAndDropController<StateNode> = {
  dragMimeTypes: [CALLS, "text/plain"],
  dropMimeTypes: [],
  handleDrag: (nodes, data) => {
    const calls = nodes.flatMap((node) => (node.kind === "entry" ? [loadCall(node)] : []));
    if (calls.length === 0) return;
    const text = calls.join("\n");
    data.set(CALLS, new vscode.DataTransferItem(text));
    data.set("text/plain", new vscode.DataTransferItem(text));
  },
};

/** Inserts the calls where they are dropped in a Lua script. */
export function acceptDrops(): vscode.Disposable {
  return vscode.languages.registerDocumentDropEditProvider(
    { language: "lua" },
    {
      provideDocumentDropEdits: async (_document, _position, data) => {
        const text = await data.get(CALLS)?.asString();
        if (text === undefined) return undefined;
        return new vscode.DocumentDropEdit(text, vscode.l10n.t("Insert State.load"));
      },
    },
    { dropMimeTypes: [CALLS] },
  );
}
