import type { StateError } from "../../../shared/src/errors.ts";
import type { Json } from "../engine/types.ts";
import { invalidValue, MAX_LEVELS } from "../engine/values/parse.ts";
import { printPath } from "../engine/values/path.ts";
import { printFloat } from "../engine/values/print.ts";

const NEXT =
  "Store booleans, numbers, strings in UTF-8, and tables that are lists (keys 1..n) or have string keys.";

/** The way from a value to a part of it. */
export type Path = (string | number)[];

/** The error for a Lua value that cannot be stored: `fault` is what is wrong at the path. */
export function refused(path: Path, fault: string): StateError {
  const culprit = path.length > MAX_LEVELS / 2 ? "value" : printPath(path);
  return invalidValue(`${culprit} ${fault}`, NEXT);
}

/** A float as JSON. @throws StateError `invalid-value` */
export function floatToJson(n: number, path: Path): Json {
  if (Number.isNaN(n)) throw refused(path, "is NaN (not a number)");
  if (!Number.isFinite(n)) throw refused(path, "is infinite");
  return printFloat(n);
}

/** The text of a string, or the error. */
export function checkText(text: string | undefined, path: Path, what: "value" | "key"): string {
  if (text !== undefined) return text;
  throw refused(path, what === "key" ? "has a key that is not valid UTF-8" : "is not valid UTF-8");
}

/** @throws StateError `invalid-value` for a table inside of itself, and for too many levels */
export function checkNesting<Table>(table: Table, ancestors: readonly Table[], path: Path): void {
  if (ancestors.includes(table)) throw refused(path, "contains itself (a cycle)");
  if (ancestors.length < MAX_LEVELS) return;
  throw refused(path, `is nested more than ${MAX_LEVELS} levels deep`);
}

/** The keys of a table that is neither an array nor an object. */
export interface KeyCount {
  strings: number;
  /** Whole numbers from 1. */
  positions: number;
  highest: number;
  /** The first key of another kind, as it is shown. */
  other: string | undefined;
}

/** Says what is wrong with them. */
export function badKeys({ strings, positions, highest, other }: KeyCount, path: Path): StateError {
  if (other !== undefined) {
    const key = other.startsWith("a ") ? `${other} as a key` : `the key ${other}`;
    return refused(path, `has ${key}; keys are either all strings, or 1, 2, 3 ... n`);
  }
  if (strings > 0) return refused(path, "mixes string keys with list items (keys 1, 2, 3 ...)");
  return refused(path, `is a list with gaps: ${positions} items up to index ${highest}`);
}
