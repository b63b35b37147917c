import {
  type RenameParams as LspRenameParams,
  MessageType,
  type PrepareRenameParams,
  type Range,
  ShowMessageNotification,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import type { RenameParams, RenamePlan } from "../../../shared/src/protocol.ts";
import type { EntryName } from "../engine/rename.ts";
import { checkNewName, type Renaming } from "../service/rename/name.ts";
import { prepareRename as prepare } from "../service/rename/prepare.ts";
import { requireTrust, type ServerContext, scriptAt, storeFolder } from "./context.ts";
import { offerDataRename } from "./offer-data-rename.ts";
import { rangeOf } from "./positions.ts";
import { renamableData } from "./renamable-data.ts";
import { renameInScripts, workspaceEdit } from "./rename-edit.ts";

/** LSP 3.17 textDocument/prepareRename */
export async function prepareRename(
  context: ServerContext,
  { textDocument, position }: PrepareRenameParams,
): Promise<{ range: Range; placeholder: string } | null> {
  const script = scriptAt(context, textDocument.uri);
  const prepared = script && prepare(script.model, script.document.offsetAt(position));
  if (script === undefined || prepared === undefined) return null;
  return { range: rangeOf(script.document, prepared.span), placeholder: prepared.placeholder };
}

/** LSP 3.17 textDocument/rename: scripts; that the data is renamed as well is offered afterwards. */
export async function rename(
  context: ServerContext,
  { textDocument, position, newName }: LspRenameParams,
): Promise<WorkspaceEdit | null> {
  const script = scriptAt(context, textDocument.uri);
  const prepared = script && prepare(script.model, script.document.offsetAt(position));
  if (script === undefined || prepared === undefined) return null;
  const renaming = prepared.renaming(newName);
  checkNewName(renaming);
  const { folder, file } = script;
  const scripts = await renameInScripts(context, folder, [file], renaming);
  if (folder?.index?.complete === false) {
    void context.connection.sendNotification(ShowMessageNotification.type, {
      type: MessageType.Warning,
      message: `Not all scripts of ${folder.name} could be read: those may still use the old name.`,
    });
  }
  offerDataRename(context, textDocument.uri, renaming);
  return workspaceEdit(context, scripts);
}

/** llmspellState/planRename */
export async function planRename(
  context: ServerContext,
  { store, namespace, key, to }: RenameParams,
): Promise<RenamePlan> {
  const folder = storeFolder(context, store);
  const renaming: Renaming = {
    of: key === undefined ? "namespace" : "key",
    namespace: { kind: "exact", text: namespace },
    extent: "whole",
    from: key ?? namespace,
    to,
  };
  checkNewName(renaming);
  const scripts = await renameInScripts(context, folder, [], renaming);
  return {
    edit: workspaceEdit(context, scripts),
    changes: scripts.reduce((sum, { edits }) => sum + edits.length, 0),
    files: scripts.filter(({ edits }) => edits.length > 0).length,
    complete: folder.index?.complete ?? false,
    data: await renamableData(folder.openView(), entryName(namespace, key), to),
  };
}

/** llmspellState/renameEntries */
export async function renameEntries(
  context: ServerContext,
  { store, namespace, key, to }: RenameParams,
): Promise<{ renamed: number }> {
  requireTrust(context, "changing state");
  const engine = storeFolder(context, store).jobs();
  return await engine.renameEntries("editor", entryName(namespace, key), to);
}

function entryName(namespace: string, key: string | undefined): EntryName {
  return key === undefined ? { namespace } : { namespace, key };
}
