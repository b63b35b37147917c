import type { ScriptUse } from "../../language/workspace-view.ts";
import type { ModuleSummary } from "../../language/wrappers/summary.ts";

/** What the index keeps of one script. Plain data, so that it can be cached and sent between threads. */
export interface FileSummary {
  readonly file: string;
  /** In source order. */
  readonly uses: readonly ScriptUse[];
  readonly module: ModuleSummary;
  /** Why the script was not read; then it is not known what it does. */
  readonly skipped?: "too-large" | "unreadable" | "too-many-uses";
}

const NOTHING: ModuleSummary = { exports: [], requires: [] };

/** Of a script that does nothing to State, or (with a reason) of which it is not known. */
export function emptySummary(file: string, skipped?: FileSummary["skipped"]): FileSummary {
  return { file, uses: [], module: NOTHING, ...(skipped === undefined ? {} : { skipped }) };
}
