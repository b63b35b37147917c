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
  if (plain) new Pusher(machine, L).plain(JSON.parse(json));
  else new Pusher(machine, L).exact(parseValue(json));
}

class Pusher {
  readonly #machine: LuaMachine;
  readonly #L: LuaState;

  constructor(machine: LuaMachine, L: LuaState) {
    this.#machine = machine;
    this.#L = L;
  }

  plain = (value: PlainValue): void => {
    const { api } = this.#machine;
    if (typeof value === "number") {
      if (Number.isInteger(value)) api.lua_pushinteger(this.#L, BigInt(value));
      else api.lua_pushnumber(this.#L, value);
    } else if (typeof value !== "object") this.#scalar(value);
    else if (Array.isArray(value)) this.#items(value, this.plain);
    else this.#members(Object.entries(value), this.plain);
  };

  exact = (value: StateValue): void => {
    const { api } = this.#machine;
    if (typeof value === "bigint") api.lua_pushinteger(this.#L, value);
    else if (typeof value === "number") api.lua_pushnumber(this.#L, value);
    else if (typeof value !== "object") this.#scalar(value);
    else if (value instanceof Map) this.#members([...value], this.exact);
    else this.#items(value as readonly StateValue[], this.exact);
  };

  #scalar(value: boolean | string): void {
    if (typeof value === "string") this.#machine.pushText(this.#L, value);
    else this.#machine.api.lua_pushboolean(this.#L, value ? 1 : 0);
  }

  #items<T>(items: readonly T[], push: (item: T) => void): void {
    const { api } = this.#machine;
    this.#table(items.length, 0);
    items.forEach((item, i) => {
      push(item);
      api.lua_rawseti(this.#L, -2, BigInt(i + 1));
    });
  }

  #members<T>(members: readonly (readonly [string, T])[], push: (item: T) => void): void {
    const { api } = this.#machine;
    this.#table(0, members.length);
    for (const [key, item] of members) {
      this.#machine.pushText(this.#L, key);
      push(item);
      api.lua_rawset(this.#L, -3);
    }
  }

  #table(items: number, members: number): void {
    const { api } = this.#machine;
    if (api.lua_checkstack(this.#L, 4) === 0) throw new ScriptError("stack overflow");
    api.lua_createtable(this.#L, items, members);
  }
}
