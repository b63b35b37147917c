import type { LibraryLevel } from "../../config/lua.ts";
import { hostMessage, nativeMessage } from "../host-message.ts";
import { type LibraryName, librariesOf, removedFrom, TYPE_NAMES } from "../libraries.ts";
import {
  ArgumentError,
  type HostArguments,
  type HostFunction,
  type LuaChunk,
  type LuaFailure,
  type LuaRuntime,
  type RuntimeHost,
} from "../runtime.ts";
import {
  LUA_ERRSYNTAX,
  LUA_MULTRET,
  LUA_OK,
  LUA_REGISTRYINDEX,
  LUA_TFUNCTION,
  LUA_TNIL,
  LUA_TNUMBER,
  LUA_TSTRING,
  type LuaApi,
  type LuaState,
} from "./api.ts";
import { type Context, raise, raiseArgument } from "./context.ts";
import { describe, tostring } from "./errors.ts";
import { Frames } from "./frames.ts";
import { pushJson } from "./from-json.ts";
import {
  itself,
  loadChunk,
  nativePack,
  printFunction,
  requireFunction,
  textLoad,
  writeFunction,
} from "./libraries.ts";
import { isLuaError, type LuaFunction, LuaMachine, TICK } from "./machine.ts";
import { toJson } from "./to-json.ts";

type Opener = Extract<keyof LuaApi, `luaopen_${string}`>;

const OPENERS: Readonly<Record<LibraryName, Opener>> = {
  _G: "luaopen_base",
  coroutine: "luaopen_coroutine",
  table: "luaopen_table",
  string: "luaopen_string",
  math: "luaopen_math",
  utf8: "luaopen_utf8",
};

/** Where the function that `load` gives stays on the stack, above the message handler. */
const FUNCTION = 2;

/**
 * Lua 5.4 itself, with the allowed libraries, `print`, `io.write` and `require`, and nothing else.
 * @param compiled see compile.ts
 * @param memoryBytes what the script's values may take
 */
export function lua54Runtime(
  compiled: WebAssembly.Module,
  host: RuntimeHost,
  level: LibraryLevel,
  memoryBytes: number,
): LuaRuntime {
  /** The coroutine that runs, for where(). */
  let running = 0;
  const machine = new LuaMachine(compiled, {
    tick: (l) => {
      running = l;
      host.tick(TICK);
    },
    full: () => host.full(),
  });
  const { api, L } = machine;
  running = L;
  const frames = new Frames(machine);
  const context: Context = { machine, frames, host };
  const entering =
    (body: LuaFunction): LuaFunction =>
    (l) => {
      running = l;
      return body(l);
    };

  openLibraries(machine, librariesOf(level));
  fill(machine, "_G", {
    print: entering(printFunction(context)),
    require: entering(requireFunction(context)),
    load: textLoad(context, ownFunction(machine, "_G", "load")),
  });
  if (level !== "none") {
    for (const name of ["pack", "packsize", "unpack"]) {
      const body = ownFunction(machine, "string", name);
      fill(machine, "string", { [name]: nativePack(context, body) });
    }
  }
  if (level === "safe") openIo(context, entering);

  let failure: LuaFailure | undefined;
  const show = tostring(context);
  machine.pushFunction(L, (l) => {
    failure = describe(context, l, show);
    // The buffers of Lua's string library ask for memory themselves, and raise a plain text without it.
    if (machine.wasRefused && /(?:^|: )not enough memory$/.test(failure.message)) {
      running = l;
      host.full();
    }
    return 1;
  });
  const prepare = (chunk: LuaChunk): LuaFailure | undefined => {
    const loaded = loadChunk(context, L, chunk);
    if (loaded === LUA_OK) return undefined;
    const kind = loaded === LUA_ERRSYNTAX ? "syntax" : "runtime";
    return { kind, message: machine.shownAt(L, -1), position: undefined, traceback: "" };
  };
  /** Calls the function below its arguments; the message handler is at 1. */
  const call = (args: number, results: number): LuaFailure | undefined => {
    failure = undefined;
    try {
      if (api.lua_pcallk(L, args, results, 1, 0, 0) === LUA_OK) return undefined;
    } catch (error) {
      // Past all of Lua's frames: they cannot be run again.
      return runtimeFailure(nativeMessage(error));
    }
    // The handler itself failed, for want of stack or memory.
    return failure ?? runtimeFailure(machine.shownAt(L, -1));
  };
  /** Runs the finalizers that are left, as a host of Lua does at its end. */
  const close = () => {
    try {
      api.lua_close(L);
    } catch {
      // A run that has ended does not fail any more.
    }
  };
  machine.limitMemory(memoryBytes);
  machine.startTicking();

  return {
    define(table, name, body) {
      const library = table === "os";
      fill(machine, table, { [name]: wrap(context, body, entering, !library) });
      if (library) setLoaded(machine, table);
    },
    run(chunk, args) {
      setArguments(machine, chunk.name, args);
      const unloadable = prepare(chunk);
      if (unloadable !== undefined) return unloadable;
      api.lua_checkstack(L, args.length);
      for (const argument of args) machine.pushText(L, argument);
      const failed = call(args.length, 0);
      running = L;
      close();
      return failed;
    },
    load(chunk) {
      const unusable = prepare(chunk) ?? call(0, 1);
      if (unusable !== undefined) return unusable;
      const type = api.lua_type(L, FUNCTION);
      if (type !== LUA_TFUNCTION) {
        return runtimeFailure(`it returns ${TYPE_NAMES[type]}, not a function`);
      }
      return {
        call(argument) {
          api.lua_settop(L, FUNCTION);
          api.lua_pushvalue(L, FUNCTION);
          pushJson(machine, L, argument);
          const failed = call(1, LUA_MULTRET);
          return failed ?? valuesAt(machine, L, FUNCTION, api.lua_gettop(L) - FUNCTION);
        },
        written(argument) {
          api.lua_settop(L, FUNCTION);
          pushJson(machine, L, argument);
          return toJson(machine, L, FUNCTION + 1);
        },
      };
    },
    where: () => ({
      position: frames.position(running, 0),
      traceback: frames.traceback(running, 0),
    }),
  };
}

function openLibraries(machine: LuaMachine, libraries: readonly LibraryName[]): void {
  const { api, L } = machine;
  const table = api.__indirect_function_table;
  const first = table.grow(libraries.length);
  libraries.forEach((name, i) => {
    table.set(first + i, api[OPENERS[name]]);
    api.luaL_requiref(L, machine.name(name), first + i, 1);
    api.lua_settop(L, 0);
  });
  for (const [name, member] of removedFrom(libraries)) {
    api.lua_getglobal(L, machine.name(name));
    api.lua_pushnil(L);
    api.lua_setfield(L, -2, machine.name(member));
  }
  api.lua_settop(L, 0);
  api.lua_createtable(L, 0, 0);
  api.lua_getfield(L, LUA_REGISTRYINDEX, machine.name("_LOADED"));
  api.lua_setfield(L, -2, machine.name("loaded"));
  api.lua_createtable(L, 0, 0);
  api.lua_setfield(L, -2, machine.name("preload"));
  // Told, not obeyed: where `require` looks is fixed.
  machine.pushText(L, "?.lua;?/init.lua");
  api.lua_setfield(L, -2, machine.name("path"));
  api.lua_setglobal(L, machine.name("package"));
}

/** Makes a global table a loaded library: messages name its functions with it. */
function setLoaded(machine: LuaMachine, library: string): void {
  const { api, L } = machine;
  api.lua_getfield(L, LUA_REGISTRYINDEX, machine.name("_LOADED"));
  api.lua_getglobal(L, machine.name(library));
  api.lua_setfield(L, -2, machine.name(library));
  api.lua_settop(L, -2);
}

/** A C function of Lua's libraries. */
function ownFunction(machine: LuaMachine, table: string, name: string): LuaFunction {
  const { api, L } = machine;
  api.lua_getglobal(L, machine.name(table));
  api.lua_getfield(L, -1, machine.name(name));
  const body = machine.cFunction(L, -1);
  api.lua_settop(L, -3);
  return body;
}

type Entering = (body: LuaFunction) => LuaFunction;

/** `io.write` and the two streams that can be written. */
function openIo(context: Context, entering: Entering): void {
  const { machine } = context;
  const { api, L } = machine;
  fill(machine, "io", { write: entering(writeFunction(context, 1)), flush: () => 0 });
  api.lua_getglobal(L, machine.name("io"));
  const own = itself(context);
  for (const stream of ["stdout", "stderr"]) {
    api.lua_createtable(L, 0, 0);
    const write = entering(writeFunction(context, 2));
    setFunctions(machine, { write, flush: own, setvbuf: own, close: own });
    api.lua_setfield(L, -2, machine.name(stream));
  }
  api.lua_settop(L, -2);
  setLoaded(machine, "io");
}

/** Adds functions to a global table, which is made when there is none. */
function fill(
  machine: LuaMachine,
  table: string,
  functions: Readonly<Record<string, LuaFunction>>,
): void {
  const { api, L } = machine;
  if (api.lua_getglobal(L, machine.name(table)) === LUA_TNIL) {
    api.lua_settop(L, -2);
    api.lua_createtable(L, 0, 0);
    api.lua_pushvalue(L, -1);
    api.lua_setglobal(L, machine.name(table));
  }
  setFunctions(machine, functions);
  api.lua_settop(L, -2);
}

/** Adds functions to the table on top. */
function setFunctions(machine: LuaMachine, functions: Readonly<Record<string, LuaFunction>>): void {
  const { api, L } = machine;
  for (const [name, body] of Object.entries(functions)) {
    machine.pushFunction(L, body);
    api.lua_setfield(L, -2, machine.name(name));
  }
}

/** `arg` and `ARGS`, with the script's name at 0. */
function setArguments(machine: LuaMachine, script: string, args: readonly string[]): void {
  const { api, L } = machine;
  for (const name of ["arg", "ARGS"]) {
    api.lua_createtable(L, args.length, 1);
    [script, ...args].forEach((argument, i) => {
      machine.pushText(L, argument);
      api.lua_rawseti(L, -2, BigInt(i));
    });
    api.lua_setglobal(L, machine.name(name));
  }
}

function runtimeFailure(message: string): LuaFailure {
  return { kind: "runtime", message, position: undefined, traceback: "" };
}

/** `count` values of the stack above `below`. */
function valuesAt(machine: LuaMachine, L: LuaState, below: number, count: number): HostArguments {
  const { api } = machine;
  return {
    count,
    type: (index) =>
      index > count ? "none" : (TYPE_NAMES[api.lua_type(L, below + index)] ?? "userdata"),
    boolean: (index) => index <= count && api.lua_toboolean(L, below + index) === 1,
    text: (index) => {
      const type = index > count ? undefined : api.lua_type(L, below + index);
      if (type === LUA_TSTRING) return machine.textAt(L, below + index);
      if (type !== LUA_TNUMBER) return undefined;
      // A copy: reading a number as a string turns it into one in its place.
      api.lua_pushvalue(L, below + index);
      const text = machine.textAt(L, -1);
      api.lua_settop(L, -2);
      return text;
    },
    json: (index) => toJson(machine, L, below + index),
  };
}

/**
 * A Lua function around one of ours. Nothing thrown gets through but as a Lua error of text; `far`: with
 * the script's line also where `pcall` calls it.
 */
function wrap(context: Context, body: HostFunction, entering: Entering, far: boolean): LuaFunction {
  const { machine } = context;
  const { api } = machine;
  return entering((L) => {
    const count = api.lua_gettop(L);
    let thrown: unknown;
    try {
      const result = body(valuesAt(machine, L, 0, count));
      if (result === undefined) return 0;
      if (result === null) api.lua_pushnil(L);
      else pushJson(machine, L, result);
      return 1;
    } catch (error) {
      if (isLuaError(error)) throw error;
      thrown = error;
    }
    api.lua_settop(L, count);
    return thrown instanceof ArgumentError
      ? raiseArgument(context, L, thrown.index, thrown.fault)
      : raise(context, L, hostMessage(thrown), { far });
  });
}
