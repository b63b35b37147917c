import type { EntryParams, HistoryEntry, UndoParams } from "../../../shared/src/protocol.ts";
import { readableValue } from "../service/present-entry.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";

/** llmspellState/history */
export async function history(
  context: ServerContext,
  { store, namespace, key }: EntryParams,
): Promise<HistoryEntry[]> {
  const items = await storeFolder(context, store).engine().history(namespace, key);
  return items.map(({ value, ...item }) =>
    value === undefined
      ? item
      : { ...item, value: readableValue({ namespace, key, value }, { reveal: false }).text },
  );
}

/** llmspellState/undo */
export async function undo(
  context: ServerContext,
  { store, namespace, key, to }: UndoParams,
): Promise<{ revision: number }> {
  requireTrust(context, "changing state");
  const engine = storeFolder(context, store).engine();
  const { revision } = await engine.undo("editor", namespace, key, to);
  return { revision };
}
