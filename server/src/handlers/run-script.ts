import { basename, dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { CancellationToken } from "vscode-languageserver/node";
import { StateError } from "../../../shared/src/errors.ts";
import {
  type RunScriptParams,
  type RunScriptResult,
  scriptOutputNotification,
} from "../../../shared/src/protocol.ts";
import { allowedVariables } from "../runner/environment.ts";
import { startScript } from "../runner/host.ts";
import { runLimits } from "../runner/limits.ts";
import { findLlmspell, requireLlmspell, startLlmspell } from "../runner/llmspell.ts";
import type { RunResult } from "../runner/types.ts";
import { changePreview } from "../service/present-entry.ts";
import type { StateFolder } from "../workspace/folder.ts";
import { requireTrust, type ServerContext } from "./context.ts";
import { surroundingsChanged } from "./diagnostics.ts";
import { openVersions } from "./run-errors.ts";

/** Most changes that are told of one run. */
const MOST_CHANGES = 1000;

/** llmspellState/runScript */
export async function runScript(
  context: ServerContext,
  params: RunScriptParams,
  token: CancellationToken,
): Promise<RunScriptResult> {
  requireTrust(context, "running scripts");
  return params.withLlmspell === true
    ? runWithLlmspell(context, params, token)
    : runHere(context, params, token);
}

async function runHere(
  context: ServerContext,
  { uri, source, line = 0, runId, args = [], timeout, dryRun = false }: RunScriptParams,
  token: CancellationToken,
): Promise<RunScriptResult> {
  const file = filePath(uri);
  const folder = folderOf(context, uri);
  const { migrationEnabled, backupEnabled, lua = {} } = folder.usableConfiguration();
  const { runner, llmspellPath } = context.settings;
  const { variables } = context.environment;
  const origin = `script:${shortPath(folder, file)}`;
  const revision = dryRun ? await folder.openView().revision() : 0;
  const { port, release } = folder.connectScript(origin, { dryRun, besideEditor: true });
  const versions = openVersions(context.documents.all());
  const forgotten = context.runs.errors.forget(uri);
  try {
    const run = () =>
      startScript(
        context.environment.runnerWorker,
        {
          file,
          // Empty lines above, so that an error's line is the document's.
          ...(source === undefined ? {} : { text: "\n".repeat(line) + source }),
          args,
          workspaceFolder: folder.path,
          origin,
          limits: runLimits(lua, timeout),
          ...(lua.libraries === undefined ? {} : { libraries: lua.libraries }),
          features: { migrations: migrationEnabled, backups: backupEnabled },
          ...(runner.runtime === undefined ? {} : { runtime: runner.runtime }),
          environment: allowedVariables(runner.env, variables),
          besideEditor: true,
          onOutput: outputOf(context, runId),
        },
        port,
        context.runs.lua,
        context.runs.resident,
      );
    const cancelled = token.onCancellationRequested(() => context.runs.cancel(runId));
    const result = await context.runs.follow(runId, run);
    cancelled.dispose();
    const { error } = result;
    const kept = error !== undefined && context.runs.errors.keep(uri, error, versions);
    if (forgotten || kept) surroundingsChanged(context);
    context.runs.changes.keep(runId, result.changes);
    if (dryRun) context.runs.dryRuns.keep(runId, { script: uri, folder, origin, revision, result });
    return answerOf(result, () => findLlmspell(llmspellPath, variables) !== undefined);
  } finally {
    await release();
  }
}

/** Runs the file with the real llmspell program, against that program's own state. */
async function runWithLlmspell(
  context: ServerContext,
  { uri, source, runId, args = [], timeout, dryRun = false }: RunScriptParams,
  token: CancellationToken,
): Promise<RunScriptResult> {
  if (dryRun || source !== undefined) {
    throw new StateError(
      "unsupported",
      `llmspell itself runs whole files and changes its own state: no ${dryRun ? "dry run" : "selection"}.`,
      "Run the saved file with it, or run this without it.",
    );
  }
  const file = filePath(uri);
  const folder = folderOf(context, uri);
  const { variables } = context.environment;
  const { lua = {} } = folder.usableConfiguration();
  const run = () =>
    startLlmspell({
      program: requireLlmspell(context.settings.llmspellPath, variables),
      file,
      args,
      workspaceFolder: folder.path,
      limits: runLimits(lua, timeout),
      environment: variables,
      onOutput: outputOf(context, runId),
    });
  const cancelled = token.onCancellationRequested(() => context.runs.cancel(runId));
  if (context.runs.errors.forget(uri)) surroundingsChanged(context);
  try {
    return answerOf(await context.runs.follow(runId, run), () => true);
  } finally {
    cancelled.dispose();
  }
}

const outputOf = (context: ServerContext, runId: string) => (text: string) =>
  void context.connection.sendNotification(scriptOutputNotification.method, { runId, text });

function answerOf(
  { ok, error, reads, writes, durationMs, changes, omittedChanges }: RunResult,
  llmspellFound: () => boolean,
): RunScriptResult {
  const wanted = error?.missingGlobal !== undefined;
  return {
    ok,
    ...(error === undefined
      ? {}
      : { error: wanted ? { ...error, llmspellFound: llmspellFound() } : error }),
    reads,
    writes,
    durationMs,
    changes: changes.slice(0, MOST_CHANGES).map(changePreview),
    omittedChanges: omittedChanges + Math.max(0, changes.length - MOST_CHANGES),
  };
}

/** llmspellState/cancelScript */
export async function cancelScript(
  context: ServerContext,
  { runId }: { runId: string },
): Promise<null> {
  context.runs.cancel(runId);
  return null;
}

function filePath(uri: string): string {
  if (uri.startsWith("file:")) return fileURLToPath(uri);
  throw new StateError(
    "not-a-file",
    `${uri} is not a file on disk, so it cannot be run.`,
    "Save the script in the workspace folder and run it from there.",
  );
}

function folderOf(context: ServerContext, uri: string): StateFolder {
  const folder = context.folders.of(uri);
  if (folder !== undefined) return folder;
  throw new StateError(
    "no-folder",
    `${basename(filePath(uri))} lies in no workspace folder, so it has no state.`,
    "Open the folder that the script belongs to.",
  );
}

/** The script's path within its folder, with `/` on every system. */
function shortPath(folder: StateFolder, file: string): string {
  const path = relative(folder.path, file);
  return path.startsWith("..")
    ? `${basename(dirname(file))}/${basename(file)}`
    : path.split(sep).join("/");
}
