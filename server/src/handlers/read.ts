import type { ReadParams, ReadResult } from "../../../shared/src/protocol.ts";
import { readEntry } from "../service/present-entry.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";

/** llmspellState/read */
export async function read(
  context: ServerContext,
  { store, namespace, key, reveal = false, format = "json" }: ReadParams,
): Promise<ReadResult | null> {
  if (reveal) requireTrust(context, "revealing a sensitive value");
  const entry = await storeFolder(context, store).openView().entry(namespace, key);
  return entry === undefined ? null : readEntry(entry, { reveal, format });
}
