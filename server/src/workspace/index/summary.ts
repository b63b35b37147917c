import type { ModuleSummary } from "../../language/wrappers/summary.ts";
import { NO_USES, type PackedUses } from "./packed-uses.ts";

/** What the index keeps of one script. Plain data for messages between threads. */
export interface FileSummary {
  readonly file: string;
  /** In source order. */
  readonly uses: PackedUses;
  readonly module: ModuleSummary;
  /** Why the script was not read; then it is not known what it does. */
  readonly skipped?: "too-large" | "unreadable" | "too-many-uses";
}

export const NO_MODULE: ModuleSummary = { exports: [], requires: [] };

/** Of a script that does nothing to State, or (with a reason) of which it is not known. */
export function emptySummary(file: string, skipped?: FileSummary["skipped"]): FileSummary {
  const empty = { file, uses: NO_USES, module: NO_MODULE };
  return skipped === undefined ? empty : { ...empty, skipped };
}
