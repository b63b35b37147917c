import type { ChangeDetail } from "../types.ts";
import type { Selection } from "./selection.ts";

/** Why a backup was made: asked for, or by itself before something that changes much. */
export type BackupReason = "asked" | "before-restore" | "before-migration" | "before-deletion";

export interface DiffOptions extends Selection {
  /** Another backup's id: what leads from this backup to that one. Else: what a restore would change now. */
  readonly to?: string;
  /** At most so many changes are told; all are counted. Default: all. */
  readonly limit?: number;
}

export interface RestoreOptions extends Selection {
  /** The store is damaged: its file is kept under another name, and the whole backup restored. */
  readonly setAside?: boolean;
}

export interface Difference {
  /** Ascending by name. `revision`, `at` and `origin` are those of the entry that is told. */
  readonly changes: readonly ChangeDetail[];
  readonly total: number;
}

export interface Retention {
  /** Older backups may go. */
  readonly days: number;
  /**
   * Backups beyond the newest so many may go; undefined: no limit. Those that were asked for and those
   * made by themselves, for safety, are counted apart: neither pushes out the other.
   */
  readonly count: number | undefined;
}

export interface Pruned {
  /** Ids of what went or, in a dry run, would go; oldest first. */
  readonly deleted: readonly string[];
  /** Ids of what stays, oldest first. */
  readonly retained: readonly string[];
  /** Bytes. */
  readonly spaceFreed: number;
}

export interface BackupUsage {
  readonly backups: number;
  readonly fullBackups: number;
  readonly incrementalBackups: number;
  /** Bytes of all backups. */
  readonly sizeBytes: number;
  /** ms since 1970; undefined when there is no backup. */
  readonly oldestAt: number | undefined;
  readonly newestAt: number | undefined;
}

/** What deleting a whole namespace did. */
export interface Cleared {
  readonly changes: readonly ChangeDetail[];
  /** undefined when there was nothing to delete. */
  readonly safetyBackupId: string | undefined;
}
