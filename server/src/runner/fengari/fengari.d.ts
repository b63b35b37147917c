/** The part of fengari that the runner uses; it ships no types. Strings are bytes. */

declare module "fengari/src/lua.js" {
  export interface LuaState {
    readonly l_G: object;
  }
  export type LuaFunction = (L: LuaState) => number;
  export class lua_Debug {
    readonly currentline: number;
    readonly short_src: Uint8Array;
    readonly source: Uint8Array;
  }
  export const LUA_OK: number;
  export const LUA_ERRSYNTAX: number;
  export const LUA_YIELD: number;
  export const LUA_MASKCOUNT: number;
  export const LUA_MULTRET: number;
  export const LUA_TNIL: number;
  export const LUA_TNUMBER: number;
  export const LUA_TSTRING: number;
  export function lua_atnativeerror(L: LuaState, f: LuaFunction): void;
  export function lua_call(L: LuaState, args: number, results: number): void;
  export function lua_createtable(L: LuaState, array: number, hash: number): void;
  export function lua_error(L: LuaState): never;
  export function lua_getfield(L: LuaState, index: number, key: Uint8Array): number;
  export function lua_getglobal(L: LuaState, name: Uint8Array): number;
  export function lua_getinfo(L: LuaState, what: Uint8Array, ar: lua_Debug): number;
  export function lua_getstack(L: LuaState, level: number, ar: lua_Debug): number;
  export function lua_gettop(L: LuaState): number;
  export function lua_insert(L: LuaState, index: number): void;
  export function lua_isinteger(L: LuaState, index: number): boolean;
  export function lua_load(
    L: LuaState,
    reader: (L: LuaState, data: unknown) => Uint8Array | null,
    data: unknown,
    name: Uint8Array,
    mode: Uint8Array | null,
  ): number;
  export function lua_next(L: LuaState, index: number): number;
  export function lua_pcall(L: LuaState, args: number, results: number, handler: number): number;
  export function lua_pop(L: LuaState, n: number): void;
  export function lua_pushboolean(L: LuaState, value: boolean): void;
  export function lua_pushcfunction(L: LuaState, f: LuaFunction): void;
  export function lua_pushinteger(L: LuaState, n: number): void;
  export function lua_pushnil(L: LuaState): void;
  export function lua_pushnumber(L: LuaState, n: number): void;
  export function lua_pushstring(L: LuaState, bytes: Uint8Array): void;
  export function lua_pushvalue(L: LuaState, index: number): void;
  export function lua_rawset(L: LuaState, index: number): void;
  export function lua_rawseti(L: LuaState, index: number, n: number): void;
  export function lua_setfield(L: LuaState, index: number, key: Uint8Array): void;
  export function lua_setglobal(L: LuaState, name: Uint8Array): void;
  export function lua_sethook(
    L: LuaState,
    hook: (L: LuaState, ar: lua_Debug) => void,
    mask: number,
    count: number,
  ): void;
  export function lua_settop(L: LuaState, index: number): void;
  export function lua_status(L: LuaState): number;
  export function lua_toboolean(L: LuaState, index: number): boolean;
  export function lua_tonumber(L: LuaState, index: number): number;
  /** Converts a number in place. The bytes are the string's own: not to be written to. */
  export function lua_tolstring(L: LuaState, index: number): Uint8Array | null;
  export function lua_tothread(L: LuaState, index: number): LuaState | null;
  export function lua_touserdata(L: LuaState, index: number): unknown;
  export function lua_type(L: LuaState, index: number): number;
  export function lua_typename(L: LuaState, type: number): Uint8Array;
  export function lua_xmove(from: LuaState, to: LuaState, n: number): void;
}

declare module "fengari/src/lauxlib.js" {
  import type { LuaFunction, LuaState } from "fengari/src/lua.js";
  export function luaL_checkstack(L: LuaState, n: number, message: null): void;
  export function luaL_newstate(): LuaState;
  export function luaL_requiref(
    L: LuaState,
    name: Uint8Array,
    open: LuaFunction,
    global: boolean,
  ): void;
  export function luaL_tolstring(L: LuaState, index: number): Uint8Array;
  export function luaL_traceback(
    L: LuaState,
    of: LuaState,
    message: Uint8Array | null,
    level: number,
  ): void;
  export function luaL_typename(L: LuaState, index: number): Uint8Array;
}

declare module "fengari/src/defs.js" {}

declare module "fengari/src/lbaselib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  export const luaopen_base: LuaFunction;
}
declare module "fengari/src/lcorolib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  export const luaopen_coroutine: LuaFunction;
}
declare module "fengari/src/lmathlib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  export const luaopen_math: LuaFunction;
}
declare module "fengari/src/lstrlib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  export const luaopen_string: LuaFunction;
}
declare module "fengari/src/ltablib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  export const luaopen_table: LuaFunction;
}
declare module "fengari/src/lutf8lib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  export const luaopen_utf8: LuaFunction;
}
