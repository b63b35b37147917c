import type { Indexer } from "../../workspace/index/indexer.ts";
import type { FileSummary } from "../../workspace/index/summary.ts";
import { ScriptsView } from "../../workspace/scripts-view.ts";

/** What the index knows of a folder's scripts, and over it those that are open in the editor. */
export class KnownScripts {
  readonly view = new ScriptsView();
  readonly #indexer: Indexer;
  /** As they are on disk. */
  readonly #files = new Map<string, FileSummary>();
  readonly #open = new Map<string, FileSummary>();
  readonly #skipped = new Set<string>();
  readonly #unfollow: () => void;

  /** @param changed a script on disk, or what it requires, is another one, or it is gone */
  constructor(indexer: Indexer, changed: (file: string) => void) {
    this.#indexer = indexer;
    this.#unfollow = indexer.follow((file, summary) => {
      if (summary === undefined) this.#files.delete(file);
      else this.#files.set(file, summary);
      if (summary?.skipped === undefined) this.#skipped.delete(file);
      else this.#skipped.add(file);
      if (!this.#open.has(file)) this.#show(file, summary);
      changed(file);
    });
  }

  /** The scripts that nobody has open. */
  closed(): readonly string[] {
    return [...this.#files.keys()].filter((file) => !this.#open.has(file));
  }

  /** From now on these are open, and no others. */
  setOpen(open: readonly FileSummary[]): void {
    const before = [...this.#open.keys()];
    this.#open.clear();
    for (const summary of open) {
      this.#open.set(summary.file, summary);
      this.#show(summary.file, summary);
    }
    for (const file of before) if (!this.#open.has(file)) this.#show(file, this.#files.get(file));
    const unknown = [...this.#skipped].filter((file) => !this.#open.has(file));
    this.view.complete = !this.#indexer.partial && unknown.length === 0;
  }

  /** A script is open as this says, beside the others; undefined: it is open no more. */
  openAs(file: string, summary: FileSummary | undefined): void {
    if (summary === undefined) this.#open.delete(file);
    else this.#open.set(file, summary);
    this.#show(file, summary ?? this.#files.get(file));
  }

  #show(file: string, summary: FileSummary | undefined): void {
    if (summary === undefined) this.view.remove(file);
    else this.view.set(summary);
  }

  close(): void {
    this.#unfollow();
  }
}
