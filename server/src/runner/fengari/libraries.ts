/** The library functions that fengari has not, or not for scripts: output, `require`, and a few of 5.4. */
import { getHeapStatistics } from "node:v8";
import { luaL_tolstring, luaL_typename } from "fengari/src/lauxlib.js";
import {
  LUA_OK,
  LUA_TNIL,
  LUA_TNUMBER,
  LUA_TSTRING,
  LUA_YIELD,
  type LuaFunction,
  type LuaState,
  lua_call,
  lua_Debug,
  lua_getfield,
  lua_getglobal,
  lua_getstack,
  lua_gettop,
  lua_insert,
  lua_isinteger,
  lua_load,
  lua_pop,
  lua_pushboolean,
  lua_pushinteger,
  lua_pushnumber,
  lua_pushstring,
  lua_pushvalue,
  lua_setfield,
  lua_settop,
  lua_status,
  lua_tolstring,
  lua_tonumber,
  lua_tothread,
  lua_type,
  lua_typename,
  lua_xmove,
} from "fengari/src/lua.js";
import { hostMessage } from "../host-message.ts";
import type { LuaChunk, RuntimeHost } from "../runtime.ts";
import { bytes, raise, stringAt, text } from "./lua.ts";
import { printFloat } from "./numbers.ts";
import { textOf } from "./to-json.ts";

const TAB = bytes("\t");
const NEWLINE = bytes("\n");

/** `print`: to the run's output. */
export function printFunction(host: RuntimeHost): LuaFunction {
  return (L) => {
    const count = lua_gettop(L);
    for (let i = 1; i <= count; i++) {
      const shown = luaL_tolstring(L, i);
      if (i > 1) host.write(TAB);
      host.write(shown);
      lua_pop(L, 1);
    }
    host.write(NEWLINE);
    return 0;
  };
}

/** `io.write` (from argument 1) or a file's `write` (from 2); it gives the file, for chains. */
export function writeFunction(host: RuntimeHost, first: 1 | 2): LuaFunction {
  return (L) => {
    const count = lua_gettop(L);
    for (let i = first; i <= count; i++) {
      const type = lua_type(L, i);
      if (type !== LUA_TSTRING && type !== LUA_TNUMBER) {
        const given = text(lua_typename(L, type));
        raise(L, `bad argument #${i - first + 1} to 'write' (string expected, got ${given})`);
      }
      host.write(written(L, i));
    }
    if (first === 2) lua_pushvalue(L, 1);
    else if (lua_getglobal(L, bytes("io")) !== LUA_TNIL) lua_getfield(L, -1, bytes("stdout"));
    return 1;
  };
}

/** What `io.write` writes: floats without the `.0` that print shows, as Lua does. */
function written(L: LuaState, index: number): Uint8Array {
  if (lua_type(L, index) === LUA_TNUMBER && !lua_isinteger(L, index)) {
    return bytes(printFloat(lua_tonumber(L, index)));
  }
  lua_pushvalue(L, index);
  const shown = lua_tolstring(L, -1) ?? new Uint8Array();
  lua_pop(L, 1);
  return shown;
}

/** A method that gives its object: `io.stdout:flush()`. */
export const itself: LuaFunction = (L) => {
  lua_settop(L, 1);
  return 1;
};

/** Memory is the host's business: the options are answered, and only "count" tells something. */
export const collectgarbage: LuaFunction = (L) => {
  const option = lua_type(L, 1) <= LUA_TNIL ? "collect" : text(luaL_tolstring(L, 1));
  switch (option) {
    case "count":
      lua_pushnumber(L, getHeapStatistics().used_heap_size / 1024);
      return 1;
    case "step":
    case "isrunning":
      lua_pushboolean(L, true);
      return 1;
    case "generational":
    case "incremental":
      lua_pushstring(L, bytes("incremental"));
      return 1;
    case "collect":
    case "stop":
    case "restart":
    case "setpause":
    case "setstepmul":
      lua_pushinteger(L, 0);
      return 1;
    default:
      return raise(L, `bad argument #1 to 'collectgarbage' (invalid option '${option}')`);
  }
};

/** What closing a coroutine resets: see `lua_newthread` and `auxresume` of fengari. */
interface RawThread {
  ci: object;
  readonly base_ci: { next: object | null };
  status: number;
}

/** `coroutine.close` of Lua 5.4: a suspended coroutine is dead afterwards. */
export const closeCoroutine: LuaFunction = (L) => {
  const co = lua_type(L, 1) <= LUA_TNIL ? null : lua_tothread(L, 1);
  if (co === null) {
    const given = text(luaL_typename(L, 1));
    return raise(L, `bad argument #1 to 'close' (thread expected, got ${given})`);
  }
  const status = lua_status(co);
  if (status !== LUA_OK && status !== LUA_YIELD) {
    lua_pushboolean(L, false);
    if (lua_gettop(co) === 0) return 1;
    lua_xmove(co, L, 1);
    return 2;
  }
  if (co === L) return raise(L, "cannot close a running coroutine");
  if (status === LUA_OK && lua_getstack(co, 0, new lua_Debug()) !== 0) {
    return raise(L, "cannot close a normal coroutine");
  }
  const thread = co as unknown as RawThread;
  thread.ci = thread.base_ci;
  thread.base_ci.next = null;
  thread.status = LUA_OK;
  lua_settop(co, 0);
  lua_pushboolean(L, true);
  return 1;
};

/** Compiles a chunk and leaves the function, or the message, on the stack; gives fengari's status. */
export function loadChunk(L: LuaState, chunk: LuaChunk): number {
  let source: Uint8Array | null = chunk.source;
  const reader = () => {
    const part = source;
    source = null;
    return part === null || part.length === 0 ? null : part;
  };
  return lua_load(L, reader, null, bytes(`@${chunk.name}`), bytes("t"));
}

/** `require`: `package.loaded`, `package.preload`, then a Lua file that the host finds. */
export function requireFunction(host: RuntimeHost): LuaFunction {
  /** The modules that are being loaded, outermost first. */
  const loading: string[] = [];
  return (L) => {
    const given = lua_type(L, 1) === LUA_TSTRING ? lua_tolstring(L, 1) : null;
    const name = given === null ? undefined : textOf(given);
    if (name === undefined) {
      return raise(L, "bad argument #1 to 'require' (the name of a module expected)");
    }
    lua_settop(L, 1);
    lua_getglobal(L, bytes("package"));
    lua_getfield(L, 2, bytes("loaded"));
    if (lua_getfield(L, 3, bytes(name)) !== LUA_TNIL) return 1;
    if (loading.includes(name)) {
      raise(L, `module '${name}' requires itself: ${[...loading, name].join(" -> ")}`);
    }
    lua_settop(L, 3);
    lua_getfield(L, 2, bytes("preload"));
    if (lua_getfield(L, 4, bytes(name)) === LUA_TNIL) {
      lua_settop(L, 3);
      loadModule(L, host, name);
    }
    lua_pushvalue(L, 1);
    loading.push(name);
    try {
      lua_call(L, 1, 1);
    } finally {
      loading.pop();
    }
    if (lua_type(L, -1) === LUA_TNIL) {
      lua_pop(L, 1);
      // The module may have set its own value; else it is `true`.
      if (lua_getfield(L, 3, bytes(name)) !== LUA_TNIL) return 1;
      lua_pop(L, 1);
      lua_pushboolean(L, true);
    }
    lua_insert(L, 4);
    lua_settop(L, 4);
    lua_pushvalue(L, 4);
    lua_setfield(L, 3, bytes(name));
    return 1;
  };
}

/** Pushes the module's chunk as a function, or raises. */
function loadModule(L: LuaState, host: RuntimeHost, name: string): void {
  let chunk: LuaChunk | undefined;
  let message = "";
  try {
    chunk = host.module(name);
  } catch (error) {
    message = hostMessage(error);
  }
  // Outside of the try: a Lua error is thrown too, and must pass.
  if (chunk === undefined) raise(L, message);
  else if (loadChunk(L, chunk) !== LUA_OK) {
    raise(L, `error loading module '${name}':\n\t${stringAt(L, -1)}`);
  }
}
