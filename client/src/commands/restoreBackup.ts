import * as vscode from "vscode";
import {
  type DiffResult,
  diffBackupRequest,
  type RestoreBackupParams,
  restoreBackupRequest,
} from "../../../shared/src/protocol.ts";
import { diffText, summarizeDiff } from "../backupDiff.ts";
import { backupName } from "../backupName.ts";
import type { Connection } from "../connection.ts";
import { entriesText } from "../counts.ts";
import type { Reports } from "../reports.ts";
import { sharedNote } from "../sharedStore.ts";
import type { Stores } from "../stores.ts";
import type { BackupsNode } from "../trees/backupsTree.ts";
import { chosenBackup } from "./pickBackup.ts";
import { withServerProgress } from "./progress.ts";

export interface BackupContext {
  readonly connection: Connection;
  readonly stores: Stores;
  readonly reports: Reports;
}

/** A backup, and which part of it is restored. */
type Restored = Omit<RestoreBackupParams, "workDoneToken">;

/** Picks a backup (unless `node` is one), shows what would change, asks, restores, tells. */
export async function restoreBackup(
  context: BackupContext,
  node: BackupsNode | undefined,
): Promise<void> {
  const chosen = await chosenBackup(context.connection, context.stores, node, {
    title: vscode.l10n.t("Restore Backup"),
    placeHolder: vscode.l10n.t("Which one? You see what would change before it does."),
  });
  if (chosen !== undefined) await previewAndRestore(context, chosen);
}

/** The same for the namespaces that the user picks of those that would change. */
export async function restorePart(
  context: BackupContext,
  node: BackupsNode | undefined,
): Promise<void> {
  const chosen = await chosenBackup(context.connection, context.stores, node, {
    title: vscode.l10n.t("Restore a Part of a Backup"),
    placeHolder: vscode.l10n.t("Of which one? You pick the namespaces next."),
  });
  if (chosen === undefined) return;
  const diff = await compare(context.connection, chosen);
  if (diff.total === 0) {
    sayNothingToDo(chosen);
    return;
  }
  const namespaces = await pickNamespaces(diff);
  if (namespaces !== undefined && namespaces.length > 0) {
    await previewAndRestore(context, { ...chosen, namespaces });
  }
}

/** Shows what restoring would change, asks, restores, and tells, offering to undo it the same way. */
async function previewAndRestore(context: BackupContext, chosen: Restored): Promise<void> {
  const { connection, reports, stores } = context;
  const diff = await compare(connection, chosen);
  if (diff.total === 0) {
    sayNothingToDo(chosen);
    return;
  }
  const store = stores.find(chosen.store)?.name ?? chosen.store;
  const shown = await reports.show(
    vscode.l10n.t("Restore backup of {0}.diff", backupName(chosen.id)),
    diffText(chosen.id, store, diff),
  );
  if (await confirm(chosen, diff, sharedNote(context.stores, chosen.store))) {
    await reports.close(shown);
    await restore(context, chosen);
  }
}

async function compare(connection: Connection, chosen: Restored): Promise<DiffResult> {
  return await withServerProgress(
    connection,
    vscode.l10n.t("Comparing the backup with the state"),
    (workDoneToken, token) =>
      connection.request(diffBackupRequest, { ...chosen, workDoneToken }, token),
  );
}

function sayNothingToDo({ id }: Restored): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      "The state is exactly what the backup of {0} holds: nothing to do.",
      backupName(id),
    ),
  );
}

async function pickNamespaces({ changes, total }: DiffResult): Promise<string[] | undefined> {
  const counts = new Map<string, number>();
  for (const { namespace } of changes) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  const items = [...counts].map(([label, count]) => ({
    label,
    description: count === 1 ? vscode.l10n.t("1 change") : vscode.l10n.t("{0} changes", count),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t("Restore a Part of a Backup"),
    placeHolder:
      total > changes.length
        ? vscode.l10n.t("Namespaces among the first {0} changes", changes.length)
        : vscode.l10n.t("Namespaces to make what they are in the backup"),
  });
  return picked?.map(({ label }) => label);
}

async function confirm(
  { id, namespaces }: Restored,
  diff: DiffResult,
  shared: readonly string[],
): Promise<boolean> {
  const restoreButton = vscode.l10n.t("Restore");
  const question =
    namespaces === undefined
      ? vscode.l10n.t("Restore the backup of {0}?", backupName(id))
      : vscode.l10n.t("Restore {0} from the backup of {1}?", namespaces.join(", "), backupName(id));
  const detail = [
    summarizeDiff(diff),
    vscode.l10n.t("The editor behind this question lists every one."),
    vscode.l10n.t("A safety backup of the present state is made first."),
    ...shared,
    id,
  ].join("\n");
  const answer = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail },
    restoreButton,
  );
  return answer === restoreButton;
}

async function restore(context: BackupContext, chosen: Restored): Promise<void> {
  const { connection } = context;
  const { changed, entriesRestored, safetyBackupId } = await withServerProgress(
    connection,
    vscode.l10n.t("Restoring the backup of {0}", backupName(chosen.id)),
    (workDoneToken, token) =>
      connection.request(restoreBackupRequest, { ...chosen, workDoneToken }, token),
  );
  const done = vscode.l10n.t(
    "Restored {0} as in the backup; changed: {1}.",
    entriesText(entriesRestored),
    changed,
  );
  await tellAndOfferBack(context, done, chosen.store, safetyBackupId);
}

/** Asks, then restores a backup in place of a damaged state, whose file is kept. */
export async function restoreDamaged(
  { connection }: Pick<BackupContext, "connection">,
  { store, id }: Pick<Restored, "store" | "id">,
): Promise<void> {
  const restoreButton = vscode.l10n.t("Move Aside and Restore");
  const detail = [
    vscode.l10n.t("Changes that were made after this backup are not in it."),
    vscode.l10n.t("The damaged file is kept beside, under another name."),
    id,
  ].join("\n");
  const question = vscode.l10n.t(
    "Restore the backup of {0} in place of the damaged state?",
    backupName(id),
  );
  const options = { modal: true, detail };
  if ((await vscode.window.showWarningMessage(question, options, restoreButton)) !== restoreButton)
    return;
  const { entriesRestored, setAside } = await withServerProgress(
    connection,
    vscode.l10n.t("Restoring the backup of {0}", backupName(id)),
    (workDoneToken, token) =>
      connection.request(restoreBackupRequest, { store, id, setAside: true, workDoneToken }, token),
  );
  await vscode.commands.executeCommand("llmspellState.refresh");
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      "Restored {0}. The damaged state is kept in {1}.",
      entriesText(entriesRestored),
      setAside === undefined ? "" : vscode.workspace.asRelativePath(setAside, false),
    ),
  );
}

/** Tells what was done, and offers to restore the backup that was made just before. */
export async function tellAndOfferBack(
  context: BackupContext,
  done: string,
  store: string,
  backup: string | null,
): Promise<void> {
  if (backup === null) {
    void vscode.window.showInformationMessage(done);
    return;
  }
  const undo = vscode.l10n.t("Undo…");
  const before = vscode.l10n.t(
    "What was there before is in the backup of {0}.",
    backupName(backup),
  );
  if ((await vscode.window.showInformationMessage(`${done} ${before}`, undo)) === undo) {
    await previewAndRestore(context, { store, id: backup });
  }
}
