import * as vscode from "vscode";
import { createBackupRequest } from "../../../shared/src/protocol.ts";
import { backupName } from "../backupName.ts";
import type { Connection } from "../connection.ts";
import type { Stores } from "../stores.ts";
import { describeBackup } from "../trees/backupsTree.ts";
import { pickStore } from "./pick.ts";
import { withServerProgress } from "./progress.ts";

/** One click: a backup of a folder's state, full or of what changed since the newest one. */
export async function createBackup(
  connection: Connection,
  stores: Stores,
  incremental: boolean,
): Promise<void> {
  const info = await pickStore(stores, vscode.l10n.t("Back up the state of which folder?"));
  if (info === undefined) return;
  const backup = await withServerProgress(
    connection,
    vscode.l10n.t("Backing up the state of {0}", info.name),
    (workDoneToken, token) =>
      connection.request(
        createBackupRequest,
        { store: info.store, incremental, workDoneToken },
        token,
      ),
  );
  const done = vscode.l10n.t(
    "State backed up: {0}, {1}.",
    backupName(backup.id),
    describeBackup(backup),
  );
  const { note } = backup;
  void vscode.window.showInformationMessage(note === undefined ? done : `${done} ${note}`);
}
