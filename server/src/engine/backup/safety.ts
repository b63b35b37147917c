import type { JobControl } from "../engine.ts";
import type { Entry, Origin, PageQuery, StateView, Store, Transaction } from "../types.ts";
import { backUpFully, createBackup, type FreshBackup } from "./create.ts";
import { storageProblem } from "./faults.ts";
import type { BackupPlace } from "./place.ts";
import { removeChildless } from "./remove.ts";
import type { BackupReason } from "./types.ts";
import type { BackupSource } from "./write.ts";

/** So often a write between the safety backup and the change leads to another safety backup. */
const QUIET_TRIES = 3;

/** A change of much at once, which a backup of what was there goes before. */
export interface SafeChange<P, T> {
  readonly origin: Origin;
  readonly reason: BackupReason;
  /** Looks at the state and changes nothing; done again when somebody else wrote meanwhile. */
  prepare(source: BackupSource): Promise<P>;
  /** Changes the state, which is what `prepare` saw and what the backup holds. */
  apply(transaction: Transaction, prepared: P, safetyBackupId: string | undefined): Promise<T>;
}

/**
 * Backs the state up, then changes it in one transaction, all or nothing. A write that lands in
 * between is in the backup too: the transaction checks the revision. No backup is made of a store
 * that never held anything.
 */
export async function changeSafely<P, T>(
  store: Store,
  place: BackupPlace,
  change: SafeChange<P, T>,
  control: JobControl,
): Promise<T> {
  for (let attempt = 1; attempt <= QUIET_TRIES; attempt++) {
    const prepared = await store.snapshot(async (snapshot) => ({
      revision: snapshot.revision,
      result: await change.prepare(snapshot),
    }));
    const safety = await safetyBackup(store, place, change.reason, control);
    const revision = safety?.revision ?? 0;
    try {
      const outcome = await store.transact(
        change.origin,
        async (transaction) => {
          const present = await transaction.revision();
          if (present !== revision || prepared.revision !== revision) return undefined;
          const work = () => change.apply(transaction, prepared.result, safety?.id);
          return { result: await guarded(place, work) };
        },
        { durability: "full" },
      );
      if (outcome !== undefined) return outcome.result;
    } catch (error) {
      await dropUnused(place, safety?.id);
      throw error;
    }
    await dropUnused(place, safety?.id);
  }
  return changeWhileOthersWait(store, place, change, control);
}

async function safetyBackup(
  store: Store,
  place: BackupPlace,
  reason: BackupReason,
  control: JobControl,
): Promise<FreshBackup | undefined> {
  if ((await store.revision()) === 0) return undefined;
  return createBackup(store, place, { incremental: false, reason }, control);
}

/** A safety backup of a state that was not changed after it. One that is built on already stays. */
async function dropUnused(place: BackupPlace, id: string | undefined): Promise<void> {
  if (id === undefined) return;
  try {
    await removeChildless(place.folder, id);
  } catch {
    // It is one backup too many, which is no harm, and no reason to hide why nothing was changed.
  }
}

/** The last resort among busy writers: all of it in the transaction. */
async function changeWhileOthersWait<P, T>(
  store: Store,
  place: BackupPlace,
  change: SafeChange<P, T>,
  control: JobControl,
): Promise<T> {
  const storeId = await store.storeId();
  return store.transact(
    change.origin,
    async (transaction) => {
      const source: BackupSource = {
        revision: await transaction.revision(),
        storeId,
        schemaVersion: await transaction.schemaVersion(),
        entries: (namespaces) => presentEntries(transaction, namespaces),
      };
      const prepared = await change.prepare(source);
      const safety = await backUpFully(source, place, change.reason, control, 0);
      try {
        return await guarded(place, () => change.apply(transaction, prepared, safety.id));
      } catch (error) {
        await dropUnused(place, safety.id);
        throw error;
      }
    },
    { durability: "full" },
  );
}

/** Errors of the folder of backups must not be taken for the store's. */
async function guarded<T>(place: BackupPlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
}

const PAGE: Pick<PageQuery, "limit"> = { limit: 1000 };

/** What the transaction sees, ascending; what it changes behind the reader's place is not seen again. */
export async function* presentEntries(
  transaction: Pick<StateView, "namespaces" | "page">,
  only: readonly string[] | undefined,
): AsyncGenerator<readonly Entry[]> {
  const chosen = only === undefined ? undefined : new Set(only);
  for (const { namespace } of await transaction.namespaces()) {
    if (chosen !== undefined && !chosen.has(namespace)) continue;
    let page = await transaction.page(namespace, PAGE);
    while (page.length > 0) {
      yield page;
      const after = page.at(-1)?.key;
      page = after === undefined ? [] : await transaction.page(namespace, { ...PAGE, after });
    }
  }
}
