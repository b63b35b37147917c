/** Writes media/lua/state.lua, the State API as LuaLS and EmmyLua read it: `node scripts/lua-meta.ts`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { stateMeta } from "../server/src/service/lua-library/state-meta.ts";

const FILE = new URL("../media/lua/state.lua", import.meta.url);
const ORIGIN = "Written by `node scripts/lua-meta.ts` from shared/src/api.ts: change it there.";

/** The text of media/lua/state.lua. */
export function luaMeta(): string {
  return stateMeta({ origin: ORIGIN });
}

if (import.meta.main) {
  mkdirSync(new URL(".", FILE), { recursive: true });
  writeFileSync(FILE, luaMeta());
}
