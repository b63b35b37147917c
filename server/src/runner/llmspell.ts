import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { StateError } from "../../../shared/src/errors.ts";
import type { RunError, RunLimits, RunResult, ScriptRun } from "./types.ts";
import { type StopReason, stopError } from "./wire.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const PROGRAM = process.platform === "win32" ? "llmspell.exe" : "llmspell";

/**
 * The real llmspell program: the one that was named, else the first on PATH; undefined where there is
 * none.
 * @param named absolute path, or "" for none
 */
export function findLlmspell(named: string, variables: Variables): string | undefined {
  if (named !== "") return isProgram(named) ? named : undefined;
  return (variables["PATH"] ?? variables["Path"] ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, PROGRAM))
    .find(isProgram);
}

/** The same. @throws StateError `no-llmspell` */
export function requireLlmspell(named: string, variables: Variables): string {
  const program = findLlmspell(named, variables);
  if (program !== undefined) return program;
  throw new StateError(
    "no-llmspell",
    named === ""
      ? "There is no program llmspell on PATH."
      : `${named} is not a program that can be run.`,
    "Install llmspell, or name its absolute path in the setting llmspellState.llmspellPath.",
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isAbsolute(path) && statSync(path).isFile();
  } catch {
    return false;
  }
}

export interface LlmspellRequest {
  /** Absolute paths of the program and of the script. */
  readonly program: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly workspaceFolder: string;
  readonly limits: Pick<RunLimits, "timeoutMs" | "outputBytes">;
  readonly environment: Variables;
  /** Hears what it prints to either output, as it does. */
  readonly onOutput: (text: string) => void;
}

/** Between the request to end and the end by force, in ms. */
const GRACE_MS = 1000;
/** setTimeout takes no longer time than this. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Runs a script with the real llmspell program: `llmspell run FILE -- ARGS`, without a shell. What it
 * changes is in its own state, so the result tells no changes. Its codes beside those of other runs:
 * `llmspell-failed` (it ended with another exit code than 0), `llmspell-unusable` (it did not start).
 */
export function startLlmspell(request: LlmspellRequest): ScriptRun {
  const { program, file, args, workspaceFolder, limits, environment, onOutput } = request;
  const started = performance.now();
  const ownGroup = process.platform !== "win32";
  const child = spawn(program, ["run", file, ...(args.length === 0 ? [] : ["--", ...args])], {
    cwd: workspaceFolder,
    env: { ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
    // With a group of its own, what it has started ends with it.
    detached: ownGroup,
  });
  const { promise, resolve } = Promise.withResolvers<RunResult>();
  let stopped: StopReason | undefined;
  let force: NodeJS.Timeout | undefined;

  const signal = (name: NodeJS.Signals) => {
    try {
      if (ownGroup && child.pid !== undefined) process.kill(-child.pid, name);
      else child.kill(name);
    } catch {
      // It has ended meanwhile.
    }
  };
  const stop = (reason: StopReason) => {
    if (stopped !== undefined) return;
    stopped = reason;
    signal("SIGTERM");
    force = setTimeout(() => signal("SIGKILL"), GRACE_MS);
  };
  const timer = setTimeout(() => stop(2), Math.min(limits.timeoutMs, LONGEST_MS));
  const end = (error: RunError | undefined) => {
    clearTimeout(timer);
    clearTimeout(force);
    resolve({
      ok: error === undefined,
      ...(error === undefined ? {} : { error }),
      changes: [],
      omittedChanges: 0,
      reads: 0,
      writes: 0,
      durationMs: performance.now() - started,
    });
  };

  let room = limits.outputBytes;
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    stream.on("data", (bytes: Buffer) => {
      const part = bytes.subarray(0, room);
      room -= part.length;
      const text = decoder.decode(part, { stream: true });
      if (text !== "") onOutput(text);
      if (part.length < bytes.length) stop(4);
    });
  }
  child.on("error", ({ message }) => {
    end({ code: "llmspell-unusable", message: `${program} cannot be run: ${message}`, file });
  });
  const ended = (code: number | null, by: NodeJS.Signals | null) => {
    if (stopped !== undefined) {
      const limited = { stateCalls: 0, memoryMb: 0, ...limits };
      end({ ...stopError(stopped, limited), file });
    } else if (code === 0) end(undefined);
    else {
      const how = code === null ? `was ended by ${by}` : `ended with exit code ${code}`;
      end({ code: "llmspell-failed", message: `llmspell ${how}.`, file });
    }
  };
  child.on("close", ended);
  child.on("exit", (code, by) => {
    // Something that left its group may hold its output open for ever.
    if (stopped !== undefined) setTimeout(() => ended(code, by), GRACE_MS);
  });
  return { result: promise, cancel: () => stop(1) };
}
