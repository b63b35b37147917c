import * as vscode from "vscode";
import {
  type BackupSummary,
  backupsRequest,
  deleteBackupRequest,
  diffBackupRequest,
  exportBackupRequest,
  importBackupRequest,
  verifyBackupRequest,
} from "../../../shared/src/protocol.ts";
import { comparisonText, diffText } from "../backupDiff.ts";
import { backupName } from "../backupName.ts";
import { withoutFolders } from "../problems.ts";
import type { BackupsNode } from "../trees/backupsTree.ts";
import { createBackup } from "./createBackup.ts";
import { pickStore } from "./pick.ts";
import { type ChosenBackup, chosenBackup, pickBackup } from "./pickBackup.ts";
import { withServerProgress } from "./progress.ts";
import type { BackupContext } from "./restoreBackup.ts";

/** Checks every byte of a backup; the view marks it by the verdict. */
export async function verifyBackup(
  context: BackupContext,
  node: BackupsNode | undefined,
): Promise<void> {
  const { connection, reports, stores } = context;
  const chosen = await chosenBackup(connection, stores, node, {
    title: vscode.l10n.t("Verify Backup"),
    placeHolder: vscode.l10n.t("Every byte of it is read; nothing is changed."),
  });
  if (chosen === undefined) return;
  const { isValid, errors } = await withServerProgress(
    connection,
    vscode.l10n.t("Verifying the backup of {0}", backupName(chosen.id)),
    (workDoneToken, token) =>
      connection.request(verifyBackupRequest, { ...chosen, workDoneToken }, token),
  );
  if (isValid) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("The backup of {0} is whole: it can be restored.", backupName(chosen.id)),
    );
    return;
  }
  const more = vscode.l10n.t("Show All");
  const another = vscode.l10n.t("Create Backup");
  const text = vscode.l10n.t(
    "The backup of {0} is damaged: {1}",
    backupName(chosen.id),
    withoutFolders(errors[0] ?? ""),
  );
  const buttons = errors.length > 1 ? [another, more] : [another];
  const answer = await vscode.window.showErrorMessage(text, ...buttons);
  if (answer === another) await createBackup(connection, stores, false);
  if (answer === more) {
    await reports.show(
      vscode.l10n.t("Damage of the backup of {0}.txt", backupName(chosen.id)),
      `${chosen.id}\n\n${errors.join("\n")}\n`,
    );
  }
}

/** Shows what restoring a backup would change now, and changes nothing. */
export async function compareWithNow(
  context: BackupContext,
  node: BackupsNode | undefined,
): Promise<void> {
  const { connection, reports, stores } = context;
  const chosen = await chosenBackup(connection, stores, node, {
    title: vscode.l10n.t("Compare Backup with Now"),
    placeHolder: vscode.l10n.t("Nothing is changed."),
  });
  if (chosen === undefined) return;
  const diff = await withServerProgress(
    connection,
    vscode.l10n.t("Comparing the backup with the state"),
    (workDoneToken, token) =>
      connection.request(diffBackupRequest, { ...chosen, workDoneToken }, token),
  );
  const name = stores.find(chosen.store)?.name ?? chosen.store;
  await reports.show(
    vscode.l10n.t("Compare backup of {0}.diff", backupName(chosen.id)),
    diffText(chosen.id, name, diff),
  );
}

/** Shows what leads from the older of two backups to the newer one. */
export async function compareBackups(
  context: BackupContext,
  node: BackupsNode | undefined,
): Promise<void> {
  const { connection, reports, stores } = context;
  const title = vscode.l10n.t("Compare Two Backups");
  const first = await chosenBackup(connection, stores, node, {
    title,
    placeHolder: vscode.l10n.t("The first one"),
  });
  if (first === undefined) return;
  const { store } = first;
  const backups = await connection.request(backupsRequest, { store });
  const second = await pickBackup(store, backups, {
    title,
    placeHolder: vscode.l10n.t("The other one"),
    except: first.id,
  });
  if (second === undefined) return;
  const [older, newer] = inOrder(backups, first.id, second.id);
  const diff = await withServerProgress(
    connection,
    vscode.l10n.t("Comparing two backups"),
    (workDoneToken, token) =>
      connection.request(diffBackupRequest, { store, id: older, to: newer, workDoneToken }, token),
  );
  await reports.show(
    vscode.l10n.t("Compare backups of {0} and {1}.diff", backupName(older), backupName(newer)),
    comparisonText(older, newer, diff),
  );
}

/** Older first; the list is newest first. */
function inOrder(
  backups: readonly BackupSummary[],
  one: string,
  other: string,
): [older: string, newer: string] {
  const place = (id: string) => backups.findIndex((backup) => backup.id === id);
  return place(one) > place(other) ? [one, other] : [other, one];
}

/** Deletes one backup after asking. */
export async function deleteBackup(
  { connection, stores }: BackupContext,
  node: BackupsNode | undefined,
): Promise<void> {
  const chosen: ChosenBackup | undefined = await chosenBackup(connection, stores, node, {
    title: vscode.l10n.t("Delete Backup"),
    placeHolder: vscode.l10n.t("Which one? You are asked before it is deleted."),
  });
  if (chosen === undefined) return;
  const remove = vscode.l10n.t("Delete");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Delete the backup of {0}?", backupName(chosen.id)),
    { modal: true, detail: [vscode.l10n.t("This cannot be undone."), chosen.id].join("\n") },
    remove,
  );
  if (answer === remove) await connection.request(deleteBackupRequest, chosen);
}

/** Copies a backup, with those that it builds on, to a folder that the user chooses. */
export async function exportBackup(
  { connection, stores }: BackupContext,
  node: BackupsNode | undefined,
): Promise<void> {
  const chosen = await chosenBackup(connection, stores, node, {
    title: vscode.l10n.t("Export Backup"),
    placeHolder: vscode.l10n.t("Which one? You choose the folder for its files next."),
  });
  if (chosen === undefined) return;
  const [target] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t("Folder for the Backup"),
      openLabel: vscode.l10n.t("Export Here"),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (target === undefined) return;
  const { ids } = await withServerProgress(
    connection,
    vscode.l10n.t("Exporting backup"),
    (workDoneToken, token) =>
      connection.request(
        exportBackupRequest,
        { ...chosen, folder: target.fsPath, workDoneToken },
        token,
      ),
  );
  void vscode.window.showInformationMessage(
    ids.length === 0
      ? vscode.l10n.t("The backup of {0} is in {1} already.", backupName(chosen.id), target.fsPath)
      : vscode.l10n.t(
          "Exported the backup of {0} to {1}, as {2}. Secrets are in it.",
          backupName(chosen.id),
          target.fsPath,
          ids.join(", "),
        ),
  );
}

/** Takes in a backup that lies somewhere else, after checking it. */
export async function importBackup({ connection, stores }: BackupContext): Promise<void> {
  const info = await pickStore(stores, vscode.l10n.t("Import a backup into which folder?"));
  if (info === undefined) return;
  const [source] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t("File of the Backup (ID.json)"),
      openLabel: vscode.l10n.t("Import"),
      filters: { Backup: ["json"] },
    })) ?? [];
  if (source === undefined) return;
  const { ids } = await withServerProgress(
    connection,
    vscode.l10n.t("Importing backup"),
    (workDoneToken, token) =>
      connection.request(
        importBackupRequest,
        { store: info.store, file: source.fsPath, workDoneToken },
        token,
      ),
  );
  void vscode.window.showInformationMessage(
    ids.length === 0
      ? vscode.l10n.t("That backup is here already.")
      : vscode.l10n.t(
          "Imported the backup of {0}. It can be compared and restored like any other.",
          ids.map(backupName).join(", "),
        ),
  );
}
