import type { ChangesSince } from "./types.ts";

/** When the first of these changes was made, in ms since 1970; undefined: that is not known. */
export function firstTime(since: ChangesSince): number | undefined {
  return since.gap ? undefined : since.changes[0]?.at;
}

/** Each namespace once. They are ASCII: the order of their units is that of their bytes. */
export function sortedNames(namespaces: readonly string[]): readonly string[] {
  return [...new Set(namespaces)].sort();
}
