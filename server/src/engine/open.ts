import { setImmediate as turn } from "node:timers/promises";
import { applyChanges } from "./apply.ts";
import { stopIfAborted } from "./backup/faults.ts";
import { backupPlace } from "./backup/place.ts";
import { backupMethods } from "./backup-methods.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import type { MigrationLanguage } from "./migration/compile.ts";
import { migrationMethods } from "./migration-methods.ts";
import { namingNewestBackup } from "./newest-backup.ts";
import { openStore } from "./open-store.ts";
import { overviewOf } from "./overview/overview.ts";
import { deleteParts } from "./parts.ts";
import { planRenaming, renameEntries } from "./rename.ts";
import { exportEntries } from "./transfer/export.ts";
import { importEntries } from "./transfer/import.ts";
import type { Search } from "./types.ts";

/** What the engine is given of rooms that it does not know. */
export interface EngineParts {
  /** What runs migrations that are code. */
  readonly languages?: readonly MigrationLanguage[];
  /** Absent: nothing is searched here. */
  readonly search?: Search;
}

/**
 * The engine in this thread, which it blocks while it works: for the command line and for workers.
 * Nothing is created until something is written.
 * @param hear called when something may have changed in a store that others can change unseen
 * @throws StateError `unsupported-runtime`, `invalid-database-url`
 */
export function openEngine(
  options: EngineOptions,
  { languages = [], search }: EngineParts = {},
  hear?: () => void,
): Engine {
  const store = openStore(options);
  const place = backupPlace(options);
  const stopListening = hear && store.listen?.(hear);
  const engine: Engine = {
    revision: () => store.revision(),
    entry: (namespace, key) => store.entry(namespace, key),
    namespaces: () => store.namespaces(),
    namespace: (name) => store.namespace(name),
    page: (namespace, query) => store.page(namespace, query),
    keys: (namespace) => store.keys(namespace),
    schemaVersion: () => store.schemaVersion(),
    storeId: () => store.storeId(),
    changesSince: (revision, limit) => store.changesSince(revision, limit),
    overview: (control) => overviewOf(store, control),
    search: async (query, { signal } = {}) => {
      if (search === undefined) throw new Error("This engine was not given a search.");
      return await search(store, query, async () => {
        // Lets the word that cancels come through.
        await turn();
        stopIfAborted(signal, "The search");
      });
    },
    deleteParts: (origin, parts, deleting, control) =>
      deleteParts(store, origin, parts, deleting, control),
    exportEntries: (file, { parts } = {}, control) => exportEntries(store, file, parts, control),
    importEntries: (file, importing, control) =>
      importEntries(store, place, file, importing, control),
    save: (origin, namespace, key, value, saving) =>
      store.save(origin, namespace, key, value, saving),
    delete: (origin, namespace, key, deleting) => store.delete(origin, namespace, key, deleting),
    history: (namespace, key) => store.history(namespace, key),
    undo: (origin, namespace, key, to) => store.undo(origin, namespace, key, to),
    renameEntries: (origin, from, to, renaming, control) =>
      renameEntries(store, origin, from, to, renaming, control),
    planRenaming: (from, to, control) => planRenaming(store, from, to, control),
    applyChanges: (origin, revision, changes) => applyChanges(store, origin, revision, changes),
    ...backupMethods(store, options),
    ...migrationMethods(store, options, languages),
    close: async () => {
      await stopListening?.();
      await store.close();
    },
  };
  return namingNewestBackup(engine, place);
}
