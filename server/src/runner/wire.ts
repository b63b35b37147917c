import type { MessagePort } from "node:worker_threads";
import type { RunMemory } from "./output.ts";
import type { RunError, RunLimits, RunRequest } from "./types.ts";

/** What a run's worker is started with. */
export interface RunData
  extends Pick<
    RunRequest,
    | "file"
    | "text"
    | "args"
    | "workspaceFolder"
    | "origin"
    | "limits"
    | "features"
    | "runtime"
    | "libraries"
    | "environment"
    | "besideEditor"
  > {
  readonly memory: RunMemory;
  /** Lua 5.4 as an earlier run compiled it. */
  readonly compiled: WebAssembly.Module | undefined;
  /** The engine's end is elsewhere: requests are answered there. */
  readonly port: MessagePort;
}

/** What a thread tells that was given no compiled Lua: before any script code runs in it. */
export interface CompiledMessage {
  readonly type: "compiled";
  readonly compiled: WebAssembly.Module;
}

/** What a run's worker tells its host. */
export type WorkerMessage =
  | CompiledMessage
  | { readonly type: "started" }
  | { readonly type: "output" }
  /** As the journal has them. */
  | { readonly type: "changes"; readonly lines: string }
  | { readonly type: "ended"; readonly error: RunError | undefined };

/** Why a run is ended from outside; the numbers are what the control cell holds. */
export const STOP_REASONS = {
  1: "script-cancelled",
  2: "script-timeout",
  3: "script-memory",
  4: "script-output",
  5: "script-instructions",
  6: "script-state-calls",
} as const;
export type StopReason = keyof typeof STOP_REASONS;

/** The error of a run that was ended: what the limit was. */
export function stopError(reason: StopReason, limits: RunLimits): RunError {
  return { code: STOP_REASONS[reason], message: stopMessage(reason, limits) };
}

function stopMessage(reason: StopReason, limits: RunLimits): string {
  switch (reason) {
    case 1:
      return "The run was cancelled.";
    case 2:
      return `The script ran longer than ${limits.timeoutMs} ms and was ended.`;
    case 3:
      return `The script needed more than ${limits.memoryMb} MB of memory and was ended.`;
    case 4:
      return `The script printed more than ${limits.outputBytes} bytes and was ended.`;
    case 5:
      return `The script ran more than ${limits.instructions} Lua instructions and was ended: max_instructions in [engines.lua] allows no more.`;
    case 6:
      return `The script called State more than ${limits.stateCalls} times and was ended.`;
  }
}
