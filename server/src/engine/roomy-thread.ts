import { setFlagsFromString } from "node:v8";
import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a thread that makes much garbage which lives for a moment. V8 begins with a megabyte for it,
 * cleans up whenever that is full, and takes what is in use just then for something that stays: of
 * that, more piles up than the thread needs. Editors built on Electron have V8 settings of their own,
 * which are left alone. Elsewhere the thread has `globalThis.gc`, by which it may say when little is in use.
 * @param young MiB that what is new may fill, before V8 looks what of it is still in use
 */
export function startRoomyThread(
  entry: string | URL,
  young: number,
  { resourceLimits, ...options }: WorkerOptions,
): Worker {
  // V8 counts three times what may be filled.
  const limits = { ...resourceLimits, maxYoungGenerationSizeMb: 3 * young };
  const start = () => new Worker(entry, { ...options, resourceLimits: limits });
  if (process.versions["electron"] !== undefined) return start();
  // Read when the thread's heap and globals are made: there is no such option for one thread.
  setFlagsFromString(`--min-semi-space-size=${young}`);
  setFlagsFromString("--expose-gc");
  const worker = start();
  const undo = (): void => {
    setFlagsFromString("--min-semi-space-size=0");
    setFlagsFromString("--no-expose-gc");
  };
  worker.once("online", undo);
  worker.once("exit", undo);
  return worker;
}
