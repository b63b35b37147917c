import { StateError } from "../../../shared/src/errors.ts";
import { KeptLua } from "../runner/kept-lua.ts";
import { ResidentWatch } from "../runner/resident.ts";
import type { ScriptRun } from "../runner/types.ts";
import { DryRuns } from "./dry-runs.ts";
import { RunChanges } from "./run-changes.ts";
import { RunErrors } from "./run-errors.ts";

/** The scripts that are running, by the id that their caller chose. */
export class ScriptRuns {
  /** Where those that ended failed. */
  readonly errors = new RunErrors();
  /** Dry runs that can be applied. */
  readonly dryRuns = new DryRuns();
  /** What the newest ones changed. */
  readonly changes = new RunChanges();
  /** What they leave to those that come. */
  readonly lua = new KeptLua();
  readonly resident = new ResidentWatch();
  readonly #runs = new Map<string, ScriptRun>();

  /** Follows a run to its end. @throws StateError `run-exists` when the id is taken */
  async follow(id: string, start: () => ScriptRun) {
    if (this.#runs.has(id)) {
      throw new StateError(
        "run-exists",
        `A run with the id ${JSON.stringify(id)} is going on.`,
        "Choose another id for this run.",
      );
    }
    const run = start();
    this.#runs.set(id, run);
    try {
      return await run.result;
    } finally {
      this.#runs.delete(id);
    }
  }

  /** Ends a run at once; one that has ended is none. */
  cancel(id: string): void {
    this.#runs.get(id)?.cancel();
  }

  cancelAll(): void {
    for (const run of this.#runs.values()) run.cancel();
  }
}
