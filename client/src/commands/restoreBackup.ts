import * as vscode from "vscode";
import {
  backupsRequest,
  type DiffResult,
  diffBackupRequest,
  restoreBackupRequest,
} from "../../../shared/src/protocol.ts";
import { summarizeDiff } from "../backupDiff.ts";
import type { Connection } from "../connection.ts";
import { backupDiffUri } from "../documents.ts";
import { age, moment } from "../format.ts";
import type { Stores } from "../stores.ts";
import { type BackupsNode, describeBackup } from "../trees/backupsTree.ts";
import { pickStore } from "./pick.ts";
import { withServerProgress } from "./progress.ts";

interface Chosen {
  readonly store: string;
  readonly id: string;
}

/** Picks a backup (unless `node` is one), shows what would change, asks, restores, tells. */
export async function restoreBackup(
  connection: Connection,
  stores: Stores,
  node: BackupsNode | undefined,
): Promise<void> {
  const chosen =
    node?.kind === "backup"
      ? { store: node.store, id: node.summary.id }
      : await pickBackup(connection, stores);
  if (chosen !== undefined) await previewAndRestore(connection, chosen);
}

async function pickBackup(connection: Connection, stores: Stores): Promise<Chosen | undefined> {
  const info = await pickStore(stores, vscode.l10n.t("Restore the state of which folder?"));
  if (info === undefined) return undefined;
  const { store } = info;
  const backups = await connection.request(backupsRequest, { store });
  if (backups.length === 0) {
    const create = vscode.l10n.t("Create Backup");
    const text = vscode.l10n.t("There are no backups of {0} yet.", info.name);
    if ((await vscode.window.showInformationMessage(text, create)) === create) {
      await vscode.commands.executeCommand("llmspellState.createBackup");
    }
    return undefined;
  }
  const { language } = vscode.env;
  const now = Date.now();
  const items = backups.map((backup) => ({
    label: moment(backup.createdAt, now, language),
    description: age(backup.createdAt, now, language, "long"),
    detail: describeBackup(backup),
    id: backup.id,
  }));
  const title = vscode.l10n.t("Restore Backup");
  const placeHolder = vscode.l10n.t("Which one? You see what would change before it does.");
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder });
  return picked && { store, id: picked.id };
}

async function previewAndRestore(connection: Connection, chosen: Chosen): Promise<void> {
  const diff = await withServerProgress(
    connection,
    vscode.l10n.t("Comparing the backup with the state"),
    (workDoneToken, token) =>
      connection.request(diffBackupRequest, { ...chosen, workDoneToken }, token),
  );
  if (diff.total === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("The state is exactly what {0} holds: nothing to do.", chosen.id),
    );
    return;
  }
  const shown = await showDiff(chosen);
  if (await confirm(chosen, diff)) {
    await closeDiff(shown);
    await restore(connection, chosen);
  }
}

/** Opens what would change beside the question; returns its document. */
async function showDiff({ store, id }: Chosen): Promise<vscode.Uri> {
  const uri = backupDiffUri(store, id, Date.now());
  await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: true });
  return uri;
}

async function closeDiff(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const stale = tabs.filter(
    ({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString(),
  );
  await vscode.window.tabGroups.close(stale);
}

async function confirm({ id }: Chosen, diff: DiffResult): Promise<boolean> {
  const restoreButton = vscode.l10n.t("Restore");
  const detail = [
    summarizeDiff(diff),
    vscode.l10n.t("The editor behind this question lists every one."),
    vscode.l10n.t("A safety backup of the present state is made first."),
  ].join("\n");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Restore {0}?", id),
    { modal: true, detail },
    restoreButton,
  );
  return answer === restoreButton;
}

async function restore(connection: Connection, chosen: Chosen): Promise<void> {
  const { changed, entriesRestored, safetyBackupId } = await withServerProgress(
    connection,
    vscode.l10n.t("Restoring {0}", chosen.id),
    (workDoneToken, token) =>
      connection.request(restoreBackupRequest, { ...chosen, workDoneToken }, token),
  );
  const done = vscode.l10n.t(
    "Restored: {0} entries, as they are in the backup ({1} changed).",
    entriesRestored,
    changed,
  );
  if (safetyBackupId === null) {
    void vscode.window.showInformationMessage(done);
    return;
  }
  const undo = vscode.l10n.t("Undo…");
  const before = vscode.l10n.t("What was there before is in {0}.", safetyBackupId);
  if ((await vscode.window.showInformationMessage(`${done} ${before}`, undo)) === undo) {
    await previewAndRestore(connection, { store: chosen.store, id: safetyBackupId });
  }
}
