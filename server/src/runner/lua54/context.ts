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

/**
 * Raises `message` in Lua with the position of the line that called; `far`: where no line did (it was
 * `pcall`), that of the script's line above.
 */
export function raise(
  { machine, frames }: Context,
  L: LuaState,
  message: string,
  { far = false } = {},
): number {
  const at = frames.position(L, 1, far ? undefined : 1);
  machine.pushText(L, at === undefined ? message : `${at.chunk}:${at.line}: ${message}`);
  return machine.api.lua_error(L);
}

/** Raises that an argument is wrong, as Lua's own libraries do. */
export function raiseArgument(
  { machine }: Context,
  L: LuaState,
  index: number,
  fault: string,
): number {
  return machine.withBytes(Buffer.from(fault, "utf8"), (at) =>
    machine.api.luaL_argerror(L, index, at),
  );
}
