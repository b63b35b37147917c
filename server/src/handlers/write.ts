import type { WriteParams } from "../../../shared/src/protocol.ts";
import { jsonOfLua } from "../service/lua-value.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";

/** llmspellState/write */
export async function write(
  context: ServerContext,
  { store, namespace, key, value, format = "json", ifRevision }: WriteParams,
): Promise<{ revision: number }> {
  requireTrust(context, "changing state");
  const engine = storeFolder(context, store).engine();
  const lua = format === "lua";
  const { revision } = await engine.save("editor", namespace, key, lua ? jsonOfLua(value) : value, {
    ...(ifRevision === undefined ? {} : { ifRevision }),
    // In Lua an empty list and an empty object look the same.
    ...(lua ? { keepEmptyArrays: true } : {}),
  });
  return { revision };
}
