import { setImmediate as turn } from "node:timers/promises";
import type { NamespaceSummary } from "../../../../shared/src/protocol.ts";
import { stopIfAborted } from "../backup/faults.ts";
import { compareNamed } from "../backup/order.ts";
import type { JobControl } from "../engine.ts";
import type { EntryHead, Store } from "../types.ts";
import { TimeCounter } from "./buckets.ts";
import { Foremost } from "./foremost.ts";
import type { Overview } from "./types.ts";

/** So many of the largest namespaces, and of the largest and oldest entries, are told. */
const MOST_NAMESPACES = 50;
const MOST_ENTRIES = 10;

/**
 * Walks over all entries once, without their values, in bounded memory.
 * @throws StateError `cancelled`
 */
export async function overviewOf(store: Store, control: JobControl = {}): Promise<Overview> {
  const namespaces = await store.namespaces();
  const total = namespaces.reduce((sum, { keys }) => sum + keys, 0);
  const walked = await store.snapshot((snapshot) => walk(snapshot.heads(), total, control));
  const largest = new Foremost<NamespaceSummary>(
    MOST_NAMESPACES,
    (one, other) => other.bytes - one.bytes || (one.namespace < other.namespace ? -1 : 1),
  );
  for (const namespace of namespaces) largest.add(namespace);
  return { ...walked, namespaceCount: namespaces.length, namespaces: largest.result() };
}

async function walk(
  heads: AsyncIterable<readonly EntryHead[]>,
  total: number,
  { signal, progress }: JobControl,
): Promise<Omit<Overview, "namespaces" | "namespaceCount">> {
  const largest = new Foremost<EntryHead>(
    MOST_ENTRIES,
    (one, other) => other.bytes - one.bytes || compareNamed(one, other),
  );
  const oldest = new Foremost<EntryHead>(
    MOST_ENTRIES,
    (one, other) => one.updatedAt - other.updatedAt || compareNamed(one, other),
  );
  const created = new TimeCounter();
  const changed = new TimeCounter();
  let entries = 0;
  let bytes = 0;
  for await (const batch of heads) {
    // Lets the word that cancels come through.
    await turn();
    stopIfAborted(signal, "Reading the overview");
    for (const head of batch) {
      bytes += head.bytes;
      largest.add(head);
      oldest.add(head);
      created.add(head.createdAt, head.bytes);
      changed.add(head.updatedAt, head.bytes);
    }
    entries += batch.length;
    progress?.({ done: entries, total: Math.max(entries, total), what: "reading entries" });
  }
  const times = { created: created.result(), changed: changed.result() };
  return { entries, bytes, largest: largest.result(), oldest: oldest.result(), ...times };
}
