import { join } from "node:path";
import type { ModuleSummary } from "../../language/wrappers/summary.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { type Scanned, scan, stampOf } from "./scan.ts";
import { ScriptGraph, type ScriptText, type Understood } from "./script-graph.ts";
import { readScript } from "./script-text.ts";
import type { FileSummary } from "./summary.ts";
import { SummaryCache } from "./summary-cache.ts";
import type { FromIndexWorker, IndexWorkerData } from "./wire.ts";

/** Files whose summaries go in one message: what the server's thread takes in within a few ms. */
const BATCH = 20;
/** How long work goes on before messages are looked at, in ms. */
const SLICE = 20;

/** Hears what is known of a script now; undefined: it is gone. */
export type Follower = (file: string, summary: FileSummary | undefined) => void;

type Post = (message: FromIndexWorker) => void;

/** Keeps the summaries of a folder's scripts up to date with its files, one round after another. */
export class Indexer {
  readonly #options: IndexWorkerData;
  readonly #post: Post;
  readonly #graph: ScriptGraph;
  /** The scripts that are known, with the stamp of what was read. */
  readonly #files = new Map<string, string>();
  readonly #summaries = new Map<string, FileSummary>();
  readonly #followers = new Set<Follower>();
  readonly #cache: SummaryCache | undefined;
  readonly #touched = new Set<string>();
  readonly #given = new Map<string, ModuleSummary | undefined>();
  /** Of the cache; told once it is known that they are still so. */
  #restored: readonly FileSummary[] = [];
  #scanned: Scanned | undefined;
  #scanAsked = true;
  #asked = false;
  #working: Promise<void> | undefined;

  constructor(options: IndexWorkerData, post: Post) {
    this.#options = options;
    this.#post = post;
    this.#graph = new ScriptGraph((file) => this.read(file));
    if (options.cacheFile === undefined) return;
    this.#cache = new SummaryCache(options.cacheFile);
    this.#restored = this.#cache.read().map(({ stamp, ...known }) => {
      this.#graph.restore(known);
      this.#files.set(known.summary.file, stamp);
      return known.summary;
    });
  }

  /** What is left alone; undefined before the first look at the folder. */
  get rules(): IgnoreRules | undefined {
    return this.#scanned?.rules;
  }

  /** Not all scripts of the folder could be looked at. */
  get partial(): boolean {
    return this.#scanned?.partial ?? true;
  }

  /** A script as it is on disk now, or why it cannot be read. */
  read(file: string): ScriptText {
    const { folder, limits } = this.#options;
    return readScript(join(folder, file), file, limits.maxFileBytes);
  }

  /** Tells all that is known of scripts, and from now on what changes; gives what ends that. */
  follow(follower: Follower): () => void {
    for (const [file, summary] of this.#summaries) follower(file, summary);
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Files or folders that may have changed, come or gone. */
  touched(paths: readonly string[]): void {
    for (const path of paths) {
      if (this.#files.has(path)) this.#touched.add(path);
      else this.#scanAsked = true;
    }
    void this.settled();
  }

  /** Looks at the whole folder again. */
  lookAgain(): void {
    this.#scanAsked = true;
    void this.settled();
  }

  /** What an open script is to others; undefined: it was closed, and counts as it is on disk. */
  given(file: string, module: ModuleSummary | undefined): void {
    this.#given.set(file, module);
    void this.settled();
  }

  /** Takes in all that was told: one round at a time; what is told meanwhile gets a further one. */
  settled(): Promise<void> {
    this.#asked = true;
    this.#working ??= this.#rounds().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  /** Writes what is known for the next start, unless it is just changing. */
  save(): void {
    if (this.#working !== undefined) return;
    this.#cache?.write((file) =>
      // What the editor says of an open script is not what its file says.
      this.#graph.isGiven(file) ? undefined : this.#graph.linksOf(file),
    );
  }

  async #rounds(): Promise<void> {
    while (this.#asked) {
      this.#asked = false;
      const { changed, removed } = this.#changes();
      await this.#send(changed, removed);
    }
    this.#post({ idle: true, partial: this.partial });
  }

  /** What is different from what is known: among what was told, or in the whole folder. */
  #changes(): { changed: Set<string>; removed: Set<string> } {
    const changed = new Set<string>();
    const removed = new Set<string>();
    const drop = (file: string): void => {
      changed.delete(file);
      if (this.#files.delete(file)) removed.add(file);
    };
    for (const file of this.#touched) {
      const stamp = stampOf(join(this.#options.folder, file));
      if (stamp === undefined) {
        drop(file);
        this.#scanAsked = true;
      } else {
        this.#files.set(file, stamp);
        changed.add(file);
      }
    }
    this.#touched.clear();
    if (this.#scanAsked) {
      this.#scanAsked = false;
      const { folder, skip, exclude, limits } = this.#options;
      this.#scanned = scan({ folder, skip, exclude, maxFiles: limits.maxFiles });
      const { files } = this.#scanned;
      for (const file of [...this.#files.keys()]) if (!files.has(file)) drop(file);
      for (const [file, stamp] of files) {
        if (this.#files.get(file) === stamp) continue;
        this.#files.set(file, stamp);
        changed.add(file);
        removed.delete(file);
      }
    }
    for (const [file, module] of this.#given) {
      this.#graph.give(file, module);
      if (module !== undefined) continue;
      if (this.#files.has(file)) changed.add(file);
      else removed.add(file);
    }
    this.#given.clear();
    return { changed, removed };
  }

  #know(file: string, summary: FileSummary | undefined): void {
    if (summary === undefined) this.#summaries.delete(file);
    else this.#summaries.set(file, summary);
    for (const follower of this.#followers) follower(file, summary);
  }

  async #send(changed: Set<string>, removed: Set<string>): Promise<void> {
    for (const file of removed) {
      this.#cache?.forget(file);
      this.#know(file, undefined);
    }
    const fresh = this.#restored.filter(({ file }) => !changed.has(file) && !removed.has(file));
    this.#restored = [];
    const total = changed.size;
    let removals = [...removed];
    let summaries: FileSummary[] = [];
    let done = 0;
    const flush = (): void => {
      if (summaries.length === 0 && removals.length === 0) return;
      this.#post({ batch: { summaries, removed: removals } });
      if (total > 0) this.#post({ progress: { done: Math.min(done, total), total } });
      summaries = [];
      removals = [];
    };
    let pauseAt = performance.now() + SLICE;
    for (const { summary, anew } of all(fresh, this.#graph.update(changed, removed))) {
      this.#know(summary.file, summary);
      summaries.push(summary);
      if (anew) {
        done += 1;
        this.#cache?.keep(summary, this.#files.get(summary.file));
      }
      if (summaries.length >= BATCH) flush();
      if (performance.now() < pauseAt) continue;
      await new Promise((resume) => setImmediate(resume));
      pauseAt = performance.now() + SLICE;
    }
    flush();
  }
}

function* all(
  restored: Iterable<FileSummary>,
  updated: Iterable<Understood>,
): Generator<{ summary: FileSummary; anew: boolean }> {
  for (const summary of restored) yield { summary, anew: false };
  for (const { summary } of updated) yield { summary, anew: true };
}
