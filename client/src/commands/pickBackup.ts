import * as vscode from "vscode";
import { type BackupSummary, backupsRequest } from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { age, moment } from "../format.ts";
import type { Stores } from "../stores.ts";
import { type BackupsNode, describeBackup } from "../trees/backupsTree.ts";
import { pickStore } from "./pick.ts";

export interface ChosenBackup {
  readonly store: string;
  readonly id: string;
}

export interface BackupQuestion {
  readonly title: string;
  readonly placeHolder: string;
  /** Not offered. */
  readonly except?: string;
}

/** The backup of a row, or the one the user picks; undefined: none. */
export async function chosenBackup(
  connection: Connection,
  stores: Stores,
  node: BackupsNode | undefined,
  question: BackupQuestion,
): Promise<ChosenBackup | undefined> {
  if (node?.kind === "backup") return { store: node.store, id: node.summary.id };
  const info = await pickStore(stores, vscode.l10n.t("The backups of which folder?"));
  if (info === undefined) return undefined;
  const backups = await connection.request(backupsRequest, { store: info.store });
  if (backups.length > 0) return await pickBackup(info.store, backups, question);
  const create = vscode.l10n.t("Create Backup");
  const text = vscode.l10n.t("There are no backups of {0} yet.", info.name);
  if ((await vscode.window.showInformationMessage(text, create)) === create) {
    await vscode.commands.executeCommand("llmspellState.createBackup");
  }
  return undefined;
}

/** The one of these that the user picks. */
export async function pickBackup(
  store: string,
  backups: readonly BackupSummary[],
  { title, placeHolder, except }: BackupQuestion,
): Promise<ChosenBackup | undefined> {
  const { language } = vscode.env;
  const now = Date.now();
  const items = backups
    .filter(({ id }) => id !== except)
    .map((backup) => ({
      label: moment(backup.createdAt, now, language),
      description: age(backup.createdAt, now, language, "long"),
      detail: describeBackup(backup),
      id: backup.id,
    }));
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder });
  return picked && { store, id: picked.id };
}
