import type { LuaSettings } from "../config/lua.ts";
import { DEFAULT_LIMITS, type RunLimits } from "./types.ts";

const MIB = 1024 * 1024;

/** The limits of a run: what was asked for it, else what the configuration says, else the defaults. */
export function runLimits(
  { memoryBytes, instructions, timeMs }: LuaSettings,
  askedMs: number | undefined,
): RunLimits {
  return {
    ...DEFAULT_LIMITS,
    timeoutMs: askedMs ?? timeMs ?? DEFAULT_LIMITS.timeoutMs,
    // Less than one mebibyte is not enough for the libraries themselves.
    memoryMb:
      memoryBytes === undefined
        ? DEFAULT_LIMITS.memoryMb
        : Math.max(1, Math.floor(memoryBytes / MIB)),
    ...(instructions === undefined ? {} : { instructions }),
  };
}
