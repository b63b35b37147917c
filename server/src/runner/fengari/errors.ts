import { luaL_tolstring } from "fengari/src/lauxlib.js";
import {
  LUA_OK,
  LUA_TNIL,
  LUA_TNUMBER,
  LUA_TSTRING,
  type LuaState,
  lua_pcall,
  lua_pop,
  lua_pushcfunction,
  lua_pushvalue,
  lua_type,
  lua_typename,
} from "fengari/src/lua.js";
import type { LuaFailure } from "../runtime.ts";
import { position, stringAt, text, traceback, valueAt } from "./lua.ts";
import { toJson } from "./to-json.ts";

/** Called as the message handler: the error value is at 1, the culprit's frame at level 1. */
export function describe(L: LuaState): LuaFailure {
  return {
    kind: "runtime",
    message: errorMessage(L),
    position: position(L, 1),
    traceback: traceback(L, 1),
  };
}

/** A readable message for any error value: a table by its `__tostring`, else as JSON where possible. */
function errorMessage(L: LuaState): string {
  const type = lua_type(L, 1);
  if (type === LUA_TSTRING || type === LUA_TNUMBER) {
    lua_pushvalue(L, 1);
    const message = stringAt(L, -1);
    lua_pop(L, 1);
    return message;
  }
  const name = text(lua_typename(L, type));
  lua_pushcfunction(L, (l) => {
    luaL_tolstring(l, 1);
    return 1;
  });
  lua_pushvalue(L, 1);
  const converted = lua_pcall(L, 1, 1, 0) === LUA_OK;
  const shown = stringAt(L, -1);
  lua_pop(L, 1);
  if (!converted) return `(error object is a ${name} value, and its __tostring failed: ${shown})`;
  const bare = type === LUA_TNIL || /^(table|function|thread|userdata): 0x/.test(shown);
  if (!bare) return shown;
  if (name !== "table") return `(error object is a ${name} value)`;
  try {
    return `(error object is a table: ${toJson(valueAt(L, 1))})`;
  } catch {
    return "(error object is a table value)";
  }
}
