import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import type { FeedEvent } from "./engine.ts";
import { fileIdentity } from "./sqlite/files.ts";
import type { Store } from "./types.ts";

/** When any part differs, something may have changed. */
export interface Stamp {
  /** Which file holds the store; empty: there is none. Another file may hold another past. */
  readonly file: string;
  readonly version: string;
}

/** What a feed reads: a view of a file, or an engine that holds its state in memory. */
export interface ChangeSource extends Pick<Store, "revision" | "storeId" | "changesSince"> {
  /** The state folder; events in it are hints that something changed. */
  readonly folder?: string;
  /** A cheap look that differs after any change. */
  stamp?(): Stamp;
}

export interface FeedOptions {
  /** How often the source is looked at without a hint, in ms. */
  readonly fallbackMs?: number;
  /** A `reset` says that the source cannot be read any more, and that it can be again. */
  readonly tellsLoss?: boolean;
}

/** Changes read and told at a time. */
const BATCH = 500;
/** An event can come just before what caused it can be seen: so long after it (ms) is looked again. */
const SECOND_LOOKS = [4, 20, 80];
/**
 * While events keep coming, so much time (ms) lies between two looks: who shows the changes has other
 * things to do.
 */
const BREATH = 20;
/** Events can be missing (some file systems have none): so often (ms) is looked anyway. */
const FALLBACK = 1000;

/**
 * Tells what changes in a store, whoever changes it: in commit order, each once, from the moment of
 * `ready` on. When not every change can be told (the log was cut, the file was replaced), one
 * `reset` says to read again. Nobody who writes waits for it.
 */
export class ChangeFeed {
  readonly #source: ChangeSource;
  readonly #tell: (event: FeedEvent) => void;
  readonly #fallback: NodeJS.Timeout;
  readonly #secondLooks: NodeJS.Timeout[] = [];
  #watched: { readonly identity: string; readonly watcher: FSWatcher } | undefined;
  /** Where the telling stands; undefined until the store could first be read. */
  #position: { storeId: string; revision: number } | undefined;
  #stamp: Stamp | undefined;
  #file = "";
  #looking: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #soon: NodeJS.Timeout | undefined;
  #lookAgain = false;
  /** The last look failed. */
  #failed = false;
  readonly #tellsLoss: boolean;
  #closed = false;
  /** Settles when everything that is committed from now on will be told. */
  readonly ready: Promise<void>;

  constructor(
    source: ChangeSource,
    tell: (event: FeedEvent) => void,
    { fallbackMs = FALLBACK, tellsLoss = false }: FeedOptions = {},
  ) {
    this.#source = source;
    this.#tell = tell;
    this.#tellsLoss = tellsLoss;
    this.#fallback = setInterval(() => this.poke(), fallbackMs);
    this.#fallback.unref();
    this.ready = this.#look();
  }

  /** A hint that something may have changed, e.g. through this process. */
  poke(): void {
    void this.#look();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#fallback);
    clearTimeout(this.#soon);
    for (const timer of this.#secondLooks.splice(0)) clearTimeout(timer);
    this.#watched?.watcher.close();
    await this.#looking;
  }

  /** Looks now, or once more after the look that is under way. */
  #look(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#lookAgain = true;
    this.#looking ??= this.#lookWhileAsked();
    return this.#looking;
  }

  async #lookWhileAsked(): Promise<void> {
    try {
      while (this.#lookAgain && !this.#closed) {
        this.#lookAgain = false;
        this.#lookedAt = performance.now();
        this.#watchFolder();
        await this.#catchUp();
        this.#tellLoss(false);
        this.#failed = false;
      }
    } catch {
      this.#tellLoss(true);
      this.#failed = true;
      // A store that cannot be read now: whoever asks it is told why; the feed looks again later.
      this.#stamp = undefined;
    } finally {
      this.#looking = undefined;
    }
  }

  /** Whoever shows what was read must try it again when it fails from now on, or no longer. */
  #tellLoss(failed: boolean): void {
    if (!this.#tellsLoss || failed === this.#failed || this.#closed) return;
    this.#tell({ kind: "reset", revision: this.#position?.revision ?? 0 });
  }

  async #catchUp(): Promise<void> {
    const stamp = this.#source.stamp?.();
    if (this.#position !== undefined && isSame(stamp, this.#stamp)) return;
    const storeId = await this.#source.storeId();
    if (this.#position === undefined) {
      this.#position = { storeId, revision: await this.#source.revision() };
    } else if (this.#position.storeId !== "" && storeId !== this.#position.storeId) {
      await this.#reset(storeId);
    } else if (this.#file !== "" && stamp !== undefined && stamp.file !== this.#file) {
      await this.#reset(storeId);
    } else {
      this.#position = { storeId, revision: this.#position.revision };
      await this.#tellNewChanges(storeId);
    }
    this.#file = stamp?.file ?? "";
    this.#stamp = stamp;
  }

  async #tellNewChanges(storeId: string): Promise<void> {
    for (;;) {
      const from = this.#position?.revision ?? 0;
      const answer = await this.#source.changesSince(from, BATCH);
      if (this.#closed) return;
      if (answer.gap) return this.#reset(storeId);
      const last = answer.changes.at(-1);
      if (last === undefined) return;
      this.#position = { storeId, revision: last.revision };
      this.#tell({ kind: "changes", changes: answer.changes });
    }
  }

  async #reset(storeId: string): Promise<void> {
    const revision = await this.#source.revision();
    this.#position = { storeId, revision };
    if (!this.#closed) this.#tell({ kind: "reset", revision });
  }

  /** Watches the state folder; while there is none, the one in which it will appear. */
  #watchFolder(): void {
    const { folder } = this.#source;
    if (folder === undefined) return;
    const there = [folder, dirname(folder)].find((path) => fileIdentity(path) !== undefined);
    const identity = there && fileIdentity(there);
    if (identity === this.#watched?.identity) return;
    this.#watched?.watcher.close();
    this.#watched = undefined;
    if (there === undefined || identity === undefined) return;
    const watcher = watch(there, { persistent: false }, () => this.#hear());
    // It ended, e.g. with its folder: the next look starts another one.
    watcher.on("error", () => {
      watcher.close();
      if (this.#watched?.watcher === watcher) this.#watched = undefined;
    });
    this.#watched = { identity, watcher };
  }

  #pokeSoon(): void {
    const wait = this.#lookedAt + BREATH - performance.now();
    if (wait <= 0) this.poke();
    else {
      this.#soon ??= setTimeout(() => {
        this.#soon = undefined;
        this.poke();
      }, wait).unref();
    }
  }

  #hear(): void {
    // Opening a damaged file touches the files beside it, which would be heard without end.
    if (this.#failed) return;
    this.#pokeSoon();
    for (const timer of this.#secondLooks.splice(0)) clearTimeout(timer);
    for (const pause of SECOND_LOOKS) {
      this.#secondLooks.push(setTimeout(() => this.poke(), pause).unref());
    }
  }
}

function isSame(stamp: Stamp | undefined, other: Stamp | undefined): boolean {
  if (stamp === undefined || other === undefined) return false;
  return stamp.file === other.file && stamp.version === other.version;
}
