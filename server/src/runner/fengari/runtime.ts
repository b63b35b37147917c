import {
  luaL_newstate,
  luaL_requiref,
  luaL_tolstring,
  luaL_traceback,
} from "fengari/src/lauxlib.js";
import { luaopen_base } from "fengari/src/lbaselib.js";
import { luaopen_coroutine } from "fengari/src/lcorolib.js";
import { luaopen_math } from "fengari/src/lmathlib.js";
import { luaopen_string } from "fengari/src/lstrlib.js";
import { luaopen_table } from "fengari/src/ltablib.js";
import {
  LUA_ERRSYNTAX,
  LUA_MASKCOUNT,
  LUA_OK,
  LUA_TNIL,
  LUA_TNUMBER,
  LUA_TSTRING,
  type LuaFunction,
  type LuaState,
  lua_atnativeerror,
  lua_call,
  lua_createtable,
  lua_Debug,
  lua_error,
  lua_getfield,
  lua_getglobal,
  lua_getinfo,
  lua_getstack,
  lua_gettop,
  lua_insert,
  lua_load,
  lua_pcall,
  lua_pop,
  lua_pushboolean,
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
import { StateError } from "../../../../shared/src/errors.ts";
import {
  type HostArguments,
  type HostFunction,
  type LuaChunk,
  type LuaFailure,
  type LuaPosition,
  type LuaRuntime,
  type LuaType,
  type RuntimeHost,
  ScriptError,
} from "../runtime.ts";
import { pushJson } from "./from-json.ts";
import { type RawValue, textOf, toJson } from "./to-json.ts";

/** Lua instructions between two looks at the clock: about 50 microseconds of work. */
const TICK = 1000;

const LIBRARIES: readonly (readonly [string, LuaFunction])[] = [
  ["_G", luaopen_base],
  ["coroutine", luaopen_coroutine],
  ["table", luaopen_table],
  ["string", luaopen_string],
  ["math", luaopen_math],
  ["utf8", luaopen_utf8],
];

/** What the opened libraries have and scripts must not: files, bytecode. */
const REMOVED: readonly (readonly [string, string])[] = [
  ["_G", "dofile"],
  ["_G", "loadfile"],
  ["_G", "collectgarbage"],
  ["string", "dump"],
];

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const text = (value: Uint8Array): string => Buffer.from(value).toString("utf8");

/** A fengari state with the allowed libraries, `print`, `io.write` and `require`, and nothing else. */
export function fengariRuntime(host: RuntimeHost): LuaRuntime {
  const L = luaL_newstate();
  /** The coroutine that runs, for where(). */
  let running = L;

  lua_atnativeerror(L, (l) => {
    const error = lua_touserdata(l, 1);
    lua_pushstring(l, bytes(nativeMessage(error)));
    return 1;
  });
  for (const [name, open] of LIBRARIES) {
    luaL_requiref(L, bytes(name), open, true);
    lua_pop(L, 1);
  }
  for (const [table, name] of REMOVED) {
    lua_getglobal(L, bytes(table));
    lua_pushnil(L);
    lua_setfield(L, -2, bytes(name));
    lua_pop(L, 1);
  }

  const inTable = (table: string, fill: () => void) => {
    if (lua_getglobal(L, bytes(table)) === LUA_TNIL) {
      lua_pop(L, 1);
      lua_createtable(L, 0, 0);
      lua_pushvalue(L, -1);
      lua_setglobal(L, bytes(table));
    }
    fill();
    lua_pop(L, 1);
  };
  const setFunction = (name: string, body: LuaFunction) => {
    lua_pushcfunction(L, body);
    lua_setfield(L, -2, bytes(name));
  };

  const print: LuaFunction = (l) => {
    running = l;
    const count = lua_gettop(l);
    for (let i = 1; i <= count; i++) {
      const shown = luaL_tolstring(l, i);
      if (i > 1) host.write(TAB);
      host.write(shown);
      lua_pop(l, 1);
    }
    host.write(NEWLINE);
    return 0;
  };
  inTable("_G", () => setFunction("print", print));
  inTable("io", () => addWriters(L, host, setFunction));
  inTable("package", () => {
    lua_createtable(L, 0, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, bytes("loaded"));
    for (const [name] of LIBRARIES) {
      lua_getglobal(L, bytes(name));
      lua_setfield(L, -2, bytes(name));
    }
    lua_pop(L, 1);
    lua_createtable(L, 0, 0);
    lua_setfield(L, -2, bytes("preload"));
    lua_pushstring(L, bytes("?.lua;?/init.lua"));
    lua_setfield(L, -2, bytes("path"));
  });
  lua_pushcfunction(L, requireFunction(host));
  lua_setglobal(L, bytes("require"));

  const tick = (l: LuaState) => {
    running = l;
    host.tick();
  };

  return {
    title: "Lua 5.3 (fengari)",
    define(table, name, body) {
      const lua = wrap(body, (l) => {
        running = l;
      });
      inTable(table, () => setFunction(name, lua));
    },
    run(chunk, args) {
      lua_settop(L, 0);
      for (const name of ["arg", "ARGS"]) {
        lua_createtable(L, 0, 0);
        lua_pushstring(L, bytes(chunk.name));
        lua_rawseti(L, -2, 0);
        args.forEach((argument, i) => {
          lua_pushstring(L, bytes(argument));
          lua_rawseti(L, -2, i + 1);
        });
        lua_setglobal(L, bytes(name));
      }
      let failure: LuaFailure | undefined;
      lua_pushcfunction(L, (l) => {
        failure ??= describe(l);
        return 1;
      });
      const loaded = load(L, chunk);
      if (loaded !== LUA_OK) {
        const message = text(lua_tolstring(L, -1) ?? bytes("the script could not be loaded"));
        lua_settop(L, 0);
        const kind = loaded === LUA_ERRSYNTAX ? "syntax" : "runtime";
        return { kind, message, position: undefined, traceback: "" };
      }
      for (const argument of args) lua_pushstring(L, bytes(argument));
      lua_sethook(L, tick, LUA_MASKCOUNT, TICK);
      const status = lua_pcall(L, args.length, 0, 1);
      if (status === LUA_OK) return undefined;
      const message = text(luaL_tolstring(L, -1));
      return failure ?? { kind: "runtime", message, position: undefined, traceback: "" };
    },
    where: () => ({ position: position(running, 0), traceback: traceback(running, 0) }),
  };
}

const TAB = bytes("\t");
const NEWLINE = bytes("\n");

/** What a script sees of an error of the runtime itself, which must not hand it our objects. */
function nativeMessage(error: unknown): string {
  if (error instanceof RangeError) {
    return /call stack/i.test(error.message) ? "stack overflow" : "not enough memory";
  }
  return `error in the Lua runtime: ${error instanceof Error ? error.message : String(error)}`;
}

function load(L: LuaState, chunk: LuaChunk): number {
  let source: Uint8Array | null = chunk.source;
  const reader = () => {
    const part = source;
    source = null;
    return part === null || part.length === 0 ? null : part;
  };
  return lua_load(L, reader, null, bytes(`@${chunk.name}`), bytes("t"));
}

/** The first frame with a line at or above `level`. */
function position(L: LuaState, level: number): LuaPosition | undefined {
  const frame = new lua_Debug();
  for (let i = level; lua_getstack(L, i, frame) !== 0 && i < level + 50; i++) {
    lua_getinfo(L, bytes("Sl"), frame);
    if (frame.currentline > 0) {
      const source = text(frame.source);
      return {
        chunk: source.startsWith("@") ? source.slice(1) : text(frame.short_src),
        line: frame.currentline,
      };
    }
  }
  return undefined;
}

/** The traceback without the frames below the script's own. */
function traceback(L: LuaState, level: number): string {
  const top = lua_gettop(L);
  luaL_traceback(L, L, null, level);
  const shown = text(lua_tolstring(L, -1) ?? new Uint8Array());
  lua_settop(L, top);
  return shown.replace(/(\n\t\[C\]: in \?)+$/, "");
}

/** Called as the message handler: the error value is at 1, the culprit's frame at level 1. */
function describe(L: LuaState): LuaFailure {
  return {
    kind: "runtime",
    message: errorMessage(L),
    position: position(L, 1),
    traceback: traceback(L, 1),
  };
}

/** A readable message for any error value: tables by their `__tostring`, else as JSON where possible. */
function errorMessage(L: LuaState): string {
  const type = lua_type(L, 1);
  if (type === LUA_TSTRING || type === LUA_TNUMBER) {
    lua_pushvalue(L, 1);
    const message = text(lua_tolstring(L, -1) ?? new Uint8Array());
    lua_pop(L, 1);
    return message;
  }
  const name = text(lua_typename(L, type));
  const raw = valueAt(L, 1);
  lua_pushcfunction(L, (l) => {
    luaL_tolstring(l, 1);
    return 1;
  });
  lua_pushvalue(L, 1);
  const converted = lua_pcall(L, 1, 1, 0) === LUA_OK;
  const shown = text(lua_tolstring(L, -1) ?? new Uint8Array());
  lua_pop(L, 1);
  if (!converted) return `(error object is a ${name} value, and its __tostring failed: ${shown})`;
  if (!/^(table|function|thread|userdata): 0x/.test(shown) && type !== LUA_TNIL) return shown;
  if (name !== "table") return `(error object is a ${name} value)`;
  try {
    return `(error object is a table: ${toJson(raw)})`;
  } catch {
    return "(error object is a table value)";
  }
}

interface RawState {
  readonly stack: readonly RawValue[];
  readonly ci: { readonly funcOff: number };
}

/** The value at a positive index, as fengari holds it. */
function valueAt(L: LuaState, index: number): RawValue {
  const { stack, ci } = L as unknown as RawState;
  return stack[ci.funcOff + index] ?? { type: 0, value: null };
}

/** Raises `message` with the position of the script's line that called. */
function raise(L: LuaState, message: string): never {
  const at = position(L, 1);
  lua_pushstring(L, bytes(at === undefined ? message : `${at.chunk}:${at.line}: ${message}`));
  return lua_error(L);
}

function argumentsOf(L: LuaState, count: number): HostArguments {
  const type = (index: number): LuaType =>
    index > count ? "none" : (text(lua_typename(L, lua_type(L, index))) as LuaType);
  return {
    count,
    type,
    boolean: (index) => lua_toboolean(L, index),
    text: (index) => {
      const kind = index > count ? undefined : lua_type(L, index);
      if (kind !== LUA_TSTRING && kind !== LUA_TNUMBER) return undefined;
      lua_pushvalue(L, index);
      const value = lua_tolstring(L, -1);
      const result = value === null ? undefined : textOf(value);
      lua_pop(L, 1);
      return result;
    },
    json: (index) => toJson(valueAt(L, index)),
  };
}

/** A Lua function around one of ours. Nothing thrown gets through but as a Lua error of text. */
function wrap(body: HostFunction, entered: (L: LuaState) => void): LuaFunction {
  return (L) => {
    entered(L);
    const top = lua_gettop(L);
    let message: string | undefined;
    let results = 0;
    try {
      const result = body(argumentsOf(L, top));
      if (result !== undefined) {
        results = 1;
        if (result === null) lua_pushnil(L);
        else pushJson(L, result);
      }
    } catch (error) {
      message = hostMessage(error);
    }
    if (message === undefined) return results;
    lua_settop(L, top);
    return raise(L, message);
  };
}

function hostMessage(error: unknown): string {
  if (error instanceof StateError) return `${error.message} ${error.next} (${error.code})`;
  if (error instanceof ScriptError) return error.message;
  return nativeMessage(error);
}

/** `io.write`, `io.stdout:write` and `io.stderr:write`: all to the run's output. The table is on top. */
function addWriters(
  L: LuaState,
  host: RuntimeHost,
  setFunction: (name: string, body: LuaFunction) => void,
): void {
  const writer =
    (first: number, file: (l: LuaState) => void): LuaFunction =>
    (l) => {
      const count = lua_gettop(l);
      for (let i = first; i <= count; i++) {
        const type = lua_type(l, i);
        if (type !== LUA_TSTRING && type !== LUA_TNUMBER) {
          raise(
            l,
            `bad argument #${i - first + 1} to 'write' (string expected, got ${text(lua_typename(l, type))})`,
          );
        }
        lua_pushvalue(l, i);
        host.write(lua_tolstring(l, -1) ?? new Uint8Array());
        lua_pop(l, 1);
      }
      file(l);
      return 1;
    };
  const streamMethods: [string, LuaFunction][] = [
    ["write", writer(2, (l) => lua_pushvalue(l, 1))],
    ["flush", (l) => (lua_settop(l, 1), 1)],
    ["setvbuf", (l) => (lua_pushboolean(l, true), 1)],
    ["close", () => 0],
  ];
  for (const name of ["stdout", "stderr"]) {
    lua_createtable(L, 0, 0);
    for (const [method, body] of streamMethods) setFunction(method, body);
    lua_setfield(L, -2, bytes(name));
  }
  setFunction(
    "write",
    writer(1, (l) => {
      lua_getglobal(l, bytes("io"));
      if (lua_type(l, -1) !== LUA_TNIL) lua_getfield(l, -1, bytes("stdout"));
    }),
  );
  setFunction("flush", () => 0);
}

/** `require`: `package.loaded`, `package.preload`, then a Lua file that the host finds. */
function requireFunction(host: RuntimeHost): LuaFunction {
  return (L) => {
    const name =
      lua_type(L, 1) === LUA_TSTRING ? textOf(lua_tolstring(L, 1) ?? new Uint8Array()) : undefined;
    if (name === undefined)
      return raise(L, "bad argument #1 to 'require' (a module's name expected)");
    lua_settop(L, 1);
    lua_getglobal(L, bytes("package"));
    lua_getfield(L, 2, bytes("loaded"));
    if (lua_getfield(L, 3, bytes(name)) !== LUA_TNIL) return 1;
    lua_settop(L, 3);
    lua_getfield(L, 2, bytes("preload"));
    if (lua_getfield(L, 4, bytes(name)) === LUA_TNIL) {
      lua_pop(L, 1);
      let chunk: LuaChunk | undefined;
      let message = "";
      try {
        chunk = host.module(name);
      } catch (error) {
        message = hostMessage(error);
      }
      if (chunk === undefined) return raise(L, message);
      if (load(L, chunk) !== LUA_OK) {
        const fault = text(lua_tolstring(L, -1) ?? new Uint8Array());
        return raise(L, `error loading module '${name}':\n\t${fault}`);
      }
    }
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    if (lua_type(L, -1) === LUA_TNIL) {
      lua_pop(L, 1);
      // The module may have set its own value; else it is `true`.
      if (lua_getfield(L, 3, bytes(name)) !== LUA_TNIL) return 1;
      lua_pop(L, 1);
      lua_pushboolean(L, true);
    }
    lua_pushvalue(L, -1);
    lua_insert(L, 4);
    lua_settop(L, 4);
    lua_pushvalue(L, 4);
    lua_setfield(L, 3, bytes(name));
    return 1;
  };
}
