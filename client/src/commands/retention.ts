import * as vscode from "vscode";
import type { WorkspaceEdit } from "vscode-languageclient/node";
import {
  type BackupRetention,
  planRetentionRequest,
  type RetentionPlan,
  type StoreInfo,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { retentionText } from "../retentionText.ts";
import { pickStore } from "./pick.ts";
import { removeBackups, tooManyBackups } from "./pruneBackups.ts";
import type { BackupContext } from "./restoreBackup.ts";

const WHOLE = /^[1-9]\d{0,8}$/;

/** Asks how long and how many backups are kept, names those beyond it, and writes it to llmspell.toml. */
export async function editRetention({ connection, stores }: BackupContext): Promise<void> {
  const info = await pickStore(stores, vscode.l10n.t("Limit the backups of which folder?"));
  if (info?.retention === undefined) return;
  const limits = await askLimits(info.retention);
  if (limits === undefined) return;
  const { store, retention } = info;
  const { days, count } = limits;
  const changed = {
    ...(days === retention.days ? {} : { days }),
    ...(count === retention.count ? {} : { count }),
  };
  if (Object.keys(changed).length === 0) {
    const same = vscode.l10n.t("Nothing to change: backups are {0}.", retentionText(retention));
    void vscode.window.showInformationMessage(same);
    return;
  }
  const plan = await connection.request(planRetentionRequest, { store, ...changed });
  const answer = await confirm(connection, info, limits, vscode.Uri.parse(plan.uri));
  if (answer === undefined) return;
  if (!(await writeConfiguration(connection, plan))) return;
  if (answer === "remove") {
    await removeBackups(connection, store, limits);
    return;
  }
  const file = vscode.Uri.parse(plan.uri);
  const open = openLabel(file);
  const done = vscode.l10n.t("From now on, backups are {0}.", retentionText(limits));
  if ((await vscode.window.showInformationMessage(done, open)) === open) {
    await vscode.window.showTextDocument(file);
  }
}

async function askLimits(now: BackupRetention): Promise<BackupRetention | undefined> {
  const whole = vscode.l10n.t("A whole number of at least 1");
  const shownDays = String(now.days);
  const days = await vscode.window.showInputBox({
    title: vscode.l10n.t("Backup Limits (1/2): Days"),
    prompt: vscode.l10n.t("For how many days is a backup kept?"),
    value: shownDays,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === shownDays || WHOLE.test(text.trim()) ? undefined : whole,
  });
  if (days === undefined) return undefined;
  const count = await vscode.window.showInputBox({
    title: vscode.l10n.t("Backup Limits (2/2): Number"),
    prompt: vscode.l10n.t(
      "How many backups are kept at most, and safety backups beside them? Empty: any number.",
    ),
    value: now.count === null ? "" : String(now.count),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" || WHOLE.test(text.trim()) ? undefined : whole),
  });
  if (count === undefined) return undefined;
  return { days: Number(days), count: count.trim() === "" ? null : Number(count) };
}

/** Asks where backups are beyond the limits; undefined: the user gave it up. */
async function confirm(
  connection: Connection,
  { store }: StoreInfo,
  limits: BackupRetention,
  file: vscode.Uri,
): Promise<"keep" | "remove" | undefined> {
  const doomed = await tooManyBackups(connection, store, limits);
  if (doomed === undefined) return "keep";
  const save = vscode.l10n.t("Save Limits");
  const remove = vscode.l10n.t("Save and Delete Now");
  const beyond = vscode.l10n.t("Backups beyond these limits: {0}", doomed.count);
  const name = vscode.workspace.asRelativePath(file);
  const detail = [
    `${beyond}\n${doomed.text}`,
    vscode.l10n.t(
      "They go with the next backup that is made, or at once; the newest whole one always stays. The limits are written to {0}.",
      name,
    ),
  ].join("\n\n");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Change the limits? Backups are then {0}.", retentionText(limits)),
    { modal: true, detail },
    save,
    remove,
  );
  if (answer === undefined) return undefined;
  return answer === remove ? "remove" : "keep";
}

/** Makes the edit and saves the file, unless it has changes of the user's. Gives whether it is saved. */
async function writeConfiguration(
  connection: Connection,
  { uri, edit }: RetentionPlan,
): Promise<boolean> {
  const file = vscode.Uri.parse(uri);
  const open = vscode.workspace.textDocuments.find(
    (each) => each.uri.toString() === file.toString(),
  );
  const unsaved = open?.isDirty === true;
  const converted = await connection.edit(edit as WorkspaceEdit);
  if (!(await vscode.workspace.applyEdit(converted))) {
    throw new Error(vscode.l10n.t("{0} could not be changed.", file.fsPath));
  }
  const document = await vscode.workspace.openTextDocument(file);
  if (!unsaved) return await document.save();
  await vscode.window.showTextDocument(document);
  void vscode.window.showInformationMessage(
    vscode.l10n.t("The limits hold once you save this file, which has other changes of yours."),
  );
  return false;
}

function openLabel(file: vscode.Uri): string {
  return vscode.l10n.t("Open {0}", vscode.workspace.asRelativePath(file));
}
