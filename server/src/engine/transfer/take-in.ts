import { setImmediate as turn } from "node:timers/promises";
import { stopIfAborted } from "../backup/faults.ts";
import type { BackupPlace } from "../backup/place.ts";
import { changeSafely, presentEntries } from "../backup/safety.ts";
import type { JobControl } from "../engine.ts";
import type { Origin, PastEntry, StateView, Store, Transaction } from "../types.ts";
import type { Incoming } from "./incoming.ts";
import type { ImportChange, TakenIn } from "./types.ts";

const WHAT = "The import";

export interface TakeInOptions {
  readonly origin: Origin;
  /** What the import does not bring is deleted. */
  readonly replace: boolean;
  /** Nothing is changed. */
  readonly dryRun: boolean;
}

/**
 * Takes entries in, all or none, in one transaction that decides anew what there is to do. Before
 * anything is overwritten or deleted comes a backup of what is there. @throws StateError `cancelled`
 */
export async function takeIn(
  store: Store,
  place: BackupPlace,
  incoming: Incoming,
  { origin, replace, dryRun }: TakeInOptions,
  control: JobControl = {},
): Promise<TakenIn> {
  const plan = (view: Pick<StateView, "entry" | "namespaces" | "page">) =>
    stepsOf(view, incoming, replace, control);
  const planned = await plan(store);
  if (dryRun || planned.length === 0)
    return { changes: planned.map(changeOf), safetyBackupId: undefined };
  if (!planned.some(isLoss)) {
    const changes = await store.transact(origin, async (transaction) => {
      const steps = await plan(transaction);
      // Somebody was quicker: what they saved is backed up first.
      return steps.some(isLoss) ? undefined : await apply(transaction, steps, control);
    });
    if (changes !== undefined) return { changes, safetyBackupId: undefined };
  }
  return await changeSafely(
    store,
    place,
    {
      origin,
      reason: "before-deletion",
      prepare: async () => undefined,
      apply: async (transaction, _prepared, safetyBackupId) => ({
        changes: await apply(transaction, await plan(transaction), control),
        safetyBackupId,
      }),
    },
    control,
  );
}

interface Step extends ImportChange {
  /** What is put in place; undefined for a deletion. */
  readonly entry: PastEntry | undefined;
}

function isLoss({ before }: Step): boolean {
  return before !== undefined;
}

function changeOf({ entry: _, ...change }: Step): ImportChange {
  return change;
}

/** Entries between two looks at whether the work is still wanted. */
const BATCH = 500;

/** What the import changes as things are; `before` is what is stored. */
async function stepsOf(
  view: Pick<StateView, "entry" | "namespaces" | "page">,
  incoming: Incoming,
  replace: boolean,
  control: JobControl,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const { entries } = incoming;
  for (const [done, entry] of entries.entries()) {
    if (done % BATCH === 0) await breathe(control, done, entries.length, "comparing entries");
    const { namespace, key, value } = entry;
    const present = await view.entry(namespace, key);
    if (present?.value === value) continue;
    const before = present === undefined ? {} : { before: present.value };
    steps.push({ op: "save", namespace, key, ...before, after: value, entry });
  }
  if (!replace) return steps;
  for await (const page of presentEntries(view, undefined)) {
    stopIfAborted(control.signal, WHAT);
    for (const { namespace, key, value } of page) {
      if (incoming.has(namespace, key)) continue;
      steps.push({ op: "delete", namespace, key, before: value, entry: undefined });
    }
  }
  return steps;
}

async function apply(
  transaction: Transaction,
  steps: readonly Step[],
  control: JobControl,
): Promise<readonly ImportChange[]> {
  const changes: ImportChange[] = [];
  for (const [done, { entry, ...step }] of steps.entries()) {
    if (done % BATCH === 0) await breathe(control, done, steps.length, "importing entries");
    const change =
      entry === undefined
        ? await transaction.delete(step.namespace, step.key)
        : await transaction.put(entry);
    changes.push({ ...step, ...change });
  }
  return changes;
}

/** Reports, and lets the word that cancels come through. */
async function breathe(
  { signal, progress }: JobControl,
  done: number,
  total: number,
  what: string,
): Promise<void> {
  await turn();
  stopIfAborted(signal, WHAT);
  progress?.({ done, total, what });
}
