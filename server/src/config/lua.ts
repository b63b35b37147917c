import type { TomlTable, TomlValue } from "smol-toml";

/** Which of Lua's libraries scripts have; the sandbox leaves out more of each. */
export type LibraryLevel = "none" | "basic" | "safe";

/** What the file says of running scripts; what is absent it does not limit. */
export interface LuaSettings {
  readonly libraries?: LibraryLevel;
  readonly memoryBytes?: number;
  readonly instructions?: number;
  readonly timeMs?: number;
}

/**
 * `[engines.lua]` and the limits of `[runtime.security]`. Both tables are rs-llmspell's: only what maps
 * is read, and what is not understood is left to it. Of two limits the smaller counts.
 */
export function luaSettings(root: TomlTable): LuaSettings {
  const lua = table(root, "engines", "lua");
  const security = table(root, "runtime", "security");
  const libraries = level(lua["stdlib_level"]);
  const memoryBytes = smaller(limit(lua["memory_limit"]), limit(security["max_memory_bytes"]));
  const instructions = limit(lua["max_instructions"]);
  const timeMs = limit(security["max_execution_time_ms"]);
  return {
    ...(libraries === undefined ? {} : { libraries }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(instructions === undefined ? {} : { instructions }),
    ...(timeMs === undefined ? {} : { timeMs }),
  };
}

function table(root: TomlTable, ...path: readonly string[]): TomlTable {
  let present: TomlTable = root;
  for (const name of path) {
    const next: TomlValue | undefined = Object.hasOwn(present, name) ? present[name] : undefined;
    if (typeof next !== "object" || Array.isArray(next) || next instanceof Date) return {};
    present = next;
  }
  return present;
}

function level(value: TomlValue | undefined): LibraryLevel | undefined {
  const name = typeof value === "string" ? value.toLowerCase() : undefined;
  return name === "none" || name === "basic" || name === "safe" ? name : undefined;
}

/** 0 is no limit. */
function limit(value: TomlValue | undefined): number | undefined {
  return (typeof value === "number" || typeof value === "bigint") && value > 0
    ? Number(value)
    : undefined;
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
