import * as vscode from "vscode";
import { quote } from "../../../shared/src/names.ts";
import {
  deleteRequest,
  type EntryParams,
  readRequest,
  undoRequest,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import type { EntryNode } from "../trees/stateNodes.ts";
import { valueUri } from "../valueFiles.ts";

/** Opens an entry's value as a document; a click on its row leaves the focus on the row. */
export async function openValue(node: EntryNode, preserveFocus = false): Promise<void> {
  await showValue(nameOf(node), preserveFocus);
}

/** The same for an entry that is known by its name only. */
export async function showValue(
  { store, namespace, key }: EntryParams,
  preserveFocus = false,
): Promise<void> {
  const uri = valueUri(store, { namespace, key });
  await vscode.window.showTextDocument(uri, { preview: true, preserveFocus });
}

/** Copies the call that loads an entry, for a script. */
export async function copyLoad({ namespace, summary }: EntryNode): Promise<void> {
  // Of what JSON escapes in a name, only control characters are written in another way in Lua.
  const name = (text: string) => JSON.stringify(text).replaceAll(/\\u([0-9a-f]{4})/g, "\\u{$1}");
  await vscode.env.clipboard.writeText(`State.load(${name(namespace)}, ${name(summary.key)})`);
}

export async function copyKey({ summary }: EntryNode): Promise<void> {
  await vscode.env.clipboard.writeText(summary.key);
}

/** Copies a value as JSON; one with sensitive parts only after the user said so. */
export async function copyValue(connection: Connection, node: EntryNode): Promise<void> {
  const name = nameOf(node);
  const read = await connection.request(readRequest, name);
  if (read === null) {
    sayGone(node);
    return;
  }
  if (!read.masked) {
    await vscode.env.clipboard.writeText(read.value);
    return;
  }
  const masked = vscode.l10n.t("Copy Masked");
  const all = vscode.l10n.t("Copy Everything");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("{0} holds something that looks sensitive.", quote(node.summary.key)),
    { modal: true, detail: vscode.l10n.t("Other programs can read the clipboard.") },
    masked,
    all,
  );
  if (answer === masked) await vscode.env.clipboard.writeText(read.value);
  if (answer !== all) return;
  const revealed = await connection.request(readRequest, { ...name, reveal: true });
  if (revealed !== null) await vscode.env.clipboard.writeText(revealed.value);
}

/** Deletes an entry after asking; refused when it changed since it was shown. Can be undone. */
export async function deleteKey(connection: Connection, node: EntryNode): Promise<void> {
  const { namespace, summary } = node;
  const remove = vscode.l10n.t("Delete");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Delete {0} from {1}?", quote(summary.key), quote(namespace)),
    { modal: true },
    remove,
  );
  if (answer !== remove) return;
  const params = { ...nameOf(node), ifRevision: summary.revision };
  if ((await connection.request(deleteRequest, params)) === null) {
    sayGone(node);
    return;
  }
  const undo = vscode.l10n.t("Undo");
  const done = vscode.l10n.t("Deleted {0} from {1}.", quote(summary.key), quote(namespace));
  if ((await vscode.window.showInformationMessage(done, undo)) === undo) {
    await connection.request(undoRequest, nameOf(node));
  }
}

/** What an entry's row stands for. */
export function nameOf({ store, namespace, summary }: EntryNode): EntryParams {
  return { store, namespace, key: summary.key };
}

/** Tells that an entry that is shown is not there any more. */
export function sayGone({ namespace, summary }: EntryNode): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t("{0} is not in {1} any more.", quote(summary.key), quote(namespace)),
  );
}
