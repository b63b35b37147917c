import type { ChangeDetail, SchemaChange } from "../types.ts";
import type { MigrationEntry } from "./steps.ts";

/** One migration of a plan. */
export interface PlannedMigration {
  /** The file's name. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly description: string | undefined;
  /** What it does, a line for each step; empty when only its code says it. */
  readonly steps: readonly string[];
  /** How many entries it changes, renames or drops. */
  readonly changed: number;
  /** Some of them; `after` is null where the entry is dropped. */
  readonly samples: readonly MigrationSample[];
}

export interface MigrationSample {
  readonly before: MigrationEntry;
  readonly after: MigrationEntry | null;
}

/** What migrating would do. */
export interface MigrationPlan {
  readonly from: string;
  readonly to: string;
  readonly migrations: readonly PlannedMigration[];
  /** How many entries are changed, renamed or dropped altogether. */
  readonly itemsMigrated: number;
  /** By name, ascending: a renamed entry is a deletion and a save. */
  readonly changes: readonly ChangeDetail[];
  /** How many changes there are; `changes` may hold fewer. */
  readonly total: number;
}

export interface MigrationOutcome {
  readonly from: string;
  readonly to: string;
  readonly itemsMigrated: number;
  readonly durationMs: number;
  /** The backup made just before; undefined when nothing was stored or there was nothing to do. */
  readonly backupId: string | undefined;
}

/** Where the schema stands. Versions ascend. */
export interface SchemaStatus {
  readonly current: string;
  /** The present version and all that migrations name. */
  readonly versions: readonly string[];
  /** The highest of `versions`. */
  readonly latest: string;
  /** The versions that migrations lead to from the present one. */
  readonly targets: readonly string[];
  /** What was migrated, newest first. */
  readonly history: readonly SchemaChange[];
}
