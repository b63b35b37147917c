import type { StoreInfo } from "../../../shared/src/protocol.ts";
import type { ServerContext } from "./context.ts";

/** llmspellState/stores */
export async function stores(context: ServerContext): Promise<StoreInfo[]> {
  return await Promise.all(context.folders.all().map((folder) => folder.info()));
}
