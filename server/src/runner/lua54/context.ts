import type { RuntimeHost } from "../runtime.ts";
import type { LuaState } from "./api.ts";
import type { Frames } from "./frames.ts";
import type { LuaMachine } from "./machine.ts";

/** What the functions of this runtime work with. */
export interface Context {
  readonly machine: LuaMachine;
  readonly frames: Frames;
  readonly host: RuntimeHost;
}

/** Raises `message` in Lua with the position of the script's line that called. */
export function raise({ machine, frames }: Context, L: LuaState, message: string): number {
  const at = frames.position(L, 1);
  machine.pushText(L, at === undefined ? message : `${at.chunk}:${at.line}: ${message}`);
  return machine.api.lua_error(L);
}
