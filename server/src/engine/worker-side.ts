import { isMainThread } from "node:worker_threads";
import type { EngineParts } from "./open.ts";
import { runEngineProcess } from "./worker-process.ts";
import { runEngineThread } from "./worker-thread.ts";

/** What the engine's worker does, from its start to its end: a thread, or a process for long work. */
export function runEngine(parts: EngineParts): void {
  if (isMainThread) runEngineProcess(parts);
  else runEngineThread(parts);
}
