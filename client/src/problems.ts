import { sep } from "node:path";
import * as vscode from "vscode";
import { messageOf, type Problem, StateError, toProblem } from "../../shared/src/errors.ts";
import { backupName } from "./backupName.ts";
import { DATABASE_URL_VARIABLE } from "./databaseUrl.ts";
import type { Stores } from "./stores.ts";

const DAMAGED_BACKUP = "damaged-backup";

/** Tells the user what failed and what to do next; cancelling is no failure. */
export async function showFailure(error: unknown): Promise<void> {
  if (error instanceof vscode.CancellationError) return;
  if (error instanceof StateError) await showProblem(toProblem(error));
  else await offerLog(messageOf(error));
}

/**
 * One message for one problem: what it is, the next step, and a button that takes there.
 * @param store the store that it is about: a damaged one that has a good backup can go back to it
 */
export async function showProblem(problem: Problem, store?: string): Promise<void> {
  const text = problemText(problem);
  const id = backupInPlace(problem);
  if (store !== undefined && id !== undefined) {
    await offerBackup(problem, { store, id });
    return;
  }
  if (problem.code === DAMAGED_BACKUP) {
    await offerBackups(text);
    return;
  }
  const place = placeOf(problem);
  if (place === undefined) {
    await offerLog(text);
    return;
  }
  const open = vscode.l10n.t("Open {0}", vscode.workspace.asRelativePath(place.uri, false));
  const setUrl = vscode.l10n.t("Set Database URL…");
  const buttons = problem.next.includes(DATABASE_URL_VARIABLE) ? [setUrl, open] : [open];
  const answer = await vscode.window.showErrorMessage(text, ...buttons);
  if (answer === setUrl) await vscode.commands.executeCommand("llmspellState.setDatabaseUrl");
  if (answer === open) {
    await vscode.window.showTextDocument(place.uri, { selection: place.range });
  }
}

/** What is wrong and what to do, with files named as they are in their folder. */
export function problemText(problem: Problem): string {
  return withoutFolders(`${problem.message} ${nextStep(problem)}`);
}

/** What to do in this window: the server names commands of the command line. */
function nextStep(problem: Problem): string {
  if (problem.code === DAMAGED_BACKUP) {
    return vscode.l10n.t(
      "Nothing was changed. Restore another one: Verify Backup in its menu tells whether it is good.",
    );
  }
  const backup = backupInPlace(problem);
  if (backup === undefined) return problem.next;
  return vscode.l10n.t(
    "To go back to the backup of {0}, click “State cannot be shown” in the State view. The damaged file is kept.",
    backupName(backup),
  );
}

/** Id of the backup that can take the place of a damaged state. */
function backupInPlace({ code, data }: Problem): string | undefined {
  const id = code === "corrupt-store" ? data?.["backup"] : undefined;
  return typeof id === "string" ? id : undefined;
}

/** A text with files named as they are in their folder. */
export function withoutFolders(text: string): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.reduce((named, { uri }) => named.replaceAll(`${uri.fsPath}${sep}`, ""), text);
}

async function offerBackup(
  { message }: Problem,
  backup: { store: string; id: string },
): Promise<void> {
  const place = vscode.l10n.t(
    "The backup of {0} can take its place; the damaged file is kept.",
    backupName(backup.id),
  );
  const text = withoutFolders(`${message} ${place}`);
  const restore = vscode.l10n.t("Restore Backup…");
  if ((await vscode.window.showErrorMessage(text, restore)) === restore) {
    await vscode.commands.executeCommand("llmspellState.restoreDamaged", backup);
  }
}

async function offerBackups(text: string): Promise<void> {
  const show = vscode.l10n.t("Show Backups");
  if ((await vscode.window.showErrorMessage(text, show)) === show) {
    await vscode.commands.executeCommand("llmspellState.backups.focus");
  }
}

async function offerLog(text: string): Promise<void> {
  const log = vscode.l10n.t("Show Log");
  if ((await vscode.window.showErrorMessage(text, log)) === log) {
    await vscode.commands.executeCommand("llmspellState.showOutput");
  }
}

/** The place in a file that a problem is about; its data has a path and 1-based line and column. */
function placeOf({ data }: Problem): { uri: vscode.Uri; range: vscode.Range } | undefined {
  const file = data?.["file"];
  if (typeof file !== "string") return undefined;
  const line = Math.max(0, Number(data?.["line"] ?? 1) - 1);
  const column = Math.max(0, Number(data?.["column"] ?? 1) - 1);
  return { uri: vscode.Uri.file(file), range: new vscode.Range(line, column, line, column) };
}

/** Shows each store's problem once: again only when it went away and came back, or is another. */
export function showStoreProblems(stores: Stores): vscode.Disposable {
  const shown = new Map<string, string>();
  return stores.onDidChange(() => {
    for (const { store, problem } of stores.all) {
      const text = problem && `${problem.code} ${problem.message}`;
      if (problem !== undefined && shown.get(store) !== text) void showProblem(problem, store);
      if (text === undefined) shown.delete(store);
      else shown.set(store, text);
    }
  });
}
