import type { CancellationToken } from "vscode-languageserver/node";
import type { ExportBackupParams, ImportBackupParams } from "../../../shared/src/protocol.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { runJob } from "./job.ts";

/** llmspellState/exportBackup */
export async function exportBackup(
  context: ServerContext,
  { store, id, folder: target, workDoneToken }: ExportBackupParams,
  token: CancellationToken,
): Promise<{ ids: string[] }> {
  requireTrust(context, "exporting backups");
  const folder = storeFolder(context, store);
  const ids = await runJob(
    context.connection,
    "Exporting backup",
    workDoneToken,
    token,
    (control) => folder.jobs().exportBackup(id, target, control),
  );
  return { ids: [...ids] };
}

/** llmspellState/importBackup */
export async function importBackup(
  context: ServerContext,
  { store, file, workDoneToken }: ImportBackupParams,
  token: CancellationToken,
): Promise<{ ids: string[] }> {
  requireTrust(context, "importing backups");
  const folder = storeFolder(context, store);
  const ids = await runJob(
    context.connection,
    "Importing backup",
    workDoneToken,
    token,
    (control) => folder.jobs().importBackup(file, control),
  );
  return { ids: [...ids] };
}
