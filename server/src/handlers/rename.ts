import {
  type CancellationToken,
  type RenameParams as LspRenameParams,
  MessageType,
  ShowMessageNotification,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import type {
  RenameEntriesParams,
  RenameEntriesResult,
  RenameParams,
  RenamePlan,
  StatePart,
} from "../../../shared/src/protocol.ts";
import { checkNewName, type Renaming } from "../service/rename/name.ts";
import { askScript } from "./ask-script.ts";
import { fileNamed, requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { runJob } from "./job.ts";
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
  { store, to, ...renamed }: RenameParams,
  token: CancellationToken,
): Promise<RenamePlan> {
  const folder = storeFolder(context, store);
  const part = partOf(renamed);
  const renaming = renamingOf(part, to);
  checkNewName(renaming);
  const scripts = await renameInScripts(context, folder, [], renaming);
  return {
    edit: workspaceEdit(context, scripts),
    changes: scripts.reduce((sum, { edits }) => sum + edits.length, 0),
    files: scripts.filter(({ edits }) => edits.length > 0).length,
    complete: folder.index?.complete ?? false,
    data: await renamableData(context, folder, part, to, token),
  };
}

/** llmspellState/renameEntries */
export async function renameEntries(
  context: ServerContext,
  { store, to, since, workDoneToken, ...renamed }: RenameEntriesParams,
  token: CancellationToken,
): Promise<RenameEntriesResult> {
  requireTrust(context, "changing state");
  const engine = storeFolder(context, store).jobs();
  const options = since === undefined ? {} : { since };
  return await runJob(context.connection, "Renaming entries", workDoneToken, token, (control) =>
    engine.renameEntries("editor", partOf(renamed), to, options, control),
  );
}

/** What is renamed: a key counts before a beginning, and both before the namespace. */
function partOf({ namespace, key, prefix }: Omit<RenameParams, "store" | "to">): StatePart {
  if (key !== undefined) return { namespace, key };
  return prefix === undefined ? { namespace } : { namespace, prefix };
}

function renamingOf({ namespace, key, prefix }: StatePart, to: string): Renaming {
  const old = key ?? prefix;
  return {
    of: old === undefined ? "namespace" : "key",
    namespace: { kind: "exact", text: namespace },
    extent: prefix === undefined ? "whole" : "all",
    from: old ?? namespace,
    to,
  };
}
