import {
  type RenameParams as LspRenameParams,
  MessageType,
  ShowMessageNotification,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import type { RenameParams, RenamePlan } from "../../../shared/src/protocol.ts";
import type { EntryName } from "../engine/rename.ts";
import { checkNewName, type Renaming } from "../service/rename/name.ts";
import { askScript } from "./ask-script.ts";
import { fileNamed, requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { offerDataRename } from "./offer-data-rename.ts";
import { renamableData } from "./renamable-data.ts";
import { renameInScripts, workspaceEdit } from "./rename-edit.ts";

/** LSP 3.17 textDocument/rename: scripts; that the data is renamed as well is offered afterwards. */
export async function rename(
  context: ServerContext,
  params: LspRenameParams,
): Promise<WorkspaceEdit | null> {
  const { uri } = params.textDocument;
  const renaming = await askScript(context, uri, "renamingAt", params);
  if (renaming === undefined || renaming === null) return null;
  checkNewName(renaming);
  const folder = context.folders.of(uri);
  const scripts = await renameInScripts(context, folder, [fileNamed(folder, uri)], renaming);
  if (folder?.index?.complete === false) {
    void context.connection.sendNotification(ShowMessageNotification.type, {
      type: MessageType.Warning,
      message: `Not all scripts of ${folder.name} could be read: those may still use the old name.`,
    });
  }
  offerDataRename(context, uri, renaming);
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
