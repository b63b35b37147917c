import type { Change } from "../../../../shared/src/protocol.ts";
import type { JobControl, RestoreOutcome } from "../engine.ts";
import type { Entry, Store, Transaction } from "../types.ts";
import { chainEntries, loadChain } from "./chain.ts";
import { isSame } from "./differences.ts";
import { stopIfAborted, storageProblem } from "./faults.ts";
import type { SavedEntry } from "./lines.ts";
import type { Manifest } from "./manifest.ts";
import { type Pair, pairs } from "./pairs.ts";
import type { BackupPlace } from "./place.ts";
import { checkPresence } from "./presence.ts";
import { changeSafely, presentEntries } from "./safety.ts";
import { checkSelection, chooser, isWhole, namespacesOf, type Selection } from "./selection.ts";
import { verifyChain } from "./verify.ts";

const WHAT = "The restore";

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
    const plan: Plan = { place, chain, selection, control };
    return await changeSafely(
      store,
      place,
      {
        origin: `restore:${id}`,
        reason: "before-restore",
        prepare: async () => undefined,
        apply: (transaction, _prepared, safetyBackupId) => apply(transaction, plan, safetyBackupId),
      },
      control,
    );
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
}

interface Plan {
  readonly place: BackupPlace;
  readonly chain: readonly Manifest[];
  readonly selection: Selection;
  readonly control: JobControl;
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
