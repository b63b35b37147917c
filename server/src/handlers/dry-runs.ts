import { StateError } from "../../../shared/src/errors.ts";
import type { Origin } from "../engine/types.ts";
import type { RunResult } from "../runner/types.ts";
import type { StateFolder } from "../workspace/folder.ts";

/** Of so many dry runs the changes are kept, the newest. */
const MOST_KEPT = 5;

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
