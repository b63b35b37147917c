import type { MessagePort } from "node:worker_threads";
import type { ModuleSummary } from "../../language/wrappers/summary.ts";
import type { FileSummary } from "./summary.ts";

/** What goes between the server's thread and the index's worker. Paths are relative, with `/`. */

export interface IndexLimits {
  /** Scripts that are read at most. */
  readonly maxFiles: number;
  /** Larger ones are not read. */
  readonly maxFileBytes: number;
}

export interface IndexWorkerData {
  /** Absolute path. */
  readonly folder: string;
  readonly skip: readonly string[];
  readonly exclude: readonly string[];
  readonly limits: IndexLimits;
  /** Whether the worker looks itself for changes of files. */
  readonly watch: boolean;
  /** A file in which to keep what was found out for the next start. */
  readonly cacheFile: string | undefined;
}

export type ToIndexWorker =
  /** Files or folders that may have changed, come or gone. */
  | { readonly touched: readonly string[] }
  /** What an open script is to others; undefined: it was closed. */
  | { readonly given: string; readonly module: ModuleSummary | undefined }
  /** Answered with `settled` when all that was told before has been taken in. */
  | { readonly settle: number }
  /** Of somebody who has other work for the thread that knows the scripts. */
  | { readonly connect: MessagePort; readonly work: string }
  | { readonly close: true };

/** One part of what changed. */
export interface IndexBatch {
  readonly summaries: readonly FileSummary[];
  readonly removed: readonly string[];
}

export type FromIndexWorker =
  | { readonly batch: IndexBatch }
  | { readonly progress: IndexProgress }
  /** Everything told so far is taken in. */
  | { readonly idle: true; readonly partial: boolean }
  | { readonly settled: number };

export interface IndexProgress {
  readonly done: number;
  readonly total: number;
}
