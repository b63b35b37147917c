import type { LibraryLevel } from "../config/lua.ts";
import type { ChangeDetail, Origin } from "../engine/types.ts";

/** Which Lua runs a script: Lua 5.4 itself, in WebAssembly, or fengari, which is JavaScript and Lua 5.3. */
export const RUNTIMES = ["lua54", "fengari"] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

/** What ends a run that goes too far. */
export interface RunLimits {
  /** Milliseconds of wall time. */
  readonly timeoutMs: number;
  /** Bytes of output; more ends the run. */
  readonly outputBytes: number;
  /** Mebibytes that the script's values may take. */
  readonly memoryMb: number;
  /** Calls of State functions. */
  readonly stateCalls: number;
  /** Lua instructions, to about a thousand; absent: only time limits them. */
  readonly instructions?: number;
}

export const DEFAULT_LIMITS: RunLimits = {
  timeoutMs: 60_000,
  outputBytes: 1024 * 1024,
  memoryMb: 256,
  stateCalls: 10_000_000,
};

/** Which of the gated State functions the script has. */
export interface RunFeatures {
  readonly migrations: boolean;
  readonly backups: boolean;
}

export interface RunRequest {
  /** Absolute path of the script. */
  readonly file: string;
  /** Run this instead of what is in the file (a selection, an unsaved buffer). */
  readonly text?: string;
  /** `...`, `arg` and `ARGS` of the script. */
  readonly args: readonly string[];
  /** Absolute path: `require` finds Lua files in here and nowhere else. */
  readonly workspaceFolder: string;
  /** Who the changes are recorded for, e.g. `script:chat.lua`. */
  readonly origin: Origin;
  readonly limits: RunLimits;
  readonly features: RunFeatures;
  /** By default "lua54". */
  readonly runtime?: RuntimeName;
  /** Which libraries of Lua the script has; by default "safe". */
  readonly libraries?: LibraryLevel;
  /** The environment variables that `os.getenv` gives; all others are nil. */
  readonly environment: Readonly<Record<string, string>>;
  /** An editor is answered by the same process: a script that calls State very often lets it go first. */
  readonly besideEditor?: boolean;
  /** Hears what the script prints, in order, as it does. */
  readonly onOutput: (text: string) => void;
}

/**
 * Why a run failed. Codes: `script-error` (it raised), `script-syntax`, `script-unreadable`,
 * `script-timeout`, `script-memory`, `script-output`, `script-instructions`, `script-state-calls`,
 * `script-cancelled`, `script-crashed`; see also llmspell.ts.
 */
export interface RunError {
  readonly code: string;
  readonly message: string;
  /** Absolute path of the script that the error is in. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  readonly traceback?: string;
  /** The global of the llmspell program that the script wanted: with that program it could run. */
  readonly missingGlobal?: string;
}

export interface RunResult {
  readonly ok: boolean;
  readonly error?: RunError;
  /**
   * What the run changed, one per entry: `before` is from before its first change, `after` and the
   * revision from its last. An entry that is again as it was is left out.
   */
  readonly changes: readonly ChangeDetail[];
  /** Changes of entries that were too many, or too large, to be kept in `changes`. */
  readonly omittedChanges: number;
  /** State calls that read, and that wrote. */
  readonly reads: number;
  readonly writes: number;
  readonly durationMs: number;
}

/** A script that is running. */
export interface ScriptRun {
  /** Never rejects: what went wrong is in the result. */
  readonly result: Promise<RunResult>;
  /** Ends the run at once; its result has the code `script-cancelled`. */
  cancel(): void;
}
