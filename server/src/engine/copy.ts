import { StateError } from "../../../shared/src/errors.ts";
import { stopIfAborted } from "./backup/faults.ts";
import type { JobControl } from "./engine.ts";
import type { Entry, Origin, Snapshot, Store } from "./types.ts";

const WHAT = "The copy";

export interface CopyOutcome {
  readonly entries: number;
  readonly namespaces: number;
  readonly schemaVersion: string;
}

/**
 * Copies what a store holds at one moment into another one that holds nothing, in one transaction,
 * and then compares the two entry by entry: values, times, order. Revisions are the target's own, and
 * history stays where it is.
 * @throws StateError `target-not-empty`, `copy-differs`, `cancelled`
 */
export async function copyStore(
  from: Store,
  to: Store,
  origin: Origin,
  control: JobControl = {},
): Promise<CopyOutcome> {
  await refuseUnlessEmpty(to);
  const total = (await from.namespaces()).reduce((sum, { keys }) => sum + keys, 0);
  return from.snapshot(async (snapshot) => {
    const { schemaVersion } = snapshot;
    await to.transact(
      origin,
      async (transaction) => {
        await refuseUnlessEmpty(transaction);
        let done = 0;
        for await (const batch of snapshot.entries()) {
          stopIfAborted(control.signal, WHAT);
          await transaction.insertAll(batch);
          done += batch.length;
          control.progress?.({ done, total: Math.max(done, total), what: "copying entries" });
        }
        await transaction.setSchemaVersion(schemaVersion);
      },
      { durability: "full" },
    );
    const counted = await to.snapshot((copy) => compare(snapshot, copy, control));
    return { ...counted, schemaVersion };
  });
}

async function refuseUnlessEmpty(target: Pick<Store, "namespaces">): Promise<void> {
  const namespaces = await target.namespaces();
  if (namespaces.length === 0) return;
  const keys = namespaces.reduce((sum, namespace) => sum + namespace.keys, 0);
  throw new StateError(
    "target-not-empty",
    `The store to copy into holds ${keys} keys already, and nothing was copied.`,
    "Name another store, or back that one up and delete its namespaces first.",
  );
}

async function compare(
  source: Snapshot,
  copy: Snapshot,
  { signal }: JobControl,
): Promise<Omit<CopyOutcome, "schemaVersion">> {
  const namespaces = new Set<string>();
  const copied = singly(copy.entries());
  let entries = 0;
  for await (const entry of singly(source.entries())) {
    if (entries % 1000 === 0) stopIfAborted(signal, WHAT);
    const { value } = await copied.next();
    if (value === undefined || !isSame(entry, value)) throw differs(entry);
    namespaces.add(entry.namespace);
    entries++;
  }
  const { value: more } = await copied.next();
  if (more !== undefined) throw differs(more);
  return { entries, namespaces: namespaces.size };
}

async function* singly(batches: AsyncIterable<readonly Entry[]>): AsyncGenerator<Entry, undefined> {
  for await (const batch of batches) yield* batch;
  return undefined;
}

function isSame(one: Entry, other: Entry): boolean {
  return (
    one.namespace === other.namespace &&
    one.key === other.key &&
    one.value === other.value &&
    one.createdAt === other.createdAt &&
    one.updatedAt === other.updatedAt
  );
}

function differs({ namespace, key }: Entry): StateError {
  return new StateError(
    "copy-differs",
    `The copy is not what was copied: ${namespace}/${key} differs.`,
    "If somebody wrote to the copy meanwhile, all is well; else look at both with `llmspell-state get`.",
  );
}
