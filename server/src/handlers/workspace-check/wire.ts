import type { StateConfiguration } from "../../config/types.ts";
import type { FileSummary } from "../../workspace/index/summary.ts";
import type { PlacedFinding } from "../to-diagnostic.ts";

/** What goes between the server's thread and the thread that checks all scripts of a folder. */

/** One look at all scripts; the next is asked for when this one is done. */
export interface CheckPass {
  readonly configuration: StateConfiguration | undefined;
  readonly ruleSettings: unknown;
  readonly without: readonly string[];
  /** Scripts that are open in the editor: they count as they are there, and are not checked here. */
  readonly open: readonly FileSummary[];
}

export interface CheckedScript {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly found: readonly PlacedFinding[];
}

export type FromCheckWorker =
  | { readonly checked: readonly CheckedScript[] }
  /** All scripts that there are, but for the open ones. */
  | { readonly done: readonly string[] }
  /** The look ended by itself: why. */
  | { readonly failed: string };
