import { luaL_traceback } from "fengari/src/lauxlib.js";
import {
  type LuaState,
  lua_Debug,
  lua_error,
  lua_getinfo,
  lua_getstack,
  lua_gettop,
  lua_pushstring,
  lua_settop,
  lua_tolstring,
} from "fengari/src/lua.js";
import type { LuaPosition } from "../runtime.ts";
import type { RawValue } from "./to-json.ts";

/** The bytes of a Lua string. */
export const bytes = (value: string): Uint8Array => Buffer.from(value, "utf8");

/** A Lua string for people: what is not UTF-8 is replaced. */
export const text = (value: Uint8Array): string => Buffer.from(value).toString("utf8");

/** The string at an index (a number becomes one), or nothing. */
export function stringAt(L: LuaState, index: number): string {
  return text(lua_tolstring(L, index) ?? new Uint8Array());
}

interface RawState {
  readonly stack: readonly RawValue[];
  readonly ci: { readonly funcOff: number };
}

/** The value at a positive index, as fengari holds it. */
export function valueAt(L: LuaState, index: number): RawValue {
  const { stack, ci } = L as unknown as RawState;
  return stack[ci.funcOff + index] ?? { type: 0, value: null };
}

/** How far up a line is looked for: a script's own function is near. */
const FRAMES = 50;

/** The first frame with a line at or above `level`. */
export function position(L: LuaState, level: number): LuaPosition | undefined {
  const frame = new lua_Debug();
  for (let i = level; lua_getstack(L, i, frame) !== 0 && i < level + FRAMES; i++) {
    lua_getinfo(L, bytes("Sl"), frame);
    if (frame.currentline > 0) {
      const source = text(frame.source);
      const chunk = source.startsWith("@") ? source.slice(1) : text(frame.short_src);
      return { chunk, line: frame.currentline };
    }
  }
  return undefined;
}

/** The traceback without the frames below the script's own. */
export function traceback(L: LuaState, level: number): string {
  const top = lua_gettop(L);
  luaL_traceback(L, L, null, level);
  const shown = stringAt(L, -1);
  lua_settop(L, top);
  return shown.replace(/(\n\t\[(C|JS)\]: in \?)+$/, "");
}

/** Raises `message` with the position of the script's line that called. */
export function raise(L: LuaState, message: string): never {
  const at = position(L, 1);
  lua_pushstring(L, bytes(at === undefined ? message : `${at.chunk}:${at.line}: ${message}`));
  return lua_error(L);
}
