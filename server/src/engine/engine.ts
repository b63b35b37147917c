import type { Change } from "../../../shared/src/protocol.ts";
import type {
  ChangeDetail,
  ChangesSince,
  DeleteOptions,
  HistoryItem,
  Json,
  Origin,
  SaveOptions,
  StateView,
  StoreOptions,
} from "./types.ts";

export interface EngineOptions extends StoreOptions {
  /** Absolute path of the folder of backups. */
  readonly backupDir: string;
  readonly backupRetentionDays: number;
  /** undefined: no limit. */
  readonly maxBackups: number | undefined;
}

/** How long work reports and is stopped. */
export interface JobControl {
  readonly signal?: AbortSignal;
  /** `done` of `total` entries; `what` is a short phrase in the present ("writing entries"). */
  readonly progress?: (report: { done: number; total: number; what: string }) => void;
}

export interface BackupHead {
  readonly id: string;
  readonly kind: "full" | "incremental";
  readonly parentId: string | undefined;
  /** ms since 1970 */
  readonly createdAt: number;
  /** Of an incremental backup: what changed, deletions too. */
  readonly entries: number;
  readonly sizeBytes: number;
  readonly schemaVersion: string;
  /** The last verification's verdict; undefined when there was none. */
  readonly verified: boolean | undefined;
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
  /** Identity of the data; empty before the first write. */
  storeId(): Promise<string>;
  changesSince(revision: number, limit: number): Promise<ChangesSince>;

  /** Newest first. Unreadable ones are listed with `verified: false`. */
  backups(): Promise<readonly BackupHead[]>;
  createBackup(
    options: { readonly incremental: boolean },
    control?: JobControl,
  ): Promise<BackupHead>;
  /** Every byte and entry, without restoring. @throws StateError `unknown-backup`, `invalid-backup-id` */
  verifyBackup(id: string, control?: JobControl): Promise<BackupVerdict>;
  /** What a restore would change now. @throws StateError `unknown-backup`, `damaged-backup` */
  diffBackup(id: string, control?: JobControl): Promise<readonly ChangeDetail[]>;
  /** All or nothing. @throws StateError `unknown-backup`, `damaged-backup` */
  restoreBackup(id: string, control?: JobControl): Promise<RestoreOutcome>;

  close(): Promise<void>;
}
