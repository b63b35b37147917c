import { parseValue } from "./parse.ts";
import { printValue } from "./print.ts";
import { isArrayValue, type StateValue } from "./value.ts";

/**
 * Lua has one empty table for `[]` and `{}`. The canonical text `next` with `[]` at every path where
 * it has `{}` and the value it replaces, `previous`, has `[]`.
 */
export function keepEmptyArrays(next: string, previous: string): string {
  if (!next.includes("{}") || !previous.includes("[]")) return next;
  const before = readable(previous);
  return before === undefined ? next : printValue(merged(parseValue(next), before));
}

/** What is being replaced may be damaged, which is no fault of the new value's. */
function readable(json: string): StateValue | undefined {
  try {
    return parseValue(json);
  } catch {
    return undefined;
  }
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
