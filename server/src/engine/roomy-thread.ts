import { setFlagsFromString } from "node:v8";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** MB. */
const YOUNG = 16;

/**
 * Starts a thread that makes much garbage which lives for a moment. V8 begins with a megabyte for it,
 * cleans up whenever that is full, and takes what is in use just then for something that stays; both
 * are the work of helper threads, which cannot make way and keep the processor from who answers an
 * editor. With more room there is a fifth of that work. Editors built on Electron have V8 settings of
 * their own, which are left alone.
 */
export function startRoomyThread(entry: string | URL, options: WorkerOptions): Worker {
  if (process.versions["electron"] !== undefined) return new Worker(entry, options);
  // Read when the thread's heap is made: there is no such option for one thread.
  setFlagsFromString(`--min-semi-space-size=${YOUNG}`);
  const worker = new Worker(entry, options);
  const undo = (): void => setFlagsFromString("--min-semi-space-size=0");
  worker.once("online", undo);
  worker.once("exit", undo);
  return worker;
}
