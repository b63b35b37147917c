import { StateError } from "../../../shared/src/errors.ts";
import type { ApplyRunResult, ChangePreview } from "../../../shared/src/protocol.ts";
import type { ChangeDetail, Origin } from "../engine/types.ts";
import type { RunResult } from "../runner/types.ts";
import { changePreview } from "../service/present-entry.ts";
import type { StateFolder } from "../workspace/folder.ts";
import { requireTrust, type ServerContext } from "./context.ts";

/** Of so many dry runs the changes are kept, the newest. */
const MOST_KEPT = 5;
/** Most changes of others that are told. */
const MOST_TOLD = 1000;

/** A dry run whose changes can be made. */
export interface DryRun {
  /** URI of the script. */
  readonly script: string;
  readonly folder: StateFolder;
  readonly origin: Origin;
  /** Of the state that it began with. */
  readonly revision: number;
  readonly result: Pick<RunResult, "changes" | "omittedChanges">;
}

/** What dry runs would change, by run id, until it is applied or discarded. */
export class DryRuns {
  readonly #kept = new Map<string, DryRun>();

  /** Keeps a dry run in the place of an earlier one of the same script. */
  keep(id: string, run: DryRun): void {
    for (const [other, { script }] of this.#kept) if (script === run.script) this.forget(other);
    this.#kept.set(id, run);
    const [oldest = id] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT) this.forget(oldest);
  }

  /** @throws StateError `unknown-run` */
  get(id: string): DryRun {
    const run = this.#kept.get(id);
    if (run !== undefined) return run;
    throw new StateError(
      "unknown-run",
      `Nothing is kept of a dry run ${JSON.stringify(id)}: it was applied, discarded, or is too old.`,
      "Do the dry run again.",
    );
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }
}

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
