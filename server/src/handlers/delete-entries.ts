import type { CancellationToken } from "vscode-languageserver/node";
import type { DeleteEntriesParams, DeleteEntriesResult } from "../../../shared/src/protocol.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { runJob } from "./job.ts";

/** Names that are told of what is deleted. */
const MOST_TOLD = 200;

/** llmspellState/deleteEntries */
export async function deleteEntries(
  context: ServerContext,
  { store, parts, dryRun = false }: DeleteEntriesParams,
  token: CancellationToken,
): Promise<DeleteEntriesResult> {
  requireTrust(context, "changing state");
  const folder = storeFolder(context, store);
  const engine = dryRun ? folder.jobs() : folder.engine();
  const { total, entries } = await runJob(
    context.connection,
    "Deleting entries",
    undefined,
    token,
    (control) => engine.deleteParts("editor", parts, { dryRun, limit: MOST_TOLD }, control),
  );
  return { total, entries: [...entries] };
}
