import type { JobControl } from "../engine.ts";
import type { ChangeDetail, Origin, Store } from "../types.ts";
import { stopIfAborted } from "./faults.ts";
import type { BackupPlace } from "./place.ts";
import { changeSafely, presentEntries } from "./safety.ts";
import type { Cleared } from "./types.ts";

/** Deletes all keys of a namespace in one transaction, after a backup. @throws StateError `cancelled` */
export async function clearNamespace(
  store: Store,
  place: BackupPlace,
  origin: Origin,
  namespace: string,
  control: JobControl = {},
): Promise<Cleared> {
  if ((await store.namespace(namespace)) === undefined) {
    return { changes: [], safetyBackupId: undefined };
  }
  return changeSafely(
    store,
    place,
    {
      origin,
      reason: "before-deletion",
      prepare: async () => undefined,
      apply: async (transaction, _prepared, safetyBackupId) => {
        const changes: ChangeDetail[] = [];
        for await (const page of presentEntries(transaction, [namespace])) {
          stopIfAborted(control.signal, "The deletion");
          for (const { key } of page) {
            const change = await transaction.delete(namespace, key);
            if (change !== undefined) changes.push(change);
          }
        }
        return { changes, safetyBackupId };
      },
    },
    control,
  );
}
