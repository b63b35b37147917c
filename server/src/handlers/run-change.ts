import type { RunChangeParams, RunChangeResult } from "../../../shared/src/protocol.ts";
import { readableValue } from "../service/present-entry.ts";
import type { ServerContext } from "./context.ts";

/** llmspellState/runChange */
export async function runChange(
  context: ServerContext,
  { runId, namespace, key }: RunChangeParams,
): Promise<RunChangeResult | null> {
  const change = context.runs.changes.find(runId, namespace, key);
  if (change === undefined) return null;
  const { before, after } = change;
  const text = (value: string) => readableValue({ namespace, key, value }, { reveal: false }).text;
  return {
    ...(before === undefined ? {} : { before: text(before) }),
    ...(after === undefined ? {} : { after: text(after) }),
  };
}
