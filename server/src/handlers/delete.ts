import type { DeleteParams } from "../../../shared/src/protocol.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";

/** llmspellState/delete */
export async function deleteEntry(
  context: ServerContext,
  { store, namespace, key, ifRevision }: DeleteParams,
): Promise<{ revision: number } | null> {
  requireTrust(context, "changing state");
  const engine = storeFolder(context, store).engine();
  const options = ifRevision === undefined ? {} : { ifRevision };
  const change = await engine.delete("editor", namespace, key, options);
  return change === undefined ? null : { revision: change.revision };
}
