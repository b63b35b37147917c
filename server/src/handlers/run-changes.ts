import type { ChangeDetail } from "../engine/types.ts";

/** Of so many runs the values around their changes are kept, the newest. */
const MOST_KEPT = 3;

/** What the newest runs changed, by run id, so that a change can be looked at in full. */
export class RunChanges {
  readonly #kept = new Map<string, readonly ChangeDetail[]>();

  keep(runId: string, changes: readonly ChangeDetail[]): void {
    this.#kept.set(runId, changes);
    const [oldest = runId] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest);
  }

  /** undefined when the run is too old, or did not change that entry. */
  find(runId: string, namespace: string, key: string): ChangeDetail | undefined {
    const changes = this.#kept.get(runId) ?? [];
    return changes.find((change) => change.namespace === namespace && change.key === key);
  }
}
