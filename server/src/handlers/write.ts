import type { WriteParams } from "../../../shared/src/protocol.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";

/** llmspellState/write */
export async function write(
  context: ServerContext,
  { store, namespace, key, value, ifRevision }: WriteParams,
): Promise<{ revision: number }> {
  requireTrust(context, "changing state");
  const engine = storeFolder(context, store).engine();
  const { revision } = await engine.save(
    "editor",
    namespace,
    key,
    value,
    ifRevision === undefined ? {} : { ifRevision },
  );
  return { revision };
}
