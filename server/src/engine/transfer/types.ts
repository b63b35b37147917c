import type { ChangeDetail } from "../types.ts";

/** A change that an import makes; what is only planned has no revision, time and origin. */
export type ImportChange = Pick<ChangeDetail, "op" | "namespace" | "key" | "before" | "after"> &
  Partial<Pick<ChangeDetail, "revision" | "at" | "origin">>;

export interface TakenIn {
  /** What changes or changed; what is stored as it comes is not among them. */
  readonly changes: readonly ImportChange[];
  /** undefined when nothing was overwritten or deleted, and in a dry run. */
  readonly safetyBackupId: string | undefined;
}

export interface ImportOptions {
  /** Nothing is changed. */
  readonly dryRun: boolean;
  /** At most so many changes are told; all are counted. */
  readonly limit: number;
}

export interface Imported extends TakenIn {
  /** How many entries change or changed. */
  readonly total: number;
}
