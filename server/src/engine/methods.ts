import type { Engine } from "./engine.ts";

/** The methods that can be asked for over a port; the shortcut is for views in the same thread. */
export type MethodName = Exclude<keyof Engine, "close" | "keyLines">;

interface MethodShape {
  /** The first parameter is the origin; a port with an origin of its own puts that there. */
  readonly origin?: true;
  /** Which parameter is the JobControl: reports and cancellation cross the port beside the call. */
  readonly control?: number;
  /** It may change the state: whoever listens for changes is told when it is done. */
  readonly writes?: true;
}

/** Every method of the engine once: what the worker answers and what its proxies offer. */
export const ENGINE_METHODS: Readonly<Record<MethodName, MethodShape>> = {
  revision: {},
  entry: {},
  namespaces: {},
  namespace: {},
  page: {},
  keys: {},
  schemaVersion: {},
  storeId: {},
  changesSince: {},
  overview: { control: 0 },
  search: { control: 1 },
  deleteParts: { origin: true, control: 3, writes: true },
  exportEntries: { control: 2 },
  importEntries: { control: 2, writes: true },
  history: {},
  save: { origin: true, writes: true },
  delete: { origin: true, writes: true },
  undo: { origin: true, writes: true },
  renameEntries: { origin: true, control: 4, writes: true },
  planRenaming: { control: 2 },
  applyChanges: { origin: true, writes: true },
  backups: {},
  createBackup: { control: 1 },
  verifyBackup: { control: 2 },
  diffBackup: { control: 2 },
  restoreBackup: { control: 2, writes: true },
  deleteBackup: {},
  pruneBackups: { control: 1 },
  exportBackup: { control: 2 },
  importBackup: { control: 1 },
  backupUsage: {},
  backupsHolding: { control: 2 },
  schemaStatus: {},
  planMigration: { control: 2 },
  migrate: { control: 1, writes: true },
  clearNamespace: { origin: true, control: 2, writes: true },
};

/** Whether a name from outside is that of a method. */
export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(ENGINE_METHODS, name);
}
