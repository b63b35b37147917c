import * as vscode from "vscode";
import { quote } from "../../../shared/src/names.ts";
import {
  createBackupRequest,
  type DeleteEntriesResult,
  deleteEntriesRequest,
  undoRequest,
} from "../../../shared/src/protocol.ts";
import { sharedNote } from "../sharedStore.ts";
import { withServerProgress } from "./progress.ts";
import { type BackupContext, tellAndOfferBack } from "./restoreBackup.ts";
import { type PartNode, partOf } from "./selection.ts";

/** So many entries are taken back one by one; of more a backup is made first. */
const MANY = 20;
/** So many entries of one question are named one by one. */
const NAMED = 8;

/** Deletes what some rows of one store stand for, after asking. It can be taken back. */
export async function deleteRows(context: BackupContext, rows: readonly PartNode[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const { store } = first;
  const { connection } = context;
  // Rows of another store are another question.
  const parts = rows.filter((row) => row.store === store).map(partOf);
  const plan = await connection.request(deleteEntriesRequest, { store, parts, dryRun: true });
  if (plan.total === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("There is nothing left to delete."));
    return;
  }
  if (!(await confirm(plan, sharedNote(context.stores, store)))) return;
  const backup =
    plan.total > MANY
      ? await withServerProgress(
          connection,
          vscode.l10n.t("Backing up before {0} entries are deleted", plan.total),
          (workDoneToken, token) =>
            connection.request(createBackupRequest, { store, workDoneToken }, token),
        )
      : undefined;
  const { total, entries } = await connection.request(deleteEntriesRequest, { store, parts });
  const done =
    total === 1
      ? vscode.l10n.t("Deleted {0} from {1}.", ...nameOnly(entries))
      : vscode.l10n.t("Deleted {0} entries.", total);
  if (backup !== undefined) {
    await tellAndOfferBack(context, done, store, backup.id);
    return;
  }
  const undo = vscode.l10n.t("Undo");
  if ((await vscode.window.showInformationMessage(done, undo)) !== undo) return;
  for (const name of entries) await connection.request(undoRequest, { store, ...name });
}

async function confirm(
  { total, entries }: DeleteEntriesResult,
  shared: readonly string[],
): Promise<boolean> {
  const remove = vscode.l10n.t("Delete");
  const question =
    total === 1
      ? vscode.l10n.t("Delete {0} from {1}?", ...nameOnly(entries))
      : vscode.l10n.t("Delete {0} entries?", total);
  const named = entries.slice(0, NAMED).map(({ namespace, key }) => `${namespace} / ${key}`);
  const detail = [
    ...(total === 1 ? [] : named),
    ...(total > named.length ? [vscode.l10n.t("… and {0} more.", total - named.length)] : []),
    ...(total > MANY ? [vscode.l10n.t("A backup of the present state is made first.")] : []),
    ...shared,
  ].join("\n");
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
  return answer === remove;
}

function nameOnly([only]: DeleteEntriesResult["entries"]): [key: string, namespace: string] {
  return [quote(only?.key ?? ""), quote(only?.namespace ?? "")];
}
