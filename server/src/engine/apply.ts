import { StateError } from "../../../shared/src/errors.ts";
import type { ChangeDetail, Origin, Store } from "./types.ts";

/** What a change leaves: the value, or without one nothing. */
export type PlannedChange = Pick<ChangeDetail, "namespace" | "key" | "after">;

/**
 * Makes changes that were worked out on the state of a revision, in one transaction.
 * @throws StateError `state-moved-on` when anything was changed since
 */
export async function applyChanges(
  store: Pick<Store, "transact">,
  origin: Origin,
  revision: number,
  changes: readonly PlannedChange[],
): Promise<{ readonly applied: number }> {
  return store.transact(origin, async (transaction) => {
    if ((await transaction.revision()) !== revision) throw movedOn();
    for (const { namespace, key, after } of changes) {
      if (after === undefined) await transaction.delete(namespace, key);
      else await transaction.save(namespace, key, after);
    }
    return { applied: changes.length };
  });
}

function movedOn(): StateError {
  return new StateError(
    "state-moved-on",
    "The state was changed since the dry run began, so its changes may no longer be right.",
    "Do the dry run again: it then sees what is there now.",
  );
}
