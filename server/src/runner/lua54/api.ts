/** The part of Lua 5.4's C API that the runner uses, as the WebAssembly exports it. */

/** A `lua_State *`. */
export type LuaState = number;
/** An address in the machine's memory; 0 is NULL. */
export type Pointer = number;

export interface LuaApi {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly __indirect_function_table: {
    readonly length: number;
    get(index: number): (...values: readonly number[]) => number;
    set(index: number, value: unknown): void;
    grow(by: number): number;
  };
  __wasm_call_ctors(): void;
  malloc(bytes: number): Pointer;
  realloc(at: Pointer, bytes: number): Pointer;
  free(at: Pointer): void;
  stackSave(): Pointer;
  stackRestore(at: Pointer): void;
  setThrew(threw: number, value: number): void;

  lua_newstate(allocator: number, data: Pointer): LuaState;
  lua_close(L: LuaState): void;
  luaL_requiref(L: LuaState, name: Pointer, open: number, global: number): void;
  luaopen_base(L: LuaState): number;
  luaopen_coroutine(L: LuaState): number;
  luaopen_table(L: LuaState): number;
  luaopen_string(L: LuaState): number;
  luaopen_math(L: LuaState): number;
  luaopen_utf8(L: LuaState): number;

  lua_gettop(L: LuaState): number;
  lua_settop(L: LuaState, index: number): void;
  lua_pushvalue(L: LuaState, index: number): void;
  lua_rotate(L: LuaState, index: number, n: number): void;
  lua_checkstack(L: LuaState, n: number): number;
  lua_type(L: LuaState, index: number): number;
  lua_isinteger(L: LuaState, index: number): number;
  lua_toboolean(L: LuaState, index: number): number;
  lua_tonumberx(L: LuaState, index: number, isNumber: Pointer): number;
  lua_tointegerx(L: LuaState, index: number, isInteger: Pointer): bigint;
  /** Converts a number in place. */
  lua_tolstring(L: LuaState, index: number, length: Pointer): Pointer;
  lua_tocfunction(L: LuaState, index: number): number;
  lua_topointer(L: LuaState, index: number): Pointer;
  lua_pushnil(L: LuaState): void;
  lua_pushboolean(L: LuaState, value: number): void;
  lua_pushinteger(L: LuaState, n: bigint): void;
  lua_pushnumber(L: LuaState, n: number): void;
  lua_pushlstring(L: LuaState, at: Pointer, length: number): Pointer;
  lua_pushcclosure(L: LuaState, body: number, upvalues: number): void;
  lua_createtable(L: LuaState, items: number, members: number): void;
  lua_getglobal(L: LuaState, name: Pointer): number;
  lua_setglobal(L: LuaState, name: Pointer): void;
  lua_getfield(L: LuaState, index: number, name: Pointer): number;
  lua_setfield(L: LuaState, index: number, name: Pointer): void;
  lua_rawget(L: LuaState, index: number): number;
  lua_rawset(L: LuaState, index: number): void;
  lua_rawseti(L: LuaState, index: number, n: bigint): void;
  lua_next(L: LuaState, index: number): number;
  lua_callk(L: LuaState, args: number, results: number, context: number, k: number): void;
  lua_pcallk(
    L: LuaState,
    args: number,
    results: number,
    handler: number,
    context: number,
    k: number,
  ): number;
  lua_error(L: LuaState): number;
  luaL_argerror(L: LuaState, argument: number, fault: Pointer): number;
  luaL_loadbufferx(L: LuaState, at: Pointer, length: number, name: Pointer, mode: Pointer): number;
  luaL_tolstring(L: LuaState, index: number, length: Pointer): Pointer;
  luaL_traceback(L: LuaState, of: LuaState, message: Pointer, level: number): void;
  lua_getstack(L: LuaState, level: number, frame: Pointer): number;
  lua_getinfo(L: LuaState, what: Pointer, frame: Pointer): number;
  lua_sethook(L: LuaState, hook: number, mask: number, count: number): void;
}

export const LUA_OK = 0;
export const LUA_ERRSYNTAX = 3;
export const LUA_MULTRET = -1;
export const LUA_MASKCOUNT = 8;
export const LUA_TNIL = 0;
export const LUA_TBOOLEAN = 1;
export const LUA_TNUMBER = 3;
export const LUA_TSTRING = 4;
export const LUA_TTABLE = 5;
export const LUA_TFUNCTION = 6;

/** With LUAI_MAXSTACK of a million. */
export const LUA_REGISTRYINDEX = -1_001_000;
/** The pseudo-index of a function's first upvalue. */
export const FIRST_UPVALUE = LUA_REGISTRYINDEX - 1;
