import * as vscode from "vscode";
import {
  type BackupRetention,
  type BackupSummary,
  backupsRequest,
  type PruneResult,
  pruneBackupsRequest,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { backupsText } from "../counts.ts";
import { moment, size } from "../format.ts";
import { describeBackup } from "../trees/backupsTree.ts";
import { pickStore } from "./pick.ts";
import { withServerProgress } from "./progress.ts";
import type { BackupContext } from "./restoreBackup.ts";

/** So many backups of one question are named one by one. */
const NAMED = 12;

/** Names the backups that are too old or too many, and deletes them after asking. */
export async function pruneBackups({ connection, stores }: BackupContext): Promise<void> {
  const info = await pickStore(stores, vscode.l10n.t("Remove old backups of which folder?"));
  if (info === undefined) return;
  const { store, name, retention } = info;
  const doomed = await tooManyBackups(connection, store, retention);
  if (doomed === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("No backup of {0} is too old, and there are not too many.", name),
    );
    return;
  }
  const remove = vscode.l10n.t("Delete");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Delete {0}?", backupsText(doomed.count)),
    { modal: true, detail: [doomed.text, vscode.l10n.t("This cannot be undone.")].join("\n") },
    remove,
  );
  if (answer === remove) await removeBackups(connection, store, retention);
}

/** Backups beyond limits, for a question about them. */
export interface DoomedBackups {
  readonly count: number;
  /** A line for each of the first, and how much they take. */
  readonly text: string;
}

/** What is beyond these limits (by default the configured ones); undefined: nothing. */
export async function tooManyBackups(
  connection: Connection,
  store: string,
  limits: BackupRetention | undefined,
): Promise<DoomedBackups | undefined> {
  const backups = await connection.request(backupsRequest, { store });
  const plan = await prune(connection, store, limits, true);
  const count = plan.deleted.length;
  return count === 0 ? undefined : { count, text: whatGoes(plan, backups) };
}

/** Deletes what is beyond these limits, and tells. */
export async function removeBackups(
  connection: Connection,
  store: string,
  limits: BackupRetention | undefined,
): Promise<void> {
  const { deleted, spaceFreed } = await prune(connection, store, limits, false);
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      "Deleted {0}, which frees {1}.",
      backupsText(deleted.length),
      size(spaceFreed, vscode.env.language),
    ),
  );
}

async function prune(
  connection: Connection,
  store: string,
  limits: BackupRetention | undefined,
  dryRun: boolean,
): Promise<PruneResult> {
  const given = limits && { days: limits.days, count: limits.count ?? Number.MAX_SAFE_INTEGER };
  return await withServerProgress(
    connection,
    vscode.l10n.t("Looking through the backups"),
    (workDoneToken, token) =>
      connection.request(pruneBackupsRequest, { store, dryRun, ...given, workDoneToken }, token),
  );
}

function whatGoes({ deleted, spaceFreed }: PruneResult, backups: readonly BackupSummary[]): string {
  const { language } = vscode.env;
  const now = Date.now();
  const known = new Map(backups.map((backup) => [backup.id, backup]));
  const lines = deleted.slice(0, NAMED).map((id) => {
    const backup = known.get(id);
    if (backup === undefined) return id;
    return `${moment(backup.createdAt, now, language)} · ${describeBackup(backup)}`;
  });
  const hidden = deleted.length - lines.length;
  return [
    ...lines,
    ...(hidden === 0 ? [] : [vscode.l10n.t("… and {0} more.", hidden)]),
    vscode.l10n.t("This frees {0}.", size(spaceFreed, language)),
  ].join("\n");
}
