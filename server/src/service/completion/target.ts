import type { StateUse } from "../../language/model.ts";
import type { Slot } from "./slot.ts";

/** Where a completion of an argument goes, and the call it is in. */
export interface Target {
  readonly slot: Slot;
  readonly use: StateUse;
}

/** How many names from one source are listed at most. */
export const LISTED = 200;

/** A number whose text sorts as it does. */
export function sortable(index: number): string {
  return String(index).padStart(5, "0");
}
