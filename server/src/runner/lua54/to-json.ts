import type { StateError } from "../../../../shared/src/errors.ts";
import { compareUtf8 } from "../../engine/backup/order.ts";
import type { Json } from "../../engine/types.ts";
import { TYPE_NAMES } from "../libraries.ts";
import {
  badKeys,
  checkNesting,
  checkText,
  floatToJson,
  type KeyCount,
  type Path,
  refused,
} from "../refused-value.ts";
import { ScriptError } from "../runtime.ts";
import {
  LUA_TBOOLEAN,
  LUA_TNUMBER,
  LUA_TSTRING,
  LUA_TTABLE,
  type LuaState,
  type Pointer,
} from "./api.ts";
import type { LuaMachine } from "./machine.ts";

/**
 * The Lua value at a positive index as JSON text; the stack is as before.
 * @throws StateError `invalid-value`, with the path to the culprit
 */
export function toJson(machine: LuaMachine, L: LuaState, index: number): Json {
  const { api } = machine;
  const top = api.lua_gettop(L);
  reserve(machine, L);
  api.lua_pushvalue(L, index);
  try {
    return new Writer(machine, L).write();
  } finally {
    api.lua_settop(L, top);
  }
}

/** Room for a value, and for what looking into it needs. */
function reserve({ api }: LuaMachine, L: LuaState): void {
  if (api.lua_checkstack(L, 4) === 0) throw new ScriptError("stack overflow");
}

class Writer {
  readonly #machine: LuaMachine;
  readonly #L: LuaState;
  readonly #path: Path = [];
  readonly #ancestors: Pointer[] = [];

  constructor(machine: LuaMachine, L: LuaState) {
    this.#machine = machine;
    this.#L = L;
  }

  /** The value on top, which stays there. */
  write(): Json {
    const { api } = this.#machine;
    const type = api.lua_type(this.#L, -1);
    switch (type) {
      case LUA_TSTRING:
        return JSON.stringify(checkText(this.#machine.textAt(this.#L, -1), this.#path, "value"));
      case LUA_TNUMBER:
        return this.#number();
      case LUA_TTABLE:
        return this.#table();
      case LUA_TBOOLEAN:
        return api.lua_toboolean(this.#L, -1) === 1 ? "true" : "false";
      default:
        throw refused(this.#path, `is a ${TYPE_NAMES[type] ?? "userdata"}`);
    }
  }

  #number(): Json {
    const { api } = this.#machine;
    const n = api.lua_tonumberx(this.#L, -1, 0);
    if (api.lua_isinteger(this.#L, -1) === 0) return floatToJson(n, this.#path);
    return Number.isSafeInteger(n) ? String(n) : String(api.lua_tointegerx(this.#L, -1, 0));
  }

  #table(): Json {
    const { api } = this.#machine;
    reserve(this.#machine, this.#L);
    const table = api.lua_topointer(this.#L, -1);
    checkNesting(table, this.#ancestors, this.#path);
    api.lua_pushnil(this.#L);
    if (api.lua_next(this.#L, -2) === 0) return "{}";
    this.#ancestors.push(table);
    const json = api.lua_type(this.#L, -2) === LUA_TSTRING ? this.#object() : this.#array();
    this.#ancestors.pop();
    return json;
  }

  /** The first key and value are on the stack, above their table; afterwards they are gone. */
  #object(): Json {
    const { api } = this.#machine;
    const members: Member[] = [];
    let sorted = true;
    let last = "";
    do {
      if (api.lua_type(this.#L, -2) !== LUA_TSTRING) throw this.#badKeys();
      const key = checkText(this.#machine.textAt(this.#L, -2), this.#path, "key");
      this.#path.push(key);
      const json = `${JSON.stringify(key)}:${this.write()}`;
      this.#path.pop();
      sorted &&= members.length === 0 || compareUtf8(last, key) < 0;
      last = key;
      members.push({ key, json });
      api.lua_settop(this.#L, -2);
    } while (api.lua_next(this.#L, -2) !== 0);
    if (!sorted) members.sort((a, b) => compareUtf8(a.key, b.key));
    return `{${members.map(({ json }) => json).join(",")}}`;
  }

  #array(): Json {
    const { api } = this.#machine;
    const items: Json[] = [];
    /** Items that came before those in front of them. */
    const early = new Map<number, Json>();
    do {
      const index = this.#position(-2);
      if (index === undefined) throw this.#badKeys();
      this.#path.push(index);
      const item = this.write();
      this.#path.pop();
      if (index === items.length + 1) items.push(item);
      else early.set(index, item);
      api.lua_settop(this.#L, -2);
    } while (api.lua_next(this.#L, -2) !== 0);
    for (let item = early.get(1 + items.length); item !== undefined; ) {
      early.delete(items.push(item));
      item = early.get(1 + items.length);
    }
    if (early.size === 0) return `[${items.join(",")}]`;
    api.lua_pushnil(this.#L);
    api.lua_pushnil(this.#L);
    throw this.#badKeys();
  }

  /** The whole number from 1 at an index. */
  #position(index: number): number | undefined {
    const { api } = this.#machine;
    if (api.lua_isinteger(this.#L, index) === 0) return undefined;
    const n = api.lua_tonumberx(this.#L, index, 0);
    return n >= 1 ? n : undefined;
  }

  /** Looks at all keys of the table below the key and value on top. */
  #badKeys(): StateError {
    const { api } = this.#machine;
    const count: KeyCount = { strings: 0, positions: 0, highest: 0, other: undefined };
    api.lua_settop(this.#L, -3);
    api.lua_pushnil(this.#L);
    while (api.lua_next(this.#L, -2) !== 0) {
      const position = this.#position(-2);
      if (position !== undefined) {
        count.positions++;
        count.highest = Math.max(count.highest, position);
      } else if (api.lua_type(this.#L, -2) === LUA_TSTRING) count.strings++;
      else count.other ??= this.#shownKey();
      api.lua_settop(this.#L, -2);
    }
    return badKeys(count, this.#path);
  }

  #shownKey(): string {
    const { api } = this.#machine;
    const type = api.lua_type(this.#L, -2);
    if (type !== LUA_TNUMBER) return `a ${TYPE_NAMES[type]}`;
    return String(
      api.lua_isinteger(this.#L, -2) === 1
        ? api.lua_tointegerx(this.#L, -2, 0)
        : api.lua_tonumberx(this.#L, -2, 0),
    );
  }
}

interface Member {
  readonly key: string;
  readonly json: Json;
}
