import { parseValue } from "./parse.ts";
import { printValue } from "./print.ts";
import { isArrayValue, type StateValue } from "./value.ts";

/**
 * Lua has one empty table for `[]` and `{}`. The canonical text `next` with `[]` at every path where
 * it has `{}` and the value it replaces, `previous`, has `[]`.
 */
export function keepEmptyArrays(next: string, previous: string): string {
  if (!next.includes("{}") || !previous.includes("[]")) return next;
  return printValue(merged(parseValue(next), parseValue(previous)));
}

function merged(next: StateValue, previous: StateValue | undefined): StateValue {
  if (typeof next !== "object" || typeof previous !== "object") return next;
  if (isArrayValue(next)) {
    if (!isArrayValue(previous)) return next;
    return next.map((item, index) => merged(item, previous[index]));
  }
  if (isArrayValue(previous)) return next.size === 0 && previous.length === 0 ? [] : next;
  return new Map(Array.from(next, ([key, item]) => [key, merged(item, previous.get(key))]));
}
