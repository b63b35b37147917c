import { RUNTIMES, type RuntimeName } from "../runner/types.ts";

/** What a user may set for runs of scripts. */
export interface RunnerSettings {
  /** undefined: the default. */
  readonly runtime?: RuntimeName;
  /** Names of the environment variables that scripts see. */
  readonly env: readonly string[];
}

/** The setting `llmspellState.runner` as clients send it; what cannot be understood is as if not given. */
export function runnerSettings(sent: unknown): RunnerSettings {
  const { runtime, env } = (typeof sent === "object" && sent !== null ? sent : {}) as Readonly<
    Record<string, unknown>
  >;
  // The first name of Lua 5.4 in WebAssembly is that of the package it comes in.
  const wanted = runtime === "wasmoon" ? "lua54" : runtime;
  const known = RUNTIMES.find((name) => name === wanted);
  return {
    ...(known === undefined ? {} : { runtime: known }),
    env: Array.isArray(env) ? env.filter((name) => typeof name === "string") : [],
  };
}
