import { StateError } from "../../../shared/src/errors.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { Overlay } from "./overlay.ts";
import { planRenaming, renameEntries } from "./rename.ts";

/**
 * An engine over another one that keeps what is written in memory, for one run: nothing underneath
 * changes. Backups, restores and migrations that would be made are refused with `not-in-dry-run`.
 */
export function dryRunEngine(
  engine: Engine,
  limits: Pick<EngineOptions, "historyLimit" | "maxValueBytes">,
): Engine {
  const overlay = new Overlay(engine, limits);
  return {
    revision: () => overlay.revision(),
    entry: (namespace, key) => overlay.entry(namespace, key),
    namespaces: () => overlay.namespaces(),
    namespace: (name) => overlay.namespace(name),
    page: (namespace, query) => overlay.page(namespace, query),
    keys: (namespace) => overlay.keys(namespace),
    schemaVersion: () => overlay.schemaVersion(),
    storeId: () => overlay.storeId(),
    changesSince: (revision, limit) => overlay.changesSince(revision, limit),
    overview: (control) => engine.overview(control),
    search: () => refuse("Nothing is searched"),
    deleteParts: () => refuse("No parts are deleted"),
    exportEntries: () => refuse("Nothing is exported"),
    importEntries: () => refuse("Nothing is imported"),
    save: (origin, namespace, key, value, saving) =>
      overlay.save(origin, namespace, key, value, saving),
    delete: (origin, namespace, key, deleting) => overlay.delete(origin, namespace, key, deleting),
    history: (namespace, key) => overlay.history(namespace, key),
    undo: (origin, namespace, key, to) => overlay.undo(origin, namespace, key, to),
    renameEntries: (origin, from, to, renaming) =>
      renameEntries(overlay, origin, from, to, renaming),
    planRenaming: (from, to) => planRenaming(overlay, from, to),
    applyChanges: () => refuse("Nothing is applied"),
    backups: () => engine.backups(),
    createBackup: () => refuse("No backup is made"),
    verifyBackup: (id, options, control) =>
      engine.verifyBackup(id, { ...options, keep: false }, control),
    diffBackup: () => refuse("No backup is compared"),
    restoreBackup: () => refuse("No backup is restored"),
    deleteBackup: () => refuse("No backup is deleted"),
    pruneBackups: (options, control) =>
      options.dryRun ? engine.pruneBackups(options, control) : refuse("No backups are deleted"),
    exportBackup: () => refuse("No backup is copied"),
    importBackup: () => refuse("No backup is copied"),
    backupUsage: () => engine.backupUsage(),
    backupsHolding: (namespace, key, control) => engine.backupsHolding(namespace, key, control),
    clearNamespace: () => refuse("No namespace is cleared"),
    schemaStatus: () => engine.schemaStatus(),
    planMigration: (version, options, control) => engine.planMigration(version, options, control),
    migrate: () => refuse("Nothing is migrated"),
    close: async () => {},
  };
}

async function refuse(what: string): Promise<never> {
  throw new StateError(
    "not-in-dry-run",
    `${what} in a dry run.`,
    "Leave out the dry run to do it.",
  );
}
