import type { CancellationToken } from "vscode-languageserver/node";
import type {
  ExportEntriesParams,
  ImportEntriesParams,
  ImportEntriesResult,
} from "../../../shared/src/protocol.ts";
import { changePreview } from "../service/present-entry.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { runJob } from "./job.ts";

/** Most changes that are told. */
const MOST_TOLD = 1_000;

/** llmspellState/exportEntries */
export async function exportEntries(
  context: ServerContext,
  { store, file, parts, workDoneToken }: ExportEntriesParams,
  token: CancellationToken,
): Promise<{ exported: number }> {
  requireTrust(context, "exporting state");
  const folder = storeFolder(context, store);
  const options = parts === undefined ? {} : { parts };
  return await runJob(context.connection, "Exporting state", workDoneToken, token, (control) =>
    folder.jobs().exportEntries(file, options, control),
  );
}

/** llmspellState/importEntries */
export async function importEntries(
  context: ServerContext,
  { store, file, dryRun = false, workDoneToken }: ImportEntriesParams,
  token: CancellationToken,
): Promise<ImportEntriesResult> {
  requireTrust(context, "importing state");
  const folder = storeFolder(context, store);
  const { changes, total, safetyBackupId } = await runJob(
    context.connection,
    "Importing state",
    workDoneToken,
    token,
    (control) => folder.jobs().importEntries(file, { dryRun, limit: MOST_TOLD }, control),
  );
  return { changes: changes.map(changePreview), total, backupId: safetyBackupId ?? null };
}
