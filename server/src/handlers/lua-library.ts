import type { LuaLibraryParams, LuaLibraryResult } from "../../../shared/src/protocol.ts";
import type { StateView } from "../engine/types.ts";
import { parseValue } from "../engine/values/parse.ts";
import { stateMeta } from "../service/lua-library/state-meta.ts";
import { storedTypes, type TypedEntry } from "../service/lua-library/stored-types.ts";
import { type ServerContext, storeFolder } from "./context.ts";

/** Entries whose form is told, and bytes of one. */
const MOST = 500;
const LARGEST = 100_000;

const ORIGIN =
  "Written by LLMSpell State: its command 'Add Lua Library' writes it anew. Names and types only.";

/** llmspellState/luaLibrary */
export async function luaLibrary(
  context: ServerContext,
  { store, types = false }: LuaLibraryParams,
): Promise<LuaLibraryResult> {
  const folder = storeFolder(context, store);
  const { entries, more } = types ? await readForms(folder.openView()) : NOTHING;
  const text = stateMeta({ origin: ORIGIN, ...storedTypes(entries) });
  return { text, typed: entries.length, more };
}

const NOTHING: Awaited<ReturnType<typeof readForms>> = { entries: [], more: false };

async function readForms(
  view: StateView,
): Promise<{ readonly entries: readonly TypedEntry[]; readonly more: boolean }> {
  const entries: TypedEntry[] = [];
  let more = false;
  for (const { namespace } of await view.namespaces()) {
    const limit = MOST - entries.length;
    const page = await view.page(namespace, { limit: limit + 1, maxValueBytes: LARGEST });
    more ||= page.length > limit;
    for (const { key, value } of page.slice(0, limit)) {
      if (value === "") more = true;
      else entries.push({ namespace, key, value: parseValue(value) });
    }
    if (entries.length >= MOST) return { entries, more: true };
  }
  return { entries, more };
}
