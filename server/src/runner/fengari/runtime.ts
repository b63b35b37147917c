import { luaL_newstate, luaL_requiref, luaL_tolstring } from "fengari/src/lauxlib.js";
import { luaopen_base } from "fengari/src/lbaselib.js";
import { luaopen_coroutine } from "fengari/src/lcorolib.js";
import { luaopen_math } from "fengari/src/lmathlib.js";
import { luaopen_string } from "fengari/src/lstrlib.js";
import { luaopen_table } from "fengari/src/ltablib.js";
import {
  LUA_ERRSYNTAX,
  LUA_MASKCOUNT,
  LUA_MULTRET,
  LUA_OK,
  LUA_TNIL,
  LUA_TNUMBER,
  LUA_TSTRING,
  type LuaFunction,
  type LuaState,
  lua_atnativeerror,
  lua_createtable,
  lua_getglobal,
  lua_gettop,
  lua_pcall,
  lua_pop,
  lua_pushcfunction,
  lua_pushnil,
  lua_pushstring,
  lua_pushvalue,
  lua_rawseti,
  lua_setfield,
  lua_setglobal,
  lua_sethook,
  lua_settop,
  lua_toboolean,
  lua_tolstring,
  lua_touserdata,
  lua_type,
  lua_typename,
} from "fengari/src/lua.js";
import { luaopen_utf8 } from "fengari/src/lutf8lib.js";
import type { LibraryLevel } from "../../config/lua.ts";
import { hostMessage, nativeMessage } from "../host-message.ts";
import { type LibraryName, librariesOf, removedFrom } from "../libraries.ts";
import type {
  HostArguments,
  HostFunction,
  LuaChunk,
  LuaFailure,
  LuaRuntime,
  LuaType,
  RuntimeHost,
} from "../runtime.ts";
import { describe } from "./errors.ts";
import { pushJson } from "./from-json.ts";
import {
  closeCoroutine,
  collectgarbage,
  itself,
  loadChunk,
  printFunction,
  requireFunction,
  writeFunction,
} from "./libraries.ts";
import { bytes, position, raise, stringAt, text, traceback, valueAt } from "./lua.ts";
import { textOf, toJson } from "./to-json.ts";

/** Lua instructions between two looks at the clock: about 50 microseconds of work. */
const TICK = 1000;

const OPENERS: Readonly<Record<LibraryName, LuaFunction>> = {
  _G: luaopen_base,
  coroutine: luaopen_coroutine,
  table: luaopen_table,
  string: luaopen_string,
  math: luaopen_math,
  utf8: luaopen_utf8,
};

/** Where the function that `load` gives stays on the stack, above the message handler. */
const FUNCTION = 2;

/** A fengari state with the allowed libraries, `print`, `io.write` and `require`, and nothing else. */
export function fengariRuntime(host: RuntimeHost, level: LibraryLevel): LuaRuntime {
  const L = luaL_newstate();
  /** The coroutine that runs, for where(). */
  let running = L;
  const enter = (l: LuaState) => {
    running = l;
  };

  lua_atnativeerror(L, (l) => {
    lua_pushstring(l, bytes(nativeMessage(lua_touserdata(l, 1))));
    return 1;
  });
  openLibraries(L, librariesOf(level));
  const output: Enter = (body) => {
    return (l) => {
      enter(l);
      return body(l);
    };
  };
  fill(L, "_G", {
    print: output(printFunction(host)),
    require: requireFunction(host),
    collectgarbage,
  });
  if (level !== "none") fill(L, "coroutine", { close: closeCoroutine });
  if (level === "safe") openIo(L, host, output);

  let failure: LuaFailure | undefined;
  /** Loads a chunk above the message handler, on an empty stack. */
  const prepare = (chunk: LuaChunk): LuaFailure | undefined => {
    lua_settop(L, 0);
    lua_pushcfunction(L, (l) => {
      failure = describe(l);
      return 1;
    });
    const loaded = loadChunk(L, chunk);
    if (loaded !== LUA_OK) return notLoaded(L, loaded);
    lua_sethook(
      L,
      (l) => {
        enter(l);
        host.tick(TICK);
      },
      LUA_MASKCOUNT,
      TICK,
    );
    return undefined;
  };
  /** Calls the function below its arguments. */
  const call = (args: number, results: number): LuaFailure | undefined => {
    failure = undefined;
    if (lua_pcall(L, args, results, 1) === LUA_OK) return undefined;
    if (failure !== undefined) return failure;
    // The handler itself failed, for want of stack or memory.
    return runtimeFailure(text(luaL_tolstring(L, -1)));
  };

  return {
    define: (table, name, body) => fill(L, table, { [name]: wrap(body, enter) }),
    run(chunk, args) {
      setArguments(L, chunk.name, args);
      const unloadable = prepare(chunk);
      if (unloadable !== undefined) return unloadable;
      for (const argument of args) lua_pushstring(L, bytes(argument));
      return call(args.length, 0);
    },
    load(chunk) {
      const unusable = prepare(chunk) ?? call(0, 1);
      if (unusable !== undefined) return unusable;
      const type = text(lua_typename(L, lua_type(L, -1)));
      if (type !== "function") return runtimeFailure(`it returns ${type}, not a function`);
      return {
        call(argument) {
          lua_settop(L, FUNCTION);
          lua_pushvalue(L, FUNCTION);
          pushJson(L, argument);
          return call(1, LUA_MULTRET) ?? valuesAt(L, FUNCTION, lua_gettop(L) - FUNCTION);
        },
        written(argument) {
          lua_settop(L, FUNCTION);
          pushJson(L, argument);
          return toJson(valueAt(L, FUNCTION + 1));
        },
      };
    },
    where: () => ({ position: position(running, 0), traceback: traceback(running, 0) }),
  };
}

function openLibraries(L: LuaState, libraries: readonly LibraryName[]): void {
  for (const name of libraries) {
    luaL_requiref(L, bytes(name), OPENERS[name], true);
    lua_pop(L, 1);
  }
  for (const [table, name] of removedFrom(libraries)) {
    lua_getglobal(L, bytes(table));
    lua_pushnil(L);
    lua_setfield(L, -2, bytes(name));
    lua_pop(L, 1);
  }
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 0);
  for (const name of libraries) {
    lua_getglobal(L, bytes(name));
    lua_setfield(L, -2, bytes(name));
  }
  lua_setfield(L, -2, bytes("loaded"));
  lua_createtable(L, 0, 0);
  lua_setfield(L, -2, bytes("preload"));
  // Told, not obeyed: where `require` looks is fixed.
  lua_pushstring(L, bytes("?.lua;?/init.lua"));
  lua_setfield(L, -2, bytes("path"));
  lua_setglobal(L, bytes("package"));
}

type Enter = (body: LuaFunction) => LuaFunction;

/** `io.write` and the two streams that can be written. */
function openIo(L: LuaState, host: RuntimeHost, output: Enter): void {
  fill(L, "io", { write: output(writeFunction(host, 1)), flush: () => 0 });
  lua_getglobal(L, bytes("io"));
  for (const stream of ["stdout", "stderr"]) {
    lua_createtable(L, 0, 0);
    setFunctions(L, {
      write: output(writeFunction(host, 2)),
      flush: itself,
      setvbuf: itself,
      close: itself,
    });
    lua_setfield(L, -2, bytes(stream));
  }
  lua_pop(L, 1);
}

/** Adds functions to a global table, which is made when there is none. */
function fill(L: LuaState, table: string, functions: Readonly<Record<string, LuaFunction>>): void {
  if (lua_getglobal(L, bytes(table)) === LUA_TNIL) {
    lua_pop(L, 1);
    lua_createtable(L, 0, 0);
    lua_pushvalue(L, -1);
    lua_setglobal(L, bytes(table));
  }
  setFunctions(L, functions);
  lua_pop(L, 1);
}

/** Adds functions to the table on top. */
function setFunctions(L: LuaState, functions: Readonly<Record<string, LuaFunction>>): void {
  for (const [name, body] of Object.entries(functions)) {
    lua_pushcfunction(L, body);
    lua_setfield(L, -2, bytes(name));
  }
}

/** `arg` and `ARGS`, with the script's name at 0. */
function setArguments(L: LuaState, script: string, args: readonly string[]): void {
  for (const name of ["arg", "ARGS"]) {
    lua_createtable(L, 0, 0);
    [script, ...args].forEach((argument, i) => {
      lua_pushstring(L, bytes(argument));
      lua_rawseti(L, -2, i);
    });
    lua_setglobal(L, bytes(name));
  }
}

function runtimeFailure(message: string): LuaFailure {
  return { kind: "runtime", message, position: undefined, traceback: "" };
}

function notLoaded(L: LuaState, status: number): LuaFailure {
  const message = stringAt(L, -1);
  lua_settop(L, 0);
  const kind = status === LUA_ERRSYNTAX ? "syntax" : "runtime";
  return { kind, message, position: undefined, traceback: "" };
}

/** `count` values of the stack above `below`. */
function valuesAt(L: LuaState, below: number, count: number): HostArguments {
  const type = (index: number): LuaType =>
    index > count ? "none" : (text(lua_typename(L, lua_type(L, below + index))) as LuaType);
  return {
    count,
    type,
    boolean: (index) => lua_toboolean(L, below + index),
    text: (index) => {
      const kind = index > count ? undefined : lua_type(L, below + index);
      if (kind !== LUA_TSTRING && kind !== LUA_TNUMBER) return undefined;
      // A copy: lua_tolstring turns the number in its place into a string.
      lua_pushvalue(L, below + index);
      const value = lua_tolstring(L, -1);
      const result = value === null ? undefined : textOf(value);
      lua_pop(L, 1);
      return result;
    },
    json: (index) => toJson(valueAt(L, below + index)),
  };
}

/** A Lua function around one of ours. Nothing thrown gets through but as a Lua error of text. */
function wrap(body: HostFunction, enter: (L: LuaState) => void): LuaFunction {
  return (L) => {
    enter(L);
    const count = lua_gettop(L);
    let message: string | undefined;
    let results = 0;
    try {
      const result = body(valuesAt(L, 0, count));
      if (result !== undefined) {
        results = 1;
        if (result === null) lua_pushnil(L);
        else pushJson(L, result);
      }
    } catch (error) {
      message = hostMessage(error);
    }
    if (message === undefined) return results;
    lua_settop(L, count);
    return raise(L, message);
  };
}
