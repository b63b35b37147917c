import type { Change, SearchResult, StatePart } from "../../../shared/src/protocol.ts";
import type { PlannedChange } from "./apply.ts";
import type {
  BackupReason,
  BackupUsage,
  Cleared,
  Difference,
  DiffOptions,
  Pruned,
  RestoreOptions,
} from "./backup/types.ts";
import type { MigrationOutcome, MigrationPlan, SchemaStatus } from "./migration/types.ts";
import type { Overview } from "./overview/types.ts";
import type { Imported, ImportOptions } from "./transfer/types.ts";
import type {
  ChangeDetail,
  ChangesSince,
  DeleteOptions,
  HistoryItem,
  Json,
  Origin,
  SaveOptions,
  SearchQuery,
  StateView,
  StoreOptions,
} from "./types.ts";

export interface EngineOptions extends StoreOptions {
  /** Absolute path of the folder of backups. */
  readonly backupDir: string;
  readonly backupRetentionDays: number;
  /** undefined: no limit. */
  readonly maxBackups: number | undefined;
  /** Absolute path of the folder of migrations; absent: there are none. */
  readonly migrations?: string;
}

/** How long work reports and is stopped. */
export interface JobControl {
  readonly signal?: AbortSignal;
  /** `done` of `total` entries; `what` is a short phrase in the present ("writing entries"). */
  readonly progress?: (report: { done: number; total: number; what: string }) => void;
  /** Called between pieces of work of about a millisecond: who makes way for others waits a moment there. */
  readonly pause?: (() => void) | undefined;
}

export interface DeletedParts {
  readonly total: number;
  /** The first of them. */
  readonly entries: readonly { readonly namespace: string; readonly key: string }[];
}

/** What a renaming of stored entries would do. */
export interface RenamingPlan {
  /** How many entries it renames. */
  readonly entries: number;
  /** How many entries stand in its way: with any it is refused. */
  readonly conflicts: number;
  /** The first key that stands in its way, where keys are renamed. */
  readonly conflict?: string;
}

export interface RenamingOptions {
  /** Only entries that were saved after this revision: what takes a renaming back leaves others alone. */
  readonly since?: number;
}

export interface Renamed {
  readonly renamed: number;
  /** The store's revision before: see {@link RenamingOptions.since}. */
  readonly since: number;
}

export interface BackupHead {
  readonly id: string;
  readonly kind: "full" | "incremental";
  readonly parentId: string | undefined;
  readonly reason: BackupReason;
  /** ms since 1970 */
  readonly createdAt: number;
  /** Of an incremental backup: what changed, deletions too. */
  readonly entries: number;
  readonly sizeBytes: number;
  readonly schemaVersion: string;
  /** The last verification's verdict; undefined when there was none. */
  readonly verified: boolean | undefined;
}

/** A new backup. */
export interface CreatedBackup extends BackupHead {
  /** Set when an incremental backup was asked for and a full one was made: why, in a sentence. */
  readonly note: string | undefined;
}

export interface BackupVerdict {
  readonly isValid: boolean;
  /** One sentence each: what is wrong and what that means. */
  readonly errors: readonly string[];
}

export interface RestoreOutcome {
  readonly entriesRestored: number;
  /** How many entries changed. */
  readonly changed: number;
  /** The first 1,000 changes. */
  readonly changes: readonly Change[];
  /** undefined when there was nothing stored to save first. */
  readonly safetyBackupId: string | undefined;
  /** What to know about it, in a sentence; absent: nothing. */
  readonly note?: string;
  /** Where the damaged store is kept in whose place the backup was restored; absent: there was none. */
  readonly setAside?: string;
}

/** What a subscriber hears: changes in commit order, or that it must read again what it shows. */
export type FeedEvent =
  | { readonly kind: "changes"; readonly changes: readonly Change[] }
  | { readonly kind: "reset"; readonly revision: number };

/**
 * All that can be asked of one state, wherever it runs: in this thread (`openEngine`: the command
 * line) or in a worker (`startEngineWorker`: the language server, scripts). Failures that a user
 * can cause are StateErrors on either side.
 */
export interface Engine extends StateView {
  /** All keys of a namespace, ascending by UTF-8 bytes: for scripts and exports, not for views. */
  keys(namespace: string): Promise<readonly string[]>;
  schemaVersion(): Promise<string>;
  save(
    origin: Origin,
    namespace: string,
    key: string,
    value: Json,
    options?: SaveOptions,
  ): Promise<ChangeDetail>;
  delete(
    origin: Origin,
    namespace: string,
    key: string,
    options?: DeleteOptions,
  ): Promise<ChangeDetail | undefined>;

  /** Newest first, what is now first. */
  history(namespace: string, key: string): Promise<readonly HistoryItem[]>;
  /**
   * Saves an earlier value again; see `Store.undo`.
   * @throws StateError `nothing-to-undo`, `unknown-revision`
   */
  undo(origin: Origin, namespace: string, key: string, to?: number): Promise<ChangeDetail>;
  /**
   * Gives a key, a namespace, or what keys begin with another name, in one transaction.
   * @throws StateError `missing-entry`, `target-exists`, `invalid-namespace`, `invalid-key`, `cancelled`
   */
  renameEntries(
    origin: Origin,
    from: StatePart,
    to: string,
    options?: RenamingOptions,
    control?: JobControl,
  ): Promise<Renamed>;
  /** What that would do; nothing is changed. @throws StateError `invalid-key`, `cancelled` */
  planRenaming(from: StatePart, to: string, control?: JobControl): Promise<RenamingPlan>;
  /**
   * Makes changes that were worked out on the state of `revision`, all or nothing.
   * @throws StateError `state-moved-on`
   */
  applyChanges(
    origin: Origin,
    revision: number,
    changes: readonly PlannedChange[],
  ): Promise<{ readonly applied: number }>;
  /** Identity of the data; empty before the first write. */
  storeId(): Promise<string>;
  changesSince(revision: number, limit: number): Promise<ChangesSince>;
  /** Sizes, times and names of all that is stored, no values. @throws StateError `cancelled` */
  overview(control?: JobControl): Promise<Overview>;
  /** Entries that fit; it may look at all of them. @throws StateError `cancelled` */
  search(query: SearchQuery, control?: JobControl): Promise<SearchResult>;

  /** Deletes all that lies in some parts, all or nothing. @throws StateError `cancelled` */
  deleteParts(
    origin: Origin,
    parts: readonly StatePart[],
    options: { readonly dryRun: boolean; readonly limit: number },
    control?: JobControl,
  ): Promise<DeletedParts>;
  /**
   * Writes all entries, or some parts, to a file as JSON lines, as they are at one moment.
   * @throws StateError `unwritable-file`, `cancelled`
   */
  exportEntries(
    file: string,
    options?: { readonly parts?: readonly StatePart[] },
    control?: JobControl,
  ): Promise<{ readonly exported: number }>;
  /**
   * Takes in what an export wrote, all or nothing, after a backup where something is overwritten.
   * @throws StateError `unreadable-file`, `file-too-large`, `invalid-import`, `cancelled`
   */
  importEntries(file: string, options: ImportOptions, control?: JobControl): Promise<Imported>;

  /** Newest first. Unreadable ones are listed with `verified: false`. */
  backups(): Promise<readonly BackupHead[]>;
  /** Afterwards backups that the configuration says are too old or too many go. */
  createBackup(
    options: { readonly incremental: boolean; readonly reason?: BackupReason },
    control?: JobControl,
  ): Promise<CreatedBackup>;
  /**
   * Every byte and entry, without restoring; `quick`: manifests, the chain and sizes only. The verdict is
   * remembered for lists, but with `keep: false`.
   * @throws StateError `unknown-backup`, `invalid-backup-id`
   */
  verifyBackup(
    id: string,
    options?: { readonly quick?: boolean; readonly keep?: boolean },
    control?: JobControl,
  ): Promise<BackupVerdict>;
  /**
   * What a restore (of the selected part) would change now, or what leads to another backup.
   * @throws StateError `unknown-backup`, `damaged-backup`, `nothing-selected`
   */
  diffBackup(id: string, options?: DiffOptions, control?: JobControl): Promise<Difference>;
  /**
   * All or nothing, of everything or the selected part; or in place of a damaged store, whose file
   * is kept. @throws StateError `unknown-backup`, `damaged-backup`, `nothing-selected`,
   * `store-not-damaged`, `nothing-to-set-aside`
   */
  restoreBackup(
    id: string,
    options?: RestoreOptions,
    control?: JobControl,
  ): Promise<RestoreOutcome>;
  /** @throws StateError `unknown-backup`, `invalid-backup-id`, `backup-has-children` */
  deleteBackup(id: string): Promise<void>;
  /** Deletes what is too old or too many, by default as configured. */
  pruneBackups(
    options: { readonly dryRun: boolean; readonly days?: number; readonly count?: number },
    control?: JobControl,
  ): Promise<Pruned>;
  /**
   * Copies a backup, with those that it builds on, to a folder, or from the folder of one of its files
   * to the other backups, every byte checked. Gives the ids of those that were not there yet.
   * @throws StateError `unknown-backup`, `damaged-backup`, `unwritable-file`, `cancelled`
   */
  exportBackup(id: string, folder: string, control?: JobControl): Promise<readonly string[]>;
  importBackup(file: string, control?: JobControl): Promise<readonly string[]>;
  backupUsage(): Promise<BackupUsage>;
  /** Ids of the backups that hold this key, newest first: what forgetting it leaves behind. */
  backupsHolding(namespace: string, key: string, control?: JobControl): Promise<readonly string[]>;
  /** Deletes all keys of a namespace at once, after a backup. */
  clearNamespace(origin: Origin, namespace: string, control?: JobControl): Promise<Cleared>;

  /** Where the schema stands and where migrations lead. @throws StateError `invalid-migration` */
  schemaStatus(): Promise<SchemaStatus>;
  /**
   * What migrating to a version would do; nothing is changed. At most `limit` changes are told.
   * @throws StateError `invalid-version`, `unknown-version`, `migration-gap`, `invalid-migration`,
   * `migration-failed`, `migration-collision`
   */
  planMigration(
    version: string,
    options?: { readonly limit?: number },
    control?: JobControl,
  ): Promise<MigrationPlan>;
  /** All or nothing, after a backup. @throws StateError as `planMigration` */
  migrate(version: string, control?: JobControl): Promise<MigrationOutcome>;

  close(): Promise<void>;
}
