import * as vscode from "vscode";
import type { WorkspaceEdit } from "vscode-languageclient/node";
import {
  KEY_RULE,
  keyFault,
  NAMESPACE_RULE,
  namespaceFault,
  quote,
} from "../../../shared/src/names.ts";
import {
  type EntryParams,
  planRenameRequest,
  type RenameParams,
  type RenamePlan,
  renameEntriesRequest,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { showFailure } from "../problems.ts";
import type { Reports } from "../reports.ts";
import { sharedNote } from "../sharedStore.ts";
import type { Stores } from "../stores.ts";
import { applyToScripts, type ChangedScripts, editText, takeBack } from "./scriptEdit.ts";

/** A key with the new name that a quick fix proposes. */
export type ProposedName = EntryParams & { readonly to: string };

/** A key, or without one a namespace. */
export type Renamed = Omit<RenameParams, "to"> & Partial<Pick<ProposedName, "to">>;

/** Asks for the new name, shows what changes in scripts and data, changes both, offers to undo it. */
export async function rename(
  connection: Connection,
  reports: Reports,
  stores: Stores,
  renamed: Renamed,
): Promise<void> {
  const to = await askName(renamed);
  if (to === undefined) return;
  const params = { ...renamed, to };
  const plan = await connection.request(planRenameRequest, params);
  const edit = plan.edit as WorkspaceEdit;
  const shown = plan.changes === 0 ? undefined : await showChanges(reports, params, edit);
  if (!(await confirm(params, plan, sharedNote(stores, params.store)))) return;
  if (shown !== undefined) await reports.close(shown);
  const scripts = plan.changes === 0 ? new Map() : await applyToScripts(connection, edit);
  if (scripts === undefined) return;
  const data = plan.data.entries > 0 && plan.data.conflicts === 0;
  try {
    if (data) await connection.request(renameEntriesRequest, params);
  } catch (error) {
    // Scripts with the new name and data with the old one would be worse than no renaming.
    await undoScripts(scripts);
    throw error;
  }
  await offerUndo(connection, params, scripts, data);
}

async function askName({ namespace, key, to }: Renamed): Promise<string | undefined> {
  const old = key ?? namespace;
  const title =
    key === undefined
      ? vscode.l10n.t("Rename the Namespace {0}", quote(old))
      : vscode.l10n.t("Rename the Key {0}", quote(old));
  const given = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t("The new name. You see what changes in scripts and data before it does."),
    value: to ?? old,
    valueSelection:
      to === undefined
        ? [Math.max(old.lastIndexOf(":"), old.lastIndexOf("/")) + 1, old.length]
        : [to.length, to.length],
    validateInput: (name) => nameProblem(key !== undefined, name),
  });
  return given === old ? undefined : given;
}

function nameProblem(isKey: boolean, name: string): string | undefined {
  const fault = isKey ? keyFault(name) : namespaceFault(name);
  return fault && `${fault}: ${isKey ? KEY_RULE : NAMESPACE_RULE}`;
}

async function showChanges(
  reports: Reports,
  { namespace, key, to }: RenameParams,
  edit: WorkspaceEdit,
): Promise<vscode.Uri> {
  const old = key ?? namespace;
  const head = vscode.l10n.t("Renaming {0} to {1} in scripts:", quote(old), quote(to));
  return await reports.show(
    vscode.l10n.t("Rename {0} to {1}.diff", old, to),
    `${head}\n${await editText(edit)}\n`,
  );
}

async function confirm(
  { namespace, key, to }: RenameParams,
  { edit, changes, files, data }: RenamePlan,
  shared: readonly string[],
): Promise<boolean> {
  const question = vscode.l10n.t("Rename {0} to {1}?", quote(key ?? namespace), quote(to));
  const detail = [
    changes === 0
      ? vscode.l10n.t("No script of this folder names it.")
      : vscode.l10n.t("Changes in scripts: {0}, in {1} file(s).", changes, files),
    data.conflicts > 0
      ? vscode.l10n.t("Stored data stays as it is: there is data under the new name already.")
      : vscode.l10n.t("Stored entries that are renamed: {0}.", data.entries),
    ...(data.entries > 0 && data.conflicts === 0
      ? [vscode.l10n.t("What they were before stays in the history of the old name.")]
      : []),
    ...(changes === 0
      ? []
      : [vscode.l10n.t("The editor behind this question lists every change in scripts.")]),
    ...(hasDoubts(edit as WorkspaceEdit)
      ? [vscode.l10n.t("You confirm the doubtful ones next.")]
      : []),
    ...shared,
  ].join("\n");
  const answer = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail },
    vscode.l10n.t("Rename"),
  );
  return answer !== undefined;
}

function hasDoubts({ changeAnnotations = {} }: WorkspaceEdit): boolean {
  return Object.keys(changeAnnotations).length > 0;
}

async function offerUndo(
  connection: Connection,
  params: RenameParams,
  scripts: ChangedScripts,
  data: boolean,
): Promise<void> {
  const { namespace, key, to } = params;
  const undo = vscode.l10n.t("Undo");
  const text = data
    ? vscode.l10n.t(
        "Renamed {0} to {1} in {2} script(s) and in stored data.",
        quote(key ?? namespace),
        quote(to),
        scripts.size,
      )
    : vscode.l10n.t(
        "Renamed {0} to {1} in {2} script(s).",
        quote(key ?? namespace),
        quote(to),
        scripts.size,
      );
  if ((await vscode.window.showInformationMessage(text, undo)) !== undo) return;
  try {
    if (data) await connection.request(renameEntriesRequest, reversed(params));
    await undoScripts(scripts);
  } catch (error) {
    await showFailure(error);
  }
}

function reversed({ store, namespace, key, to }: RenameParams): RenameParams {
  return key === undefined
    ? { store, namespace: to, to: namespace }
    : { store, namespace, key: to, to: key };
}

async function undoScripts(scripts: ChangedScripts): Promise<void> {
  const left = await takeBack(scripts);
  if (left.length === 0) return;
  const names = left.map((uri) => vscode.workspace.asRelativePath(uri, false)).join(", ");
  void vscode.window.showWarningMessage(
    vscode.l10n.t("Changed since, and left with the new name: {0}.", names),
  );
}
