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
  entriesRequest,
  planRenameRequest,
  type RenameEntriesParams,
  type RenameEntriesResult,
  type RenameParams,
  type RenamePlan,
  renameEntriesRequest,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { entriesText, scriptsText } from "../counts.ts";
import { showFailure } from "../problems.ts";
import type { Reports } from "../reports.ts";
import { sharedNote } from "../sharedStore.ts";
import type { Stores } from "../stores.ts";
import { withServerProgress } from "./progress.ts";
import { applyToScripts, type ChangedScripts, editText, takeBack } from "./scriptEdit.ts";

/** A key with the new name that a quick fix proposes. */
export type ProposedName = EntryParams & { readonly to: string };

/** A key, what keys begin with, or without either a namespace. */
export type Renamed = Omit<RenameParams, "to"> & Partial<Pick<ProposedName, "to">>;

/** So many entries take long enough that one wants to see how far it is, and to stop it. */
const MANY = 1_000;

/** Asks for the new name, shows what changes in scripts and data, changes both, offers to undo it. */
export async function rename(
  connection: Connection,
  reports: Reports,
  stores: Stores,
  renamed: Renamed,
): Promise<void> {
  const to = await askName(connection, renamed);
  if (to === undefined) return;
  const params = { ...renamed, to };
  const plan = await connection.request(planRenameRequest, params);
  if (params.prefix !== undefined && plan.data.conflicts > 0) {
    sayTaken(plan.data);
    return;
  }
  const edit = plan.edit as WorkspaceEdit;
  const shown = plan.changes === 0 ? undefined : await showChanges(reports, params, edit);
  if (!(await confirm(params, plan, sharedNote(stores, params.store)))) return;
  if (shown !== undefined) await reports.close(shown);
  const scripts = plan.changes === 0 ? new Map() : await applyToScripts(connection, edit);
  if (scripts === undefined) return;
  const { entries, conflicts } = plan.data;
  let data: RenameEntriesResult | undefined;
  try {
    if (entries > 0 && conflicts === 0) data = await renameData(connection, params, entries > MANY);
  } catch (error) {
    // Scripts with the new name and data with the old one would be worse than no renaming.
    await undoScripts(scripts);
    throw error;
  }
  await offerUndo(connection, params, scripts, data);
}

async function renameData(
  connection: Connection,
  params: RenameEntriesParams,
  many: boolean,
): Promise<RenameEntriesResult> {
  if (!many) return await connection.request(renameEntriesRequest, params);
  return await withServerProgress(
    connection,
    vscode.l10n.t("Renaming {0} to {1}", quote(oldName(params)), quote(params.to)),
    (workDoneToken, token) =>
      connection.request(renameEntriesRequest, { ...params, workDoneToken }, token),
  );
}

function oldName({ namespace, key, prefix }: Renamed): string {
  return key ?? prefix ?? namespace;
}

function sayTaken({ conflict = "", conflicts }: RenamePlan["data"]): void {
  const text =
    conflicts === 1
      ? vscode.l10n.t("The key {0} exists already: nothing was renamed.", quote(conflict))
      : vscode.l10n.t(
          "The key {0} exists already, and so do {1} more new names: nothing was renamed.",
          quote(conflict),
          conflicts - 1,
        );
  void vscode.window.showErrorMessage(text);
}

async function askName(connection: Connection, renamed: Renamed): Promise<string | undefined> {
  const { namespace, key, prefix, to } = renamed;
  const old = oldName(renamed);
  const example = prefix === undefined ? undefined : await firstKey(connection, renamed);
  const title =
    key !== undefined
      ? vscode.l10n.t("Rename the Key {0}", quote(old))
      : prefix === undefined
        ? vscode.l10n.t("Rename the Namespace {0}", quote(old))
        : vscode.l10n.t("Rename All Keys of {0} That Begin with {1}", quote(namespace), quote(old));
  const end = prefix?.endsWith(":") === true ? prefix.length - 1 : old.length;
  const start = Math.max(old.lastIndexOf(":", end - 1), old.lastIndexOf("/", end - 1)) + 1;
  const given = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t("The new name. You see what changes in scripts and data before it does."),
    value: to ?? old,
    valueSelection: to === undefined ? [start, end] : [to.length, to.length],
    validateInput: (name) =>
      example === undefined
        ? nameProblem(key !== undefined, name)
        : beginningProblem(old, name, example),
  });
  return given === old ? undefined : given;
}

async function firstKey(connection: Connection, renamed: Renamed): Promise<string> {
  const { store, namespace, prefix = "" } = renamed;
  const params = { store, namespace, prefix, limit: 1 };
  const [first] = (await connection.request(entriesRequest, params)).entries;
  return first?.key ?? `${prefix}1`;
}

function nameProblem(isKey: boolean, name: string): string | undefined {
  const fault = isKey ? keyFault(name) : namespaceFault(name);
  return fault && `${fault}: ${isKey ? KEY_RULE : NAMESPACE_RULE}`;
}

/** What is wrong with a new beginning, or what it makes of one of the keys: a `:` is easily forgotten. */
function beginningProblem(
  old: string,
  name: string,
  example: string,
): string | vscode.InputBoxValidationMessage | undefined {
  if (name === old) return undefined;
  const renamed = name + example.slice(old.length);
  return (
    nameProblem(true, renamed) ?? {
      message: vscode.l10n.t("{0} becomes {1}.", quote(example), quote(renamed)),
      severity: vscode.InputBoxValidationSeverity.Info,
    }
  );
}

async function showChanges(
  reports: Reports,
  { to, ...renamed }: RenameParams,
  edit: WorkspaceEdit,
): Promise<vscode.Uri> {
  const old = oldName(renamed);
  const head = vscode.l10n.t("Renaming {0} to {1} in scripts:", quote(old), quote(to));
  return await reports.show(
    vscode.l10n.t("Rename {0} to {1}.diff", old, to),
    `${head}\n${await editText(edit)}\n`,
  );
}

async function confirm(
  { to, ...renamed }: RenameParams,
  { edit, changes, files, complete, data }: RenamePlan,
  shared: readonly string[],
): Promise<boolean> {
  const question = vscode.l10n.t("Rename {0} to {1}?", quote(oldName(renamed)), quote(to));
  const detail = [
    changes === 0
      ? vscode.l10n.t("No script of this folder names it.")
      : vscode.l10n.t("Changes in {0}: {1}.", scriptsText(files), changes),
    ...(complete
      ? []
      : [vscode.l10n.t("Scripts are still being read: some may keep the old name.")]),
    data.conflicts > 0
      ? vscode.l10n.t("Stored data stays as it is: there is data under the new name already.")
      : vscode.l10n.t("Stored entries that are renamed: {0}.", data.entries),
    ...(data.entries > 0 && data.conflicts === 0
      ? [vscode.l10n.t("Earlier values stay in the history of the old name.")]
      : []),
    ...(changes === 0
      ? []
      : [vscode.l10n.t("The editor behind this question lists every change in scripts.")]),
    ...(hasDoubts(edit as WorkspaceEdit)
      ? [vscode.l10n.t("Those that are not certain are listed for you to confirm next.")]
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
  data: RenameEntriesResult | undefined,
): Promise<void> {
  const undo = vscode.l10n.t("Undo");
  const text = doneText(params, scripts.size, data?.renamed);
  if ((await vscode.window.showInformationMessage(text, undo)) !== undo) return;
  try {
    if (data !== undefined) {
      const back = { ...reversed(params), since: data.since };
      await renameData(connection, back, data.renamed > MANY);
    }
    await undoScripts(scripts);
  } catch (error) {
    await showFailure(error);
  }
}

function doneText(params: RenameParams, scripts: number, entries: number | undefined): string {
  const [from, to] = [quote(oldName(params)), quote(params.to)];
  const where = [
    ...(scripts > 0 || entries === undefined ? [scriptsText(scripts)] : []),
    ...(entries === undefined ? [] : [entriesText(entries)]),
  ];
  return vscode.l10n.t("Renamed {0} to {1} in {2}.", from, to, where.join(", "));
}

function reversed({ store, namespace, key, prefix, to }: RenameParams): RenameParams {
  if (key !== undefined) return { store, namespace, key: to, to: key };
  if (prefix !== undefined) return { store, namespace, prefix: to, to: prefix };
  return { store, namespace: to, to: namespace };
}

async function undoScripts(scripts: ChangedScripts): Promise<void> {
  const left = await takeBack(scripts);
  if (left.length === 0) return;
  const names = left.map((uri) => vscode.workspace.asRelativePath(uri, false)).join(", ");
  void vscode.window.showWarningMessage(
    vscode.l10n.t("Changed since, and left with the new name: {0}.", names),
  );
}
