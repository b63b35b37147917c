import { TYPE_NAMES } from "../libraries.ts";
import type { LuaFailure } from "../runtime.ts";
import { LUA_OK, LUA_TNIL, LUA_TNUMBER, LUA_TSTRING, type LuaState } from "./api.ts";
import type { Context } from "./context.ts";
import type { LuaFunction } from "./machine.ts";
import { toJson } from "./to-json.ts";

/** Describes the error value at 1; called as the message handler, with the culprit's frame at level 1. */
export function describe(context: Context, L: LuaState, shown: LuaFunction): LuaFailure {
  return {
    kind: "runtime",
    message: errorMessage(context, L, shown),
    position: context.frames.position(L, 1),
    traceback: context.frames.traceback(L, 1),
  };
}

/** `tostring` of a value, as a function for Lua. */
export function tostring({ machine }: Context): LuaFunction {
  return (L) => {
    machine.api.luaL_tolstring(L, 1, 0);
    return 1;
  };
}

/** A readable message for any error value: a table by its `__tostring`, else as JSON where possible. */
function errorMessage({ machine }: Context, L: LuaState, tostring: LuaFunction): string {
  const { api } = machine;
  const type = api.lua_type(L, 1);
  if (type === LUA_TSTRING || type === LUA_TNUMBER) {
    api.lua_pushvalue(L, 1);
    const message = machine.shownAt(L, -1);
    api.lua_settop(L, -2);
    return message;
  }
  const name = TYPE_NAMES[type] ?? "userdata";
  machine.pushFunction(L, tostring);
  api.lua_pushvalue(L, 1);
  const converted = api.lua_pcallk(L, 1, 1, 0, 0, 0) === LUA_OK;
  const shown = machine.shownAt(L, -1);
  api.lua_settop(L, -2);
  if (!converted) return `(error object is a ${name} value, and its __tostring failed: ${shown})`;
  const bare = type === LUA_TNIL || /^(table|function|thread|userdata): 0x/.test(shown);
  if (!bare) return shown;
  if (name !== "table") return `(error object is a ${name} value)`;
  try {
    return `(error object is a table: ${toJson(machine, L, 1)})`;
  } catch {
    return "(error object is a table value)";
  }
}
