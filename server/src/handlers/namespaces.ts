import type { NamespaceSummary, StoreParams } from "../../../shared/src/protocol.ts";
import { type ServerContext, storeFolder } from "./context.ts";

/** llmspellState/namespaces */
export async function namespaces(
  context: ServerContext,
  { store }: StoreParams,
): Promise<NamespaceSummary[]> {
  return [...(await storeFolder(context, store).openView().namespaces())];
}
