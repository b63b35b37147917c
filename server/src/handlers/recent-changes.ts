import type { Change, RecentChangesParams } from "../../../shared/src/protocol.ts";
import { type ServerContext, storeFolder } from "./context.ts";

/** Most changes of one answer. */
const MOST = 1000;

/** llmspellState/recentChanges */
export async function recentChanges(
  context: ServerContext,
  { store, limit = 100 }: RecentChangesParams,
): Promise<Change[]> {
  return [...(await storeFolder(context, store).recentChanges(Math.min(limit, MOST)))];
}
