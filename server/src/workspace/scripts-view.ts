import { join } from "node:path";
import type { KnownText } from "../language/values/known-text.ts";
import type {
  NameQuery,
  Names,
  RequiredModule,
  ScriptUse,
  UsesOfKey,
  UsesOfName,
  WorkspaceView,
} from "../language/workspace-view.ts";
import type { ModuleLookup, ModuleSummary } from "../language/wrappers/summary.ts";
import { findModule } from "./index/modules.ts";
import { scan } from "./index/scan.ts";
import { ScriptGraph } from "./index/script-graph.ts";
import { readScript } from "./index/script-text.ts";
import type { FileSummary } from "./index/summary.ts";
import { UseTables } from "./index/use-tables.ts";

/** Larger scripts are not read. */
const MAX_FILE_BYTES = 1024 * 1024;

/** What scripts do to State, put together from their summaries. */
export class ScriptsView implements WorkspaceView {
  /** Whether it knows all scripts of the folder. */
  complete = false;
  readonly #tables = new UseTables();
  readonly #modules = new Map<string, ModuleSummary>();

  /** Takes in a script, or what has become of it. */
  set({ file, uses, module }: FileSummary): void {
    this.#tables.set(file, uses);
    this.#modules.set(file, module);
  }

  usesOf(namespace: KnownText, key: KnownText): UsesOfKey {
    return this.#tables.usesOf(namespace, key);
  }

  usesOfNamespace(namespace: KnownText): UsesOfName {
    return this.#tables.usesOfNamespace(namespace);
  }

  usesIn(file: string): readonly ScriptUse[] {
    return this.#tables.usesIn(file);
  }

  namespaces(query?: NameQuery): Names {
    return this.#tables.namespaces(query);
  }

  keys(namespace: string, query?: NameQuery): Names {
    return this.#tables.keys(namespace, query);
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
 * Reads all scripts of a folder at once, in this thread: for a program that does nothing else.
 * @param folder absolute path
 * @param skip relative paths with `/` that are left alone
 */
export function readScripts(folder: string, skip: readonly string[]): ScriptsView {
  const view = new ScriptsView();
  const { files, partial } = scan({
    folder,
    skip,
    exclude: [],
    maxFiles: Number.POSITIVE_INFINITY,
  });
  const graph = new ScriptGraph((file) => readScript(join(folder, file), file, MAX_FILE_BYTES));
  let skipped = false;
  for (const summary of graph.update(new Set(files.keys()), new Set())) {
    view.set(summary);
    skipped ||= summary.skipped !== undefined;
  }
  view.complete = !partial && !skipped;
  return view;
}
