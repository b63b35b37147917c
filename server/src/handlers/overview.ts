import type { CancellationToken } from "vscode-languageserver/node";
import type { EntryMark, OverviewParams, OverviewResult } from "../../../shared/src/protocol.ts";
import type { EntryHead } from "../engine/types.ts";
import { type ServerContext, storeFolder } from "./context.ts";
import { runJob } from "./job.ts";

/** llmspellState/overview */
export async function overview(
  context: ServerContext,
  { store, workDoneToken }: OverviewParams,
  token: CancellationToken,
): Promise<OverviewResult> {
  const folder = storeFolder(context, store);
  const { namespaces, largest, oldest, created, changed, ...counts } = await runJob(
    context.connection,
    "Reading the overview of state",
    workDoneToken,
    token,
    (control) => folder.jobs().overview(control),
  );
  return {
    ...counts,
    namespaces: [...namespaces],
    largest: largest.map(mark),
    oldest: oldest.map(mark),
    created: { ...created, buckets: [...created.buckets] },
    changed: { ...changed, buckets: [...changed.buckets] },
  };
}

function mark({ namespace, key, bytes, updatedAt }: EntryHead): EntryMark {
  return { namespace, key, bytes, updatedAt };
}
