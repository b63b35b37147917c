import type { LibraryLevel } from "../config/lua.ts";

/** What Lua calls its types, by the number that `lua_type` gives. */
export const TYPE_NAMES = [
  "nil",
  "boolean",
  "userdata",
  "number",
  "string",
  "table",
  "function",
  "userdata",
  "thread",
] as const;

const LIBRARIES = ["_G", "coroutine", "table", "string", "math", "utf8"] as const;

/** A library of Lua's own that scripts may have, by its global name; `_G`: the basic functions. */
export type LibraryName = (typeof LIBRARIES)[number];

/** How many of them each level has, in this order; `os` and `io` come with "safe". */
const LEVELS: Readonly<Record<LibraryLevel, number>> = {
  none: 1,
  basic: 5,
  safe: LIBRARIES.length,
};

/** The libraries of a level, in the order in which they are opened. */
export function librariesOf(level: LibraryLevel): readonly LibraryName[] {
  return LIBRARIES.slice(0, LEVELS[level]);
}

const REMOVED: readonly (readonly [library: LibraryName, member: string])[] = [
  ["_G", "dofile"],
  ["_G", "loadfile"],
  ["_G", "warn"],
  ["string", "dump"],
];

/** What opened libraries have and scripts must not: files, bytecode, text that goes nowhere. */
export function removedFrom(libraries: readonly LibraryName[]): typeof REMOVED {
  return REMOVED.filter(([library]) => libraries.includes(library));
}
