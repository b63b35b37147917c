import { statSync } from "node:fs";
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import { StateError } from "../../../../shared/src/errors.ts";
import { startEngineWorker } from "../../engine/client.ts";
import { allowedVariables } from "../../runner/environment.ts";
import { startScript } from "../../runner/host.ts";
import { runLimits } from "../../runner/limits.ts";
import { requireLlmspell, startLlmspell } from "../../runner/llmspell.ts";
import { RUNTIMES, type RunError, type RunResult } from "../../runner/types.ts";
import { engineOptions } from "../../workspace/engine-options.ts";
import { usageError } from "../arguments.ts";
import { describeChanges, printableChanges } from "../changes.ts";
import type { Command, CommandContext, ExitCode } from "../command.ts";
import type { Printable } from "../json.ts";
import type { Output } from "../output.ts";

export const run: Command = {
  name: "run",
  usages: [
    "FILE [--dry-run] [--timeout MS] [--runtime fengari|lua54] [--env NAME]... [-- ARG...]",
    "FILE --with-llmspell [--timeout MS] [-- ARG...]",
  ],
  summary: "Run a Lua script with the State library",
  words: [1, 1],
  takesRest: true,
  options: {
    "dry-run": { doc: "Change nothing, and show what would be changed" },
    timeout: { value: "MS", doc: "Milliseconds until the script is ended; 60000 by default" },
    runtime: {
      value: "LUA",
      choices: RUNTIMES,
      doc: "Which Lua runs it: lua54 (the default) or fengari, Lua 5.3 in JavaScript",
    },
    env: {
      value: "NAME",
      multiple: true,
      doc: "An environment variable that os.getenv gives to the script; all others are nil",
    },
    "with-llmspell": {
      doc: "Run it with the llmspell program that is on PATH, against that program's own state",
    },
  },
  run: async (context) => {
    const [name = ""] = context.args.words;
    const file = resolve(context.cwd, name);
    const seen = statSync(file, { throwIfNoEntry: false });
    if (seen?.isFile() !== true) {
      const what = seen ? `${file} is no plain file.` : `There is no script ${file}.`;
      throw new StateError("unreadable-file", what, "Name a Lua file.");
    }
    const printed: string[] = [];
    const { flags } = context.args;
    const dryRun = flags.has("dry-run");
    const onOutput = (text: string) => {
      if (context.output.json) printed.push(text);
      else context.output.raw(text);
    };
    const result = flags.has("with-llmspell")
      ? await runWithLlmspell(context, file, onOutput)
      : await runFile(context, file, onOutput);
    const { output } = context;
    if (output.json) output.jsonLine(printableResult(result, printed.join(""), dryRun));
    else {
      if (result.error !== undefined) output.note(describeError(result.error));
      if (dryRun) output.note(describeDryRun(result, output));
    }
    return exitCode(result);
  },
};

/** Runs the file with the real llmspell program. */
async function runWithLlmspell(
  { session, args, signal, environment }: CommandContext,
  file: string,
  onOutput: (text: string) => void,
): Promise<RunResult> {
  const other = ["dry-run", "runtime", "env"].find(
    (name) => args.flags.has(name) || args.value(name) !== undefined,
  );
  if (other !== undefined) {
    throw usageError(
      `--${other} has no meaning with --with-llmspell.`,
      "That program runs the script as it is, against its own state: leave one of the two out.",
    );
  }
  const { lua = {} } = await session.configuration();
  const script = startLlmspell({
    program: requireLlmspell("", environment),
    file,
    args: args.rest ?? [],
    workspaceFolder: await session.folder(),
    limits: runLimits(lua, args.wholeNumber("timeout", 1)),
    environment,
    onOutput,
  });
  if (signal.aborted) script.cancel();
  signal.addEventListener("abort", script.cancel, { once: true });
  return script.result;
}

async function runFile(
  { session, args, signal, environment, engineWorker, runnerWorker }: CommandContext,
  file: string,
  onOutput: (text: string) => void,
): Promise<RunResult> {
  const configuration = await session.configuration();
  const { lua = {} } = configuration;
  const workspaceFolder = await session.folder();
  const runtime = RUNTIMES.find((name) => name === args.value("runtime"));
  const origin = `script:${scriptName(file, workspaceFolder)}`;
  const engine = startEngineWorker(engineWorker, engineOptions(configuration));
  try {
    const script = startScript(
      runnerWorker,
      {
        file,
        args: args.rest ?? [],
        workspaceFolder,
        origin,
        limits: runLimits(lua, args.wholeNumber("timeout", 1)),
        ...(lua.libraries === undefined ? {} : { libraries: lua.libraries }),
        features: {
          migrations: configuration.migrationEnabled,
          backups: configuration.backupEnabled,
        },
        ...(runtime === undefined ? {} : { runtime }),
        environment: allowedVariables(args.values.get("env") ?? [], environment),
        onOutput,
      },
      engine.connect(origin, { dryRun: args.flags.has("dry-run") }),
    );
    if (signal.aborted) script.cancel();
    signal.addEventListener("abort", script.cancel, { once: true });
    return await script.result;
  } finally {
    await engine.close();
  }
}

/** The script's path within the workspace with `/`, or its bare name outside it. */
function scriptName(file: string, workspaceFolder: string): string {
  const way = relative(workspaceFolder, file);
  return way.startsWith("..") || isAbsolute(way) ? basename(file) : way.split(sep).join("/");
}

function exitCode({ ok, error }: RunResult): ExitCode {
  if (ok) return 0;
  if (error?.code === "script-timeout") return 124;
  return error?.code === "script-cancelled" ? 130 : 1;
}

function printableResult(
  { ok, error, changes, omittedChanges, durationMs }: RunResult,
  output: string,
  dryRun: boolean,
): Printable {
  return {
    ok,
    output,
    error:
      error === undefined
        ? null
        : {
            code: error.code,
            message: error.message,
            file: error.file,
            line: error.line,
            traceback: error.traceback,
            missing_global: error.missingGlobal,
          },
    changes: printableChanges(changes),
    omitted_changes: omittedChanges === 0 ? undefined : omittedChanges,
    dry_run: dryRun ? true : undefined,
    duration_ms: Math.round(durationMs),
  };
}

/** What a dry run would have changed. */
function describeDryRun({ changes, omittedChanges }: RunResult, output: Output): string {
  if (changes.length === 0) return "Dry run: nothing would change.";
  const more = omittedChanges === 0 ? [] : [`... and ${omittedChanges} more changes`];
  return ["Dry run: this would change:", describeChanges(changes, output), ...more].join("\n");
}

/** Place and message, then the traceback. Lua's own messages begin with their place. */
function describeError({ message, file, line, traceback }: RunError): string {
  const placed = file === undefined || /^[^\s:]+:\d+: /.test(message);
  const place = placed ? "" : `${file}${line === undefined ? "" : `:${line}`}: `;
  const text = `llmspell-state: ${place}${message}`;
  return traceback === undefined || traceback === "" ? text : `${text}\n${traceback}`;
}
