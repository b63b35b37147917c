import { luaL_checkstack } from "fengari/src/lauxlib.js";
import {
  type LuaState,
  lua_createtable,
  lua_pushboolean,
  lua_pushinteger,
  lua_pushnumber,
  lua_pushstring,
  lua_rawset,
  lua_rawseti,
} from "fengari/src/lua.js";
import { parseValue } from "../../engine/values/parse.ts";
import type { StateValue } from "../../engine/values/value.ts";
import { type HostValue, ScriptError } from "../runtime.ts";

/** What `JSON.parse` gives of a plain text: an integer is a whole number, a float is not. */
type PlainValue =
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** Pushes a value. @throws ScriptError for an integer that this runtime cannot hold exactly */
export function pushJson(L: LuaState, { json, plain }: HostValue): void {
  if (plain) pushPlain(L, JSON.parse(json));
  else pushExact(L, parseValue(json));
}

function pushPlain(L: LuaState, value: PlainValue): void {
  if (typeof value === "number") {
    if (Number.isInteger(value)) pushInteger(L, value);
    else lua_pushnumber(L, value);
  } else if (typeof value !== "object") {
    pushScalar(L, value);
  } else if (Array.isArray(value)) {
    pushItems(L, value, pushPlain);
  } else {
    pushMembers(L, Object.entries(value), pushPlain);
  }
}

function pushExact(L: LuaState, value: StateValue): void {
  if (typeof value === "number") lua_pushnumber(L, value);
  else if (typeof value === "bigint") pushInteger(L, value);
  else if (typeof value !== "object") pushScalar(L, value);
  else if (value instanceof Map) pushMembers(L, value, pushExact);
  else pushItems(L, value as readonly StateValue[], pushExact);
}

function pushScalar(L: LuaState, value: boolean | string): void {
  if (typeof value === "boolean") lua_pushboolean(L, value);
  else lua_pushstring(L, Buffer.from(value, "utf8"));
}

function pushInteger(L: LuaState, value: number | bigint): void {
  const n = Number(value);
  if (!Number.isSafeInteger(n)) {
    throw new ScriptError(
      `the stored integer ${value} cannot be loaded: this Lua runtime holds integers exactly only up to 2^53`,
    );
  }
  lua_pushinteger(L, n);
}

function pushItems<T>(
  L: LuaState,
  items: readonly T[],
  push: (L: LuaState, item: T) => void,
): void {
  luaL_checkstack(L, 4, null);
  lua_createtable(L, items.length, 0);
  items.forEach((item, i) => {
    push(L, item);
    lua_rawseti(L, -2, i + 1);
  });
}

function pushMembers<T>(
  L: LuaState,
  members: Iterable<readonly [string, T]>,
  push: (L: LuaState, item: T) => void,
): void {
  luaL_checkstack(L, 4, null);
  lua_createtable(L, 0, 0);
  for (const [key, item] of members) {
    lua_pushstring(L, Buffer.from(key, "utf8"));
    push(L, item);
    lua_rawset(L, -3);
  }
}
