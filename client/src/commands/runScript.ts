import * as vscode from "vscode";
import type { ScriptError } from "../../../shared/src/protocol.ts";
import { showFailure } from "../problems.ts";
import { splitArguments } from "../runs/arguments.ts";
import {
  applyRun,
  discardRun,
  type RunContext,
  reviewDryRun,
  showChanges,
} from "../runs/review.ts";
import { type Asked, changesAny, type FinishedRun, type Run } from "../runs/runs.ts";
import { errorReason, runSummary } from "../runs/runText.ts";
import { pickScript } from "./pickScript.ts";

export interface ScriptContext extends RunContext {
  readonly scriptOutput: vscode.OutputChannel;
  /** What is remembered of this workspace. */
  readonly memory: vscode.Memento;
}

/** Menus have a script's URI, code lenses have it as text; without one it is the active editor's, or asked for. */
export type GivenScript = vscode.Uri | string | undefined;

/** Runs a Lua script; its output streams to the output channel. */
export async function runScript(context: ScriptContext, given: GivenScript): Promise<void> {
  const uri = await savedScript(given);
  if (uri !== undefined) await run(context, { uri });
}

/** Runs a script without changing anything, shows what it would change, and offers to make it so. */
export async function dryRunScript(context: ScriptContext, given: GivenScript): Promise<void> {
  const uri = await savedScript(given);
  if (uri !== undefined) await dryRun(context, uri);
}

async function dryRun(context: ScriptContext, uri: vscode.Uri): Promise<void> {
  const finished = await run(context, { uri, dryRun: true });
  if (finished.result.ok) await reviewDryRun(context, finished, () => dryRun(context, uri));
}

/** Runs what is selected in the active editor, saved or not. */
export async function runSelection(context: ScriptContext): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== "lua" || editor.selection.isEmpty) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Select the lines to run first."));
    return;
  }
  const { document, selection } = editor;
  const source = document.getText(selection);
  await run(context, { uri: document.uri, source, line: selection.start.line });
}

/** Asks for the script's arguments, which are remembered, and runs it with them. */
export async function runWithArguments(context: ScriptContext, given: GivenScript): Promise<void> {
  const uri = await savedScript(given);
  if (uri === undefined) return;
  const remembered = `arguments ${uri}`;
  const line = await vscode.window.showInputBox({
    title: vscode.l10n.t("Run {0} with Arguments", vscode.workspace.asRelativePath(uri, false)),
    prompt: vscode.l10n.t("As in a shell: blanks between them, quotes around one with blanks"),
    value: context.memory.get<string>(remembered, ""),
  });
  if (line === undefined) return;
  await context.memory.update(remembered, line);
  await run(context, { uri, args: splitArguments(line) });
}

/** Ends a script that is running. */
export async function cancelScript({ runs }: ScriptContext, given: GivenScript): Promise<void> {
  const uri = parsed(given)?.toString();
  const mine = runs.running.filter((run) => uri === undefined || run.uri.toString() === uri);
  const ended = mine.length > 1 ? await pickRun(mine) : mine[0];
  if (ended !== undefined) await runs.cancel(ended);
  else if (mine.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("No script is running."));
  }
}

async function pickRun(running: readonly Run[]): Promise<Run | undefined> {
  const items = running.map((run) => ({ label: run.name, run }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Stop Which Script?"),
  });
  return picked?.run;
}

/** Shows all that the last run changed or would change. */
export async function showRunChanges(context: ScriptContext): Promise<void> {
  const { last } = context.runs;
  if (last !== undefined && last.result.changes.length > 0) await showChanges(context, last);
  else void vscode.window.showInformationMessage(vscode.l10n.t("The last run changed nothing."));
}

/** Makes the changes of the last dry run. */
export async function applyDryRun(context: ScriptContext): Promise<void> {
  const last = pendingRun(context);
  if (last !== undefined) await applyRun(context, last, () => dryRun(context, last.uri));
}

/** Gives up the changes of the last dry run. */
export async function discardDryRun(context: ScriptContext): Promise<void> {
  const last = pendingRun(context);
  if (last !== undefined) await discardRun(context, last);
}

function pendingRun({ runs }: ScriptContext): FinishedRun | undefined {
  if (runs.last?.outcome === "pending" && changesAny(runs.last)) return runs.last;
  void vscode.window.showInformationMessage(
    vscode.l10n.t("No dry run waits to be applied. Dry run a script first."),
  );
  return undefined;
}

async function run(context: ScriptContext, asked: Asked): Promise<FinishedRun> {
  const { runs, scriptOutput } = context;
  const name = vscode.workspace.asRelativePath(asked.uri, false);
  scriptOutput.show(true);
  scriptOutput.appendLine(beginning(asked, name));
  const finished = await runs.run(asked, (text) => scriptOutput.append(text));
  scriptOutput.appendLine(runSummary(finished));
  const { error } = finished.result;
  if (error?.missingGlobal !== undefined) void tellOfLlmspell(context, asked, error);
  else if (error !== undefined) showScriptError(name, error);
  return finished;
}

function beginning({ dryRun, withLlmspell }: Asked, name: string): string {
  if (dryRun === true) return vscode.l10n.t("— Running {0} dry: nothing is changed", name);
  if (withLlmspell === true) return vscode.l10n.t("— Running {0} with llmspell", name);
  return vscode.l10n.t("— Running {0}", name);
}

/** The script as a file on disk, saved; undefined when the user would not, or there is none. */
async function savedScript(given: GivenScript): Promise<vscode.Uri | undefined> {
  const uri = parsed(given) ?? (await pickScript());
  if (uri === undefined) return undefined;
  const document = vscode.workspace.textDocuments.find(
    (open) => open.uri.toString() === uri.toString(),
  );
  if (document === undefined || (!document.isDirty && !document.isUntitled)) return uri;
  return await vscode.workspace.save(uri);
}

function parsed(given: GivenScript): vscode.Uri | undefined {
  return typeof given === "string" ? vscode.Uri.parse(given, true) : given;
}

/** The script wants what only the llmspell program has: it is run with it, where it is to be had. */
async function tellOfLlmspell(
  context: ScriptContext,
  asked: Asked,
  { missingGlobal = "", llmspellFound = false }: ScriptError,
): Promise<void> {
  const name = vscode.workspace.asRelativePath(asked.uri, false);
  const needs = vscode.l10n.t(
    "{0} needs {1}, which belongs to the llmspell program.",
    name,
    missingGlobal,
  );
  // Only whole scripts can be given to it, and it cannot be kept from changing anything.
  const possible = asked.source === undefined && asked.dryRun !== true;
  const runIt = vscode.l10n.t("Run with llmspell");
  const setPath = vscode.l10n.t("Set Path of llmspell");
  const button = llmspellFound ? (possible ? [runIt] : []) : [setPath];
  const answer = await vscode.window.showWarningMessage(needs, ...button);
  try {
    if (answer === runIt) await run(context, { ...asked, withLlmspell: true });
  } catch (error) {
    await showFailure(error);
  }
  if (answer === setPath) {
    await vscode.commands.executeCommand(
      "workbench.action.openSettings",
      "llmspellState.llmspellPath",
    );
  }
}

function showScriptError(name: string, error: ScriptError): void {
  if (error.code === "script-cancelled") return;
  const { file, line } = error;
  const text = vscode.l10n.t("{0} failed: {1}", name, errorReason(error));
  if (file === undefined || line === undefined) {
    void vscode.window.showErrorMessage(text);
    return;
  }
  const go = vscode.l10n.t("Go to Line {0}", line);
  void vscode.window.showErrorMessage(text, go).then(async (answer) => {
    if (answer !== go) return;
    const selection = new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(file), { selection });
  });
}
