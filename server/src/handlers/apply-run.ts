import { StateError } from "../../../shared/src/errors.ts";
import type { ApplyRunResult, ChangePreview } from "../../../shared/src/protocol.ts";
import type { ChangeDetail } from "../engine/types.ts";
import { changePreview } from "../service/present-entry.ts";
import type { StateFolder } from "../workspace/folder.ts";
import { requireTrust, type ServerContext } from "./context.ts";
import type { DryRun } from "./dry-runs.ts";

/** Most changes of others that are told. */
const MOST_TOLD = 1000;

/** llmspellState/applyRun */
export async function applyRun(
  context: ServerContext,
  { runId }: { runId: string },
): Promise<ApplyRunResult> {
  requireTrust(context, "changing state");
  const { dryRuns } = context.runs;
  const run = dryRuns.get(runId);
  const { folder, origin, revision, result } = run;
  if (result.omittedChanges > 0) throw tooMany(result);
  try {
    const applied = await folder.engine().applyChanges(origin, revision, result.changes);
    dryRuns.forget(runId);
    return applied;
  } catch (error) {
    throw error instanceof StateError && error.code === "state-moved-on"
      ? await withDifference(error, run)
      : error;
  }
}

/** llmspellState/discardRun */
export async function discardRun(
  context: ServerContext,
  { runId }: { runId: string },
): Promise<null> {
  context.runs.dryRuns.forget(runId);
  return null;
}

/** The error with what others changed since the run began. */
async function withDifference(error: StateError, { folder, revision }: DryRun) {
  const data = await changedSince(folder, revision);
  return new StateError(error.code, error.message, error.next, { data });
}

async function changedSince(
  folder: StateFolder,
  revision: number,
): Promise<{ changes: readonly ChangePreview[]; total: number }> {
  const since = await folder.engine().changesSince(revision, MOST_TOLD);
  if (since.gap) return { changes: [], total: since.revision - revision };
  const last = new Map(
    since.changes.map((change) => [`${change.namespace} ${change.key}`, change]),
  );
  const changes = await Promise.all(
    [...last.values()].map(async ({ after: _, before: __, ...change }: ChangeDetail) => {
      const entry = await folder.openView().entry(change.namespace, change.key);
      return changePreview(entry === undefined ? change : { ...change, after: entry.value });
    }),
  );
  return { changes, total: changes.length };
}

function tooMany({ changes, omittedChanges }: DryRun["result"]): StateError {
  return new StateError(
    "too-many-changes",
    `The dry run changes ${changes.length + omittedChanges} entries, more than are kept to be applied.`,
    "Run the script itself.",
  );
}
