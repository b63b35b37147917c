import { parseValue } from "../../engine/values/parse.ts";
import type { StateValue } from "../../engine/values/value.ts";
import { type HostValue, ScriptError } from "../runtime.ts";
import type { LuaState } from "./api.ts";
import type { LuaMachine } from "./machine.ts";

/** What `JSON.parse` gives of a plain text: an integer is a whole number, a float is not. */
type PlainValue =
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** Pushes a value. */
export function pushJson(machine: LuaMachine, L: LuaState, { json, plain }: HostValue): void {
  if (plain) pushPlain(machine, L, JSON.parse(json));
  else pushExact(machine, L, parseValue(json));
}

function pushPlain(machine: LuaMachine, L: LuaState, value: PlainValue): void {
  const { api } = machine;
  if (typeof value === "string") machine.pushText(L, value);
  else if (typeof value === "number") {
    if (Number.isInteger(value)) api.lua_pushinteger(L, BigInt(value));
    else api.lua_pushnumber(L, value);
  } else if (typeof value === "boolean") api.lua_pushboolean(L, value ? 1 : 0);
  else if (Array.isArray(value)) pushItems(machine, L, value, pushPlain);
  else {
    const members = value as { readonly [key: string]: PlainValue };
    const keys = Object.keys(members);
    pushTable(machine, L, 0, keys.length);
    for (const key of keys) {
      machine.pushText(L, key);
      // An own property, so it is there, whatever its name.
      pushPlain(machine, L, members[key] as PlainValue);
      api.lua_rawset(L, -3);
    }
  }
}

function pushExact(machine: LuaMachine, L: LuaState, value: StateValue): void {
  const { api } = machine;
  if (typeof value === "string") machine.pushText(L, value);
  else if (typeof value === "bigint") api.lua_pushinteger(L, value);
  else if (typeof value === "number") api.lua_pushnumber(L, value);
  else if (typeof value === "boolean") api.lua_pushboolean(L, value ? 1 : 0);
  else if (value instanceof Map) {
    pushTable(machine, L, 0, value.size);
    for (const [key, item] of value) {
      machine.pushText(L, key);
      pushExact(machine, L, item);
      api.lua_rawset(L, -3);
    }
  } else pushItems(machine, L, value as readonly StateValue[], pushExact);
}

function pushItems<T>(
  machine: LuaMachine,
  L: LuaState,
  items: readonly T[],
  push: (machine: LuaMachine, L: LuaState, item: T) => void,
): void {
  pushTable(machine, L, items.length, 0);
  for (let i = 0; i < items.length; i++) {
    push(machine, L, items[i] as T);
    machine.api.lua_rawseti(L, -2, BigInt(i + 1));
  }
}

/** An empty table with room for so many. */
function pushTable({ api }: LuaMachine, L: LuaState, items: number, members: number): void {
  if (api.lua_checkstack(L, 4) === 0) throw new ScriptError("stack overflow");
  api.lua_createtable(L, items, members);
}
