import type { Change } from "../../../../shared/src/protocol.ts";
import type { JobControl, RestoreOutcome } from "../engine.ts";
import type { Entry, PageQuery, Store, Transaction } from "../types.ts";
import { chainEntries, loadChain } from "./chain.ts";
import { type BackupSource, backUpSnapshot, type CreatedBackup, createBackup } from "./create.ts";
import { isSame } from "./differences.ts";
import { stopIfAborted, storageProblem } from "./faults.ts";
import type { SavedEntry } from "./lines.ts";
import type { Manifest } from "./manifest.ts";
import { type Pair, pairs } from "./pairs.ts";
import type { BackupPlace } from "./place.ts";
import { checkPresence } from "./presence.ts";
import { checkSelection, chooser, isWhole, namespacesOf, type Selection } from "./selection.ts";
import { verifyChain } from "./verify.ts";

const WHAT = "The restore";
/** So often a write between the safety backup and the restore leads to another safety backup. */
const QUIET_TRIES = 3;

/**
 * Makes the state, or the selected part of it, exactly what it was when the backup was made: keys
 * that came later go, times come back, what is the same keeps its revision. The backup is verified
 * first, what is there now is backed up, and all happens in one transaction or not at all.
 * @throws StateError `invalid-backup-id`, `unknown-backup`, `damaged-backup`, `nothing-selected`,
 * `invalid-namespace`, `invalid-key`, `cancelled`
 */
export async function restoreBackup(
  store: Store,
  place: BackupPlace,
  id: string,
  selected: Selection,
  control: JobControl = {},
): Promise<RestoreOutcome> {
  try {
    const selection = checkSelection(selected);
    const chain = await loadChain(place.folder, id);
    await verifyChain(place, chain, control);
    if (!isWhole(selection)) {
      const held = chainEntries(place.folder, chain, place.maxValueBytes);
      await checkPresence(id, selection, store, held);
    }
    const plan: Plan = { place, id, chain, selection, control };
    for (let attempt = 1; attempt <= QUIET_TRIES; attempt++) {
      const safety = await safetyBackup(store, place, control);
      const outcome = await attemptRestore(store, plan, safety);
      if (outcome !== "moved-on") return outcome;
    }
    return await restoreWithBackupInside(store, plan);
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
}

interface Plan {
  readonly place: BackupPlace;
  readonly id: string;
  readonly chain: readonly Manifest[];
  readonly selection: Selection;
  readonly control: JobControl;
}

/** Of what is stored now; undefined when there never was anything. */
async function safetyBackup(
  store: Store,
  place: BackupPlace,
  control: JobControl,
): Promise<CreatedBackup | undefined> {
  if ((await store.revision()) === 0) return undefined;
  return createBackup(store, place, { incremental: false, reason: "before-restore" }, control);
}

/** `moved-on`: something was written after the safety backup, so nothing was done. */
async function attemptRestore(
  store: Store,
  plan: Plan,
  safety: CreatedBackup | undefined,
): Promise<RestoreOutcome | "moved-on"> {
  return store.transact(
    `restore:${plan.id}`,
    async (transaction) => {
      if ((await transaction.revision()) !== (safety?.revision ?? 0)) return "moved-on";
      return apply(transaction, plan, safety?.id);
    },
    { durability: "full" },
  );
}

/** The last resort among busy writers: the safety backup is made while they wait. */
async function restoreWithBackupInside(store: Store, plan: Plan): Promise<RestoreOutcome> {
  const storeId = await store.storeId();
  return store.transact(
    `restore:${plan.id}`,
    async (transaction) => {
      const source: BackupSource = {
        revision: await transaction.revision(),
        storeId,
        schemaVersion: await transaction.schemaVersion(),
        entries: () => presentEntries(transaction, undefined),
        entriesSince: () => presentEntries(transaction, undefined),
        deletionsSince: async () => undefined,
      };
      const options = { incremental: false, reason: "before-restore" } as const;
      const safety = await backUpSnapshot(source, plan.place, options, plan.control, 0);
      return apply(transaction, plan, safety.id);
    },
    { durability: "full" },
  );
}

/** Changes told one by one; whoever needs all of them reads again what it shows. */
const TOLD = 1000;

async function apply(
  transaction: Transaction,
  plan: Plan,
  safetyBackupId: string | undefined,
): Promise<RestoreOutcome> {
  const { place, chain, selection, control } = plan;
  const chosen = chooser(selection);
  const wanted = chainEntries(place.folder, chain, place.maxValueBytes);
  const present = presentEntries(transaction, namespacesOf(selection));
  const last = chain.at(-1);
  const total = last?.kind === "full" ? last.entries : 0;
  const changes: Change[] = [];
  let entriesRestored = 0;
  let changed = 0;
  for await (const batch of pairs(wanted, present)) {
    stopIfAborted(control.signal, WHAT);
    for (const pair of batch) {
      if (!chosen(pair[0] ?? pair[1])) continue;
      if (pair[0] !== undefined) entriesRestored++;
      const change = await bring(transaction, pair);
      if (change === undefined) continue;
      changed++;
      if (changes.length < TOLD) changes.push(told(change));
    }
    const done = entriesRestored;
    control.progress?.({ done, total: Math.max(done, total), what: "restoring entries" });
  }
  if (isWhole(selection) && last !== undefined) {
    await transaction.setSchemaVersion(last.schemaVersion);
  }
  return { entriesRestored, changed, changes, safetyBackupId };
}

/** The change without values. */
function told({ op, namespace, key, revision, at, origin }: Change): Change {
  return { op, namespace, key, revision, at, origin };
}

/** Brings one entry back; the change that it took, if any. */
async function bring(
  transaction: Transaction,
  [wanted, present]: Pair<SavedEntry, Entry>,
): Promise<Change | undefined> {
  if (wanted === undefined) return transaction.delete(present.namespace, present.key);
  if (present !== undefined && isSame(wanted, present)) return undefined;
  return transaction.put(wanted);
}

const PAGE: Pick<PageQuery, "limit"> = { limit: 1000 };

/** What the transaction sees, ascending; what it changes behind the reader's place is not seen again. */
async function* presentEntries(
  transaction: Transaction,
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
