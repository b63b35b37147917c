import type { CancellationToken } from "vscode-languageserver/node";
import {
  type BackupParams,
  type BackupSummary,
  backupsChangedNotification,
  type CreateBackupParams,
  type DiffResult,
  type RestoreResult,
  type StoreParams,
} from "../../../shared/src/protocol.ts";
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
  return (await storeFolder(context, store).jobs().backups()).map(backupSummary);
}

/** llmspellState/createBackup */
export async function createBackup(
  context: ServerContext,
  { store, incremental = false, workDoneToken }: CreateBackupParams,
  token: CancellationToken,
): Promise<BackupSummary> {
  requireTrust(context, "making backups");
  const folder = storeFolder(context, store);
  const head = await runJob(
    context.connection,
    "Backing up state",
    workDoneToken,
    token,
    (control) => folder.jobs().createBackup({ incremental }, control),
  );
  announce(context, folder.id);
  return backupSummary(head);
}

/** llmspellState/verifyBackup */
export async function verifyBackup(
  context: ServerContext,
  { store, id, workDoneToken }: BackupParams,
  token: CancellationToken,
): Promise<{ isValid: boolean; errors: string[] }> {
  const folder = storeFolder(context, store);
  const { isValid, errors } = await runJob(
    context.connection,
    "Verifying backup",
    workDoneToken,
    token,
    (control) => folder.jobs().verifyBackup(id, {}, control),
  );
  announce(context, folder.id);
  return { isValid, errors: [...errors] };
}

/** llmspellState/diffBackup */
export async function diffBackup(
  context: ServerContext,
  { store, id, workDoneToken }: BackupParams,
  token: CancellationToken,
): Promise<DiffResult> {
  const folder = storeFolder(context, store);
  const { changes, total } = await runJob(
    context.connection,
    "Comparing backup",
    workDoneToken,
    token,
    (control) => folder.jobs().diffBackup(id, { limit: LARGEST_DIFF }, control),
  );
  return { changes: changes.map(changePreview), total };
}

/** llmspellState/restoreBackup */
export async function restoreBackup(
  context: ServerContext,
  { store, id, workDoneToken }: BackupParams,
  token: CancellationToken,
): Promise<RestoreResult> {
  requireTrust(context, "restoring backups");
  const folder = storeFolder(context, store);
  const outcome = await runJob(
    context.connection,
    "Restoring backup",
    workDoneToken,
    token,
    (control) => folder.jobs().restoreBackup(id, {}, control),
  );
  announce(context, folder.id);
  return {
    entriesRestored: outcome.entriesRestored,
    changed: outcome.changed,
    safetyBackupId: outcome.safetyBackupId ?? null,
  };
}

function announce(context: ServerContext, store: string): void {
  void context.connection.sendNotification(backupsChangedNotification.method, { store });
}
