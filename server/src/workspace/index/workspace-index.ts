import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import { startRoomyThread } from "../../engine/roomy-thread.ts";
import type { ScriptModel } from "../../language/model.ts";
import type { RequiredModule, WorkspaceView } from "../../language/workspace-view.ts";
import type { ModuleLookup, ModuleSummary } from "../../language/wrappers/summary.ts";
import { fileIn } from "./file-in.ts";
import { findModule } from "./modules.ts";
import { summarize } from "./summarize.ts";
import type { FileSummary } from "./summary.ts";
import { TextPool } from "./text-pool.ts";
import { UseTables } from "./use-tables.ts";
import { UsesView } from "./uses-view.ts";
import type {
  FromIndexWorker,
  IndexBatch,
  IndexLimits,
  IndexProgress,
  IndexWorkerData,
  ToIndexWorker,
} from "./wire.ts";

export interface IndexOptions {
  /** The workspace folder, an absolute path. */
  readonly folder: string;
  /** File of the worker's code. */
  readonly worker: string | URL;
  /** Absolute paths of files and folders that are never looked into: the state folder, the backups. */
  readonly skip?: readonly string[];
  /** Globs of what is left alone, as in VS Code's `files.exclude`; `.gitignore` files count besides. */
  readonly exclude?: readonly string[];
  /** true: the worker watches the folder; false: the caller tells what changes, by `touched`. */
  readonly watch: boolean;
  /** A file in which to keep what was found out for a faster next start. */
  readonly cacheFile?: string | undefined;
  readonly limits?: Partial<IndexLimits>;
  readonly onChange?: (change: IndexChange) => void;
  /** While there is work; `done` equals `total` at the end of each piece of it. */
  readonly onProgress?: (progress: IndexProgress) => void;
  /**
   * The worker ended by itself: the index stays as it is, not complete. Where `again`, it begins anew
   * by itself in a moment; else with `start`.
   */
  readonly onFailure?: (error: Error, again: boolean) => void;
}

/** What is left alone; see {@link IndexOptions}. */
type LeftAlone = Pick<IndexOptions, "skip" | "exclude">;

export interface IndexChange {
  /** Scripts whose summary is new or gone. */
  readonly files: readonly string[];
  /** What some script is to those who require it may have changed: models of open scripts are stale. */
  readonly modules: boolean;
  /** As {@link WorkspaceView.complete} is now. */
  readonly complete: boolean;
}

const LIMITS: IndexLimits = { maxFiles: 10_000, maxFileBytes: 1024 * 1024 };
/** How long an open script must stay as it is before others are understood anew, in ms. */
const QUIET = 300;
/** A worker that is asked to end takes no longer than this, in ms. */
const ENDING = 2000;
/** Of the worker's heap, in MiB; one that ran out of it gets twice as much, up to the most. */
const HEAP = 256;
const MOST_HEAP = 1024;
/** Of that for what is new, in MiB: about what one script's model takes. */
const YOUNG = 3;
/** How often a worker that ends by itself is started again, and how long after that (ms, then longer). */
const RESTARTS = 3;
const RESTART_AFTER = 500;
/** One that worked for so long, in ms, has no share in what happened before. */
const PROVEN = 60_000;

interface OpenScript {
  /** As it was understood in this thread, or what another one says of it. */
  readonly script: ScriptModel | FileSummary;
  /** What the worker was told that it is to others. */
  readonly given: ModuleSummary | undefined;
  /** It was closed, and the worker has not said yet what its file does. */
  readonly closed: boolean;
}

/**
 * The index of one workspace folder's scripts. Files are read and understood in a worker thread;
 * what is open in the editor is laid over what its file says. Answers are at hand at any time.
 */
export class WorkspaceIndex extends UsesView implements WorkspaceView {
  readonly #options: IndexOptions;
  #leftAlone: LeftAlone;
  /** As they are on disk. */
  readonly #files = new Map<string, FileSummary>();
  readonly #open = new Map<string, OpenScript>();
  /** Of the models of open scripts, once it was asked for. */
  readonly #summaries = new WeakMap<ScriptModel, FileSummary>();
  readonly #tables = new UseTables();
  readonly #pool = new TextPool();
  /** Open scripts that changed since their uses were put into the tables. */
  readonly #edited = new Set<string>();
  readonly #skipped = new Set<string>();
  readonly #settling = new Map<number, () => void>();
  #nextSettle = 1;
  #worker: Worker | undefined;
  #whole = false;
  #readOnce = false;
  #quiet: NodeJS.Timeout | undefined;
  #heap = HEAP;
  #failures = 0;
  #startedAt = 0;
  #restart: NodeJS.Timeout | undefined;
  #following: Promise<void> = Promise.resolve();

  constructor(options: IndexOptions) {
    super();
    this.#options = options;
    this.#leftAlone = { skip: options.skip ?? [], exclude: options.exclude ?? [] };
  }

  /** Begins to read the folder, and again after `cancel` or a failure. */
  start(): void {
    if (this.#worker !== undefined) return;
    clearTimeout(this.#restart);
    this.#startedAt = performance.now();
    const { folder, watch, cacheFile, limits } = this.#options;
    const { skip = [], exclude = [] } = this.#leftAlone;
    const workerData: IndexWorkerData = {
      folder,
      skip: skip.map((path) => this.fileOf(path)).filter((path) => path !== undefined),
      exclude,
      limits: { ...LIMITS, ...limits },
      watch,
      cacheFile,
    };
    const worker = startRoomyThread(this.#options.worker, YOUNG, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: this.#heap },
    });
    this.#worker = worker;
    this.#whole = false;
    this.#readOnce = false;
    worker.on("message", (message: FromIndexWorker) => {
      if (worker === this.#worker) this.#receive(message);
    });
    worker.on("error", (error) => this.#ended(worker, error));
    worker.on("exit", () => this.#ended(worker, new Error("The index's thread ended.")));
    for (const file of [...this.#files.keys()]) this.#replace(file, undefined);
    for (const [file, { given }] of this.#open) {
      if (given !== undefined) this.#send({ given: file, module: given });
    }
  }

  /** Ends all work at once; what is known stays, not complete. */
  async cancel(): Promise<void> {
    await this.#stop((worker) => worker.terminate());
  }

  /** Ends the work, keeping what is known for the next start. */
  async close(): Promise<void> {
    clearTimeout(this.#quiet);
    await this.#stop(async (worker) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      worker.once("exit", () => resolve());
      worker.postMessage({ close: true } satisfies ToIndexWorker);
      const timer = setTimeout(() => void worker.terminate(), ENDING);
      await promise;
      clearTimeout(timer);
    });
  }

  /** From now on other files and folders are left alone: where that is so, all is read anew. */
  async leaveAlone(leftAlone: LeftAlone): Promise<void> {
    this.#following = this.#following.then(async () => {
      if (JSON.stringify(leftAlone) === JSON.stringify(this.#leftAlone)) return;
      this.#leftAlone = leftAlone;
      if (this.#worker === undefined) return;
      await this.close();
      this.start();
    });
    await this.#following;
  }

  async #stop(end: (worker: Worker) => Promise<unknown>): Promise<void> {
    clearTimeout(this.#restart);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#whole = false;
    this.#release();
    if (worker !== undefined) await end(worker);
  }

  #ended(worker: Worker, error: unknown): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#whole = false;
    this.#release();
    if (performance.now() - this.#startedAt > PROVEN) this.#failures = 0;
    this.#failures += 1;
    const again = this.#failures <= RESTARTS;
    if (isOutOfMemory(error)) this.#heap = Math.min(2 * this.#heap, MOST_HEAP);
    if (again) {
      this.#restart = setTimeout(() => this.start(), RESTART_AFTER * this.#failures).unref();
    }
    this.#options.onFailure?.(error instanceof Error ? error : new Error(String(error)), again);
  }

  #release(): void {
    for (const resolve of this.#settling.values()) resolve();
    this.#settling.clear();
  }

  /** Done when all that was told before counts everywhere; also when there is no worker. */
  async settled(): Promise<void> {
    this.#giveOpen();
    if (this.#worker === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const id = this.#nextSettle++;
    this.#settling.set(id, resolve);
    this.#send({ settle: id });
    await promise;
  }

  /** Files or folders (absolute paths) that may have changed, come or gone. */
  touched(paths: readonly string[]): void {
    const touched = paths.map((path) => this.fileOf(path)).filter((path) => path !== undefined);
    if (touched.length > 0) this.#send({ touched });
  }

  /**
   * Tells a script as it is in the editor now: at its opening and with every change of its text.
   * @param path absolute
   * @param script the model of the editor's text, made with `moduleLookup`, or what another thread
   * found in it
   */
  opened(path: string, script: ScriptModel | FileSummary): void {
    const file = this.fileOf(path);
    if (file === undefined) return;
    this.#open.set(file, { script, given: this.#open.get(file)?.given, closed: false });
    this.#edited.add(file);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#giveOpen(), QUIET);
    this.#quiet.unref();
  }

  /** A script was closed: it counts as it is on disk. @param path absolute */
  closed(path: string): void {
    const file = this.fileOf(path);
    const open = file === undefined ? undefined : this.#open.get(file);
    if (file === undefined || open === undefined) return;
    if (this.#worker === undefined) {
      this.#open.delete(file);
      this.#list(file);
      return;
    }
    // The worker answers with what the file does, or that there is none; until then this counts.
    this.#open.set(file, { ...open, closed: true });
    this.#send({ given: file, module: undefined });
  }

  /**
   * A port to who else works in the thread that reads the scripts; undefined while there is none. It
   * closes when the thread ends, and another one must be asked for.
   * @param work what is wanted there, for who serves the port
   */
  connect(work: string): MessagePort | undefined {
    if (this.#worker === undefined) return undefined;
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ connect: port2, work } satisfies ToIndexWorker, [port2]);
    return port1;
  }

  /** What is known of a script as it is in the editor; undefined where `opened` has not told it. */
  openSummary(file: string): FileSummary | undefined {
    const open = this.#open.get(file);
    return open === undefined || open.closed ? undefined : this.#summaryOf(file, open.script);
  }

  /** Scripts are being read for the first time since it began. */
  get reading(): boolean {
    return this.#worker !== undefined && !this.#readOnce;
  }

  get complete(): boolean {
    return this.#whole && [...this.#skipped].every((file) => this.#open.has(file));
  }

  modulesOf(file: string): readonly RequiredModule[] {
    return (this.#moduleOf(file)?.requires ?? []).map((name) => {
      const found = this.#find(name, file);
      return {
        name,
        file: found,
        summary: found === undefined ? undefined : this.#moduleOf(found),
      };
    });
  }

  moduleLookup(file: string): ModuleLookup {
    return (name) => {
      const found = this.#find(name, file);
      return found === undefined ? undefined : this.#moduleOf(found);
    };
  }

  /** The name by which the index knows a file; undefined outside of the folder. @param path absolute */
  fileOf(path: string): string | undefined {
    return fileIn(this.#options.folder, path);
  }

  #find(name: string, from: string): string | undefined {
    return findModule(name, from, (file) => this.#files.has(file) || this.#open.has(file));
  }

  #moduleOf(file: string): ModuleSummary | undefined {
    return (this.#open.get(file)?.script ?? this.#files.get(file))?.module;
  }

  protected override upToDate(): UseTables {
    for (const file of this.#edited) this.#list(file);
    return this.#tables;
  }

  /** Puts the uses of a file into the tables as they are now. */
  #list(file: string): void {
    this.#edited.delete(file);
    const open = this.#open.get(file);
    const now = open === undefined ? this.#files.get(file) : this.#summaryOf(file, open.script);
    this.#tables.set(file, now?.uses);
  }

  #summaryOf(file: string, script: ScriptModel | FileSummary): FileSummary {
    if ("file" in script) return script;
    const known = this.#summaries.get(script);
    if (known !== undefined) return known;
    const summary = summarize(file, script);
    this.#summaries.set(script, summary);
    return summary;
  }

  /** Tells the worker and the owner what open scripts have become to others. */
  #giveOpen(): void {
    clearTimeout(this.#quiet);
    for (const [file, open] of this.#open) {
      const { module } = open.script;
      if (open.closed || open.given === module) continue;
      const same = JSON.stringify(open.given) === JSON.stringify(module);
      this.#open.set(file, { ...open, given: module });
      if (same) continue;
      this.#send({ given: file, module });
      this.#tell([file], true);
    }
  }

  #send(message: ToIndexWorker): void {
    this.#worker?.postMessage(message);
  }

  #receive(message: FromIndexWorker): void {
    if ("batch" in message) this.#take(message.batch);
    else if ("progress" in message) this.#options.onProgress?.(message.progress);
    else if ("settled" in message) {
      this.#settling.get(message.settled)?.();
      this.#settling.delete(message.settled);
    } else {
      const before = this.complete;
      this.#whole = !message.partial;
      this.#readOnce = true;
      if (before !== this.complete) this.#tell([], false);
    }
  }

  #tell(files: readonly string[], modules: boolean): void {
    this.#options.onChange?.({ files, modules, complete: this.complete });
  }

  #take({ summaries, removed }: IndexBatch): void {
    const before = [...removed, ...summaries.map(({ file }) => file)];
    const exported = before.some((file) => hasExports(this.#files.get(file)));
    for (const file of removed) this.#replace(file, undefined);
    for (const summary of summaries) this.#replace(summary.file, this.#pool.uses(summary));
    this.#tell(before, exported || summaries.some(hasExports));
  }

  /** Sets what is known of a file as it is on disk. */
  #replace(file: string, summary: FileSummary | undefined): void {
    if (summary === undefined) this.#files.delete(file);
    else this.#files.set(file, summary);
    if (summary?.skipped === undefined) this.#skipped.delete(file);
    else this.#skipped.add(file);
    if (this.#open.get(file)?.closed === true) this.#open.delete(file);
    if (!this.#open.has(file)) this.#list(file);
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function hasExports(summary: FileSummary | undefined): boolean {
  return (summary?.module.exports.length ?? 0) > 0;
}
