import type { CancellationToken } from "vscode-languageserver/node";
import type {
  BackupParams,
  BackupSummary,
  CreateBackupParams,
  CreatedBackupSummary,
  DiffBackupParams,
  DiffResult,
  PartParams,
  PruneBackupsParams,
  PruneResult,
  RestoreBackupParams,
  RestoreResult,
  StoreParams,
  VerifyBackupParams,
} from "../../../shared/src/protocol.ts";
import type { Selection } from "../engine/backup/selection.ts";
import { changePreview } from "../service/present-entry.ts";
import { backupSummary } from "./backup-summary.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { runJob } from "./job.ts";

/** Most differences of one answer. */
const LARGEST_DIFF = 1000;

/** llmspellState/backups */
export async function backups(
  context: ServerContext,
  { store }: StoreParams,
): Promise<BackupSummary[]> {
  return (await storeFolder(context, store).engine().backups()).map(backupSummary);
}

/** llmspellState/createBackup */
export async function createBackup(
  context: ServerContext,
  { store, incremental = false, workDoneToken }: CreateBackupParams,
  token: CancellationToken,
): Promise<CreatedBackupSummary> {
  requireTrust(context, "making backups");
  const folder = storeFolder(context, store);
  const { note, ...head } = await runJob(
    context.connection,
    "Backing up state",
    workDoneToken,
    token,
    (control) => folder.jobs().createBackup({ incremental }, control),
  );
  return { ...backupSummary(head), ...(note === undefined ? {} : { note }) };
}

/** llmspellState/verifyBackup */
export async function verifyBackup(
  context: ServerContext,
  { store, id, quick = false, workDoneToken }: VerifyBackupParams,
  token: CancellationToken,
): Promise<{ isValid: boolean; errors: string[] }> {
  const folder = storeFolder(context, store);
  const { isValid, errors } = await runJob(
    context.connection,
    "Verifying backup",
    workDoneToken,
    token,
    (control) => folder.jobs().verifyBackup(id, { quick }, control),
  );
  return { isValid, errors: [...errors] };
}

/** llmspellState/diffBackup */
export async function diffBackup(
  context: ServerContext,
  { store, id, to, workDoneToken, ...part }: DiffBackupParams,
  token: CancellationToken,
): Promise<DiffResult> {
  const folder = storeFolder(context, store);
  const { changes, total } = await runJob(
    context.connection,
    "Comparing backup",
    workDoneToken,
    token,
    (control) => {
      const options = { ...selection(part), limit: LARGEST_DIFF };
      const both = to === undefined ? options : { ...options, to };
      return folder.jobs().diffBackup(id, both, control);
    },
  );
  return { changes: changes.map(changePreview), total };
}

/** llmspellState/restoreBackup */
export async function restoreBackup(
  context: ServerContext,
  { store, id, setAside = false, workDoneToken, ...part }: RestoreBackupParams,
  token: CancellationToken,
): Promise<RestoreResult> {
  requireTrust(context, "restoring backups");
  const folder = storeFolder(context, store);
  const outcome = await runJob(
    context.connection,
    "Restoring backup",
    workDoneToken,
    token,
    (control) => folder.jobs().restoreBackup(id, { ...selection(part), setAside }, control),
  );
  return {
    entriesRestored: outcome.entriesRestored,
    changed: outcome.changed,
    safetyBackupId: outcome.safetyBackupId ?? null,
    ...(outcome.setAside === undefined ? {} : { setAside: outcome.setAside }),
  };
}

/** llmspellState/deleteBackup */
export async function deleteBackup(
  context: ServerContext,
  { store, id }: BackupParams,
): Promise<null> {
  requireTrust(context, "deleting backups");
  await storeFolder(context, store).jobs().deleteBackup(id);
  return null;
}

/** llmspellState/pruneBackups */
export async function pruneBackups(
  context: ServerContext,
  { store, dryRun = false, days, count, workDoneToken }: PruneBackupsParams,
  token: CancellationToken,
): Promise<PruneResult> {
  requireTrust(context, "deleting backups");
  const folder = storeFolder(context, store);
  const limits = {
    ...(days === undefined ? {} : { days }),
    ...(count === undefined ? {} : { count }),
  };
  const { deleted, retained, spaceFreed } = await runJob(
    context.connection,
    "Removing old backups",
    workDoneToken,
    token,
    (control) => folder.jobs().pruneBackups({ dryRun, ...limits }, control),
  );
  return { deleted: [...deleted], retained: [...retained], spaceFreed };
}

/** The part that was asked for, without what the client sent beside it. */
function selection({ namespaces, keys }: PartParams): Selection {
  return {
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(keys === undefined ? {} : { keys }),
  };
}
