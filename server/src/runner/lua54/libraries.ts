/** The library functions that are not Lua's own, or not quite. */

import { hostMessage } from "../host-message.ts";
import { TYPE_NAMES } from "../libraries.ts";
import type { LuaChunk } from "../runtime.ts";
import { LUA_OK, LUA_TNIL, LUA_TNUMBER, LUA_TSTRING, type LuaApi, type LuaState } from "./api.ts";
import { type Context, raise, raiseArgument } from "./context.ts";
import { isLuaError, type LuaFunction } from "./machine.ts";

const TAB = Buffer.from("\t");
const NEWLINE = Buffer.from("\n");

/** `print`: to the run's output. */
export function printFunction({ machine, host }: Context): LuaFunction {
  const { api } = machine;
  return (L) => {
    const count = api.lua_gettop(L);
    for (let i = 1; i <= count; i++) {
      api.luaL_tolstring(L, i, 0);
      if (i > 1) host.write(TAB);
      host.write(machine.bytesAt(L, -1));
      api.lua_settop(L, -2);
    }
    host.write(NEWLINE);
    return 0;
  };
}

/** `io.write` (from argument 1) or a file's `write` (from 2); it gives the file, for chains. */
export function writeFunction(context: Context, first: 1 | 2): LuaFunction {
  const { machine, host } = context;
  const { api } = machine;
  return (L) => {
    const count = api.lua_gettop(L);
    for (let i = first; i <= count; i++) {
      const type = api.lua_type(L, i);
      if (type !== LUA_TSTRING && type !== LUA_TNUMBER) {
        const given = TYPE_NAMES[type];
        raiseArgument(context, L, i - first + 1, `string expected, got ${given}`);
      }
      api.luaL_tolstring(L, i, 0);
      // A float is written without the `.0` that tostring adds, as Lua does.
      const whole = type === LUA_TNUMBER && machine.shownAt(L, -1).endsWith(".0");
      const bytes = machine.bytesAt(L, -1);
      host.write(whole ? bytes.subarray(0, -2) : bytes);
      api.lua_settop(L, -2);
    }
    if (first === 2) api.lua_pushvalue(L, 1);
    else if (api.lua_getglobal(L, machine.name("io")) !== LUA_TNIL) {
      api.lua_getfield(L, -1, machine.name("stdout"));
    }
    return 1;
  };
}

/** A method that gives its object: `io.stdout:flush()`. */
export function itself({ machine }: Context): LuaFunction {
  return (L) => {
    machine.api.lua_settop(L, 1);
    return 1;
  };
}

/** Lua's own `load`, whose mode may never allow bytecode: that could do anything to the machine. */
export function textLoad({ machine }: Context, load: LuaFunction): LuaFunction {
  const { api } = machine;
  return (L) => {
    if (api.lua_gettop(L) < 3) api.lua_settop(L, 3);
    const mode = api.lua_type(L, 3) === LUA_TNIL ? "t" : machine.shownAt(L, 3);
    machine.pushText(L, mode.replaceAll(/[bB]/g, ""));
    api.lua_rotate(L, 3, 1);
    // The given mode lies above ours now, where `load` would take it for the environment.
    removeAt(api, L, 4);
    return load(L);
  };
}

/**
 * `string.pack` and its like, with the sizes that a native Lua has: `long`, `size_t` and the length
 * before a string are of 64 bits, where those of this machine are of 32.
 */
export function nativePack({ machine }: Context, body: LuaFunction): LuaFunction {
  const { api } = machine;
  const sized: Readonly<Record<string, string>> = { l: "i8", L: "I8", T: "I8", s: "s8" };
  return (L) => {
    const format = api.lua_type(L, 1) === LUA_TSTRING ? machine.textAt(L, 1) : undefined;
    if (format !== undefined && /[lLTs]/.test(format)) {
      machine.pushText(
        L,
        format.replaceAll(/[lLT]|s(?!\d)/g, (option) => sized[option] ?? option),
      );
      api.lua_rotate(L, 1, 1);
      removeAt(api, L, 2);
    }
    return body(L);
  };
}

function removeAt(api: LuaApi, L: LuaState, index: number): void {
  api.lua_rotate(L, index, -1);
  api.lua_settop(L, -2);
}

/** Compiles a chunk and leaves the function, or the message, on the stack; gives Lua's status. */
export function loadChunk({ machine }: Context, L: LuaState, chunk: LuaChunk): number {
  const { api } = machine;
  const name = Buffer.from(`@${chunk.name}`, "utf8");
  return machine.withBytes(chunk.source, (source) =>
    machine.withBytes(name, (shown) =>
      api.luaL_loadbufferx(L, source, chunk.source.length, shown, machine.name("t")),
    ),
  );
}

/** `require`: `package.loaded`, `package.preload`, then a Lua file that the host finds. */
export function requireFunction(context: Context): LuaFunction {
  const { machine } = context;
  const { api } = machine;
  /** The modules that are being loaded, outermost first. */
  const loading: string[] = [];
  return (L) => {
    const name = api.lua_type(L, 1) === LUA_TSTRING ? machine.textAt(L, 1) : undefined;
    if (name === undefined) {
      return raise(context, L, "bad argument #1 to 'require' (the name of a module expected)");
    }
    api.lua_settop(L, 1);
    api.lua_getglobal(L, machine.name("package"));
    api.lua_getfield(L, 2, machine.name("loaded"));
    if (getField(L, 3) !== LUA_TNIL) return 1;
    if (loading.includes(name)) {
      raise(context, L, `module '${name}' requires itself: ${[...loading, name].join(" -> ")}`);
    }
    api.lua_settop(L, 3);
    api.lua_getfield(L, 2, machine.name("preload"));
    if (getField(L, 4) === LUA_TNIL) {
      api.lua_settop(L, 3);
      loadModule(context, L, name);
    }
    api.lua_pushvalue(L, 1);
    loading.push(name);
    try {
      api.lua_callk(L, 1, 1, 0, 0);
    } finally {
      loading.pop();
    }
    if (api.lua_type(L, -1) === LUA_TNIL) {
      api.lua_settop(L, -2);
      // The module may have set its own value; else it is `true`.
      if (getField(L, 3) !== LUA_TNIL) return 1;
      api.lua_settop(L, -2);
      api.lua_pushboolean(L, 1);
    }
    api.lua_rotate(L, 4, 1);
    api.lua_settop(L, 4);
    api.lua_pushvalue(L, 1);
    api.lua_pushvalue(L, 4);
    api.lua_rawset(L, 3);
    return 1;
  };

  /** Pushes the member of the table at an index that the module's name, at 1, stands for. */
  function getField(L: LuaState, table: number): number {
    api.lua_pushvalue(L, 1);
    return api.lua_rawget(L, table);
  }
}

/** Pushes the module's chunk as a function, or raises. */
function loadModule(context: Context, L: LuaState, name: string): void {
  const { machine, host } = context;
  let chunk: LuaChunk | undefined;
  let message = "";
  try {
    chunk = host.module(name);
  } catch (error) {
    if (isLuaError(error)) throw error;
    message = hostMessage(error);
  }
  if (chunk === undefined) raise(context, L, message);
  else if (loadChunk(context, L, chunk) !== LUA_OK) {
    raise(context, L, `error loading module '${name}':\n\t${machine.shownAt(L, -1)}`);
  }
}
