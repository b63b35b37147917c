import { join } from "node:path";
import type { ScriptModel } from "../language/model.ts";
import type { RequiredModule, WorkspaceView } from "../language/workspace-view.ts";
import type { ModuleLookup, ModuleSummary } from "../language/wrappers/summary.ts";
import { findModule } from "./index/modules.ts";
import { type ScanOptions, scan } from "./index/scan.ts";
import { ScriptGraph, type ScriptText } from "./index/script-graph.ts";
import { readScript } from "./index/script-text.ts";
import type { FileSummary } from "./index/summary.ts";
import { UseTables } from "./index/use-tables.ts";
import { UsesView } from "./index/uses-view.ts";

/** Larger scripts are not read. */
const MAX_FILE_BYTES = 1024 * 1024;

/** What scripts do to State, put together from their summaries. */
export class ScriptsView extends UsesView implements WorkspaceView {
  /** Whether it knows all scripts of the folder. */
  complete = false;
  readonly #tables = new UseTables();
  readonly #modules = new Map<string, ModuleSummary>();

  protected override upToDate(): UseTables {
    return this.#tables;
  }

  /** Takes in a script, or what has become of it. */
  set({ file, uses, module }: FileSummary): void {
    this.#tables.set(file, uses);
    this.#modules.set(file, module);
  }

  /** The script is gone. */
  remove(file: string): void {
    this.#tables.set(file, undefined);
    this.#modules.delete(file);
  }

  modulesOf(file: string): readonly RequiredModule[] {
    return (this.#modules.get(file)?.requires ?? []).map((name) => {
      const found = this.#find(name, file);
      const summary = found === undefined ? undefined : this.#modules.get(found);
      return { name, file: found, summary };
    });
  }

  moduleLookup(file: string): ModuleLookup {
    return (name) => {
      const found = this.#find(name, file);
      return found === undefined ? undefined : this.#modules.get(found);
    };
  }

  #find(name: string, from: string): string | undefined {
    return findModule(name, from, (file) => this.#modules.has(file));
  }
}

/**
 * The scripts of a folder, read and understood in this thread: for a program or a thread that does
 * nothing else.
 */
export class FolderScripts {
  readonly view: ScriptsView;
  readonly #folder: string;
  readonly #options: Pick<ScanOptions, "skip" | "exclude" | "maxFiles">;
  readonly #graph: ScriptGraph;
  readonly #stamps = new Map<string, string>();
  readonly #skipped = new Set<string>();
  #texts: ReadonlyMap<string, string> = new Map();

  /**
   * @param folder absolute path
   */
  constructor(folder: string, options: Pick<ScanOptions, "skip" | "exclude" | "maxFiles">) {
    this.view = new ScriptsView();
    this.#folder = folder;
    this.#options = options;
    this.#graph = new ScriptGraph((file) => this.read(file));
  }

  /** All scripts, by name. */
  files(): Iterable<string> {
    return this.#stamps.keys();
  }

  /** A script's text as it counts now, or why there is none. */
  read(file: string): ScriptText {
    const text = this.#texts.get(file);
    if (text !== undefined) return { text };
    return readScript(join(this.#folder, file), file, MAX_FILE_BYTES);
  }

  /**
   * Looks at the folder again; what did not change is not read. Yields the model of every script that
   * was understood anew, to be let go when the next one is asked for: the last one of a script counts.
   * Everything is known when it has been gone through.
   * @param texts of scripts that count as they are in an editor, by name
   */
  *refresh(
    texts: ReadonlyMap<string, string> = new Map(),
  ): Generator<{ readonly file: string; readonly model: ScriptModel | undefined }, void, void> {
    const { files, partial } = scan({ folder: this.#folder, ...this.#options });
    const stamps = new Map([
      ...files,
      ...Array.from(texts, ([file, text]) => [file, text] as const),
    ]);
    this.#texts = texts;
    const removed = new Set([...this.#stamps.keys()].filter((file) => !stamps.has(file)));
    const changed = new Set<string>();
    for (const [file, stamp] of stamps) {
      if (this.#stamps.get(file) !== stamp) changed.add(file);
      this.#stamps.set(file, stamp);
    }
    for (const file of removed) {
      this.#stamps.delete(file);
      this.#skipped.delete(file);
      this.view.remove(file);
    }
    for (const { summary, model } of this.#graph.update(changed, removed)) {
      this.view.set(summary);
      if (summary.skipped === undefined) this.#skipped.delete(summary.file);
      else this.#skipped.add(summary.file);
      yield { file: summary.file, model };
    }
    this.view.complete = !partial && this.#skipped.size === 0;
  }
}
