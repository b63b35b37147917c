import * as vscode from "vscode";
import { quote } from "../../../shared/src/names.ts";
import { deleteRequest, type EntryParams, readRequest } from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { valueUri } from "../documents.ts";
import type { EntryNode } from "../trees/stateNodes.ts";

/** Opens an entry's value as a document. */
export async function openValue(node: EntryNode): Promise<void> {
  await showValue(nameOf(node));
}

/** The same for an entry that is known by its name only. */
export async function showValue({ store, namespace, key }: EntryParams): Promise<void> {
  const uri = valueUri(store, { namespace, key });
  await vscode.window.showTextDocument(uri, { preview: true });
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

/** Deletes an entry after asking; refused when it changed since it was shown. */
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
  if ((await connection.request(deleteRequest, params)) === null) sayGone(node);
}

/** What an entry's row stands for. */
export function nameOf({ store, namespace, summary }: EntryNode): EntryParams {
  return { store, namespace, key: summary.key };
}

function sayGone({ namespace, summary }: EntryNode): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t("{0} is not in {1} any more.", quote(summary.key), quote(namespace)),
  );
}
