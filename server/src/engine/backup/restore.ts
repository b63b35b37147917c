import type { Change } from "../../../../shared/src/protocol.ts";
import type { JobControl, RestoreOutcome } from "../engine.ts";
import type { Entry, Origin, Store, Transaction } from "../types.ts";
import { chainEntries, checkHash, checkSizes, loadChain } from "./chain.ts";
import { isSame } from "./differences.ts";
import { stopIfAborted, storageProblem } from "./faults.ts";
import type { SavedEntry } from "./lines.ts";
import type { Manifest } from "./manifest.ts";
import type { Named } from "./order.ts";
import { type Pair, pairs } from "./pairs.ts";
import type { BackupPlace } from "./place.ts";
import { checkPresence } from "./presence.ts";
import { changeSafely, presentEntries } from "./safety.ts";
import { checkSelection, chooser, isWhole, namespacesOf, type Selection } from "./selection.ts";

const WHAT = "The restore";

/**
 * Makes the state, or the selected part of it, exactly what it was when the backup was made: keys
 * that came later go, times come back, what is the same keeps its revision. Every byte of the backup
 * is checked first; then what is there now is backed up; then all happens in one transaction or, when
 * an entry of the backup turns out not to be one, not at all.
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
    await checkSizes(place.folder, chain);
    for (const link of chain) await checkHash(place.folder, link);
    if (!isWhole(selection)) {
      const held = chainEntries(place.folder, chain, place.maxValueBytes);
      await checkPresence(id, selection, store, held);
    }
    const origin = `restore:${id}`;
    const plan: Plan = { place, chain, selection, origin, control };
    return await changeSafely(
      store,
      place,
      {
        origin,
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
  readonly origin: Origin;
  readonly control: JobControl;
}

async function apply(
  transaction: Transaction,
  plan: Plan,
  safetyBackupId: string | undefined,
): Promise<RestoreOutcome> {
  const { place, chain, selection, control } = plan;
  const last = chain.at(-1);
  const total = last?.kind === "full" ? last.entries : 0;
  const bringer = new Bringer(transaction, plan.origin);
  let entriesRestored = 0;
  const restored = (entries: number) => {
    stopIfAborted(control.signal, WHAT);
    entriesRestored += entries;
    const done = entriesRestored;
    control.progress?.({ done, total: Math.max(done, total), what: "restoring entries" });
  };
  const wanted = chainEntries(place.folder, chain, place.maxValueBytes);
  if (isWhole(selection) && (await transaction.namespaces()).length === 0) {
    for await (const batch of wanted) {
      restored(batch.length);
      await bringer.insert(batch);
    }
  } else {
    const chosen = chooser(selection);
    const present = presentEntries(transaction, namespacesOf(selection));
    for await (const batch of pairs(wanted, present)) {
      const meant = batch.filter((pair) => chosen(nameOf(pair)));
      restored(meant.filter(([entry]) => entry !== undefined).length);
      await bringer.bring(meant);
    }
  }
  stopIfAborted(control.signal, WHAT);
  const note = await settleVersion(transaction, selection, last?.schemaVersion);
  const { changed, changes } = bringer;
  const outcome = { entriesRestored, changed, changes, safetyBackupId };
  return note === undefined ? outcome : { ...outcome, note };
}

/** A whole state has its version with it; a part that is of another version is worth a word. */
async function settleVersion(
  transaction: Transaction,
  selection: Selection,
  version: string | undefined,
): Promise<string | undefined> {
  const present = await transaction.schemaVersion();
  if (version === undefined || version === present) return undefined;
  if (!isWhole(selection)) {
    return `The backup has schema version ${version} and the state ${present}: what was restored may be of an older form.`;
  }
  await transaction.setSchemaVersion(version);
  return undefined;
}

function nameOf([wanted, present]: Pair<SavedEntry, Entry>): Named {
  return wanted ?? present;
}

/** Changes told one by one; whoever needs all of them reads again what it shows. */
const TOLD = 1000;
/** From so many new entries in a batch on they are inserted together. */
const MANY = 500;

/** Makes entries what they were, and keeps count. */
class Bringer {
  readonly #transaction: Transaction;
  readonly #origin: Origin;
  readonly changes: Change[] = [];
  changed = 0;

  constructor(transaction: Transaction, origin: Origin) {
    this.#transaction = transaction;
    this.#origin = origin;
  }

  async bring(pairs: readonly Pair<SavedEntry, Entry>[]): Promise<void> {
    const missing = pairs.flatMap(([wanted, present]) =>
      wanted !== undefined && present === undefined ? [wanted] : [],
    );
    const together = missing.length >= MANY;
    if (together) await this.insert(missing);
    for (const [wanted, present] of pairs) {
      if (wanted === undefined) {
        this.#note(await this.#transaction.delete(present.namespace, present.key));
      } else if (present === undefined ? !together : !isSame(wanted, present)) {
        this.#note(await this.#transaction.put(wanted));
      }
    }
  }

  /** Brings entries of which none is there. */
  async insert(entries: readonly SavedEntry[]): Promise<void> {
    const at = Date.now();
    const origin = this.#origin;
    const first = await this.#transaction.insertAll(entries);
    this.changed += entries.length;
    const told = entries.slice(0, Math.max(0, TOLD - this.changes.length));
    for (const [index, { namespace, key }] of told.entries()) {
      this.changes.push({ op: "save", namespace, key, revision: first + index, at, origin });
    }
  }

  /** Without the values. */
  #note(change: Change | undefined): void {
    if (change === undefined) return;
    this.changed++;
    if (this.changes.length >= TOLD) return;
    const { op, namespace, key, revision, at, origin } = change;
    this.changes.push({ op, namespace, key, revision, at, origin });
  }
}
