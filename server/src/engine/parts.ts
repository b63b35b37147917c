import { setImmediate as turn } from "node:timers/promises";
import type { StatePart } from "../../../shared/src/protocol.ts";
import { stopIfAborted } from "./backup/faults.ts";
import type { DeletedParts, JobControl } from "./engine.ts";
import type { Entry, Origin, StateView, Store } from "./types.ts";

/** Entries that are read at once: a few milliseconds of work. */
const BATCH = 500;

/**
 * The entries that lie in some parts of the state, each once, in batches; others that use this thread
 * have their turn in between. @throws StateError `cancelled`
 * @param what is cancelled, as a message's first words
 */
export async function* entriesOfParts(
  source: Pick<StateView, "entry" | "page">,
  parts: readonly StatePart[],
  what: string,
  { signal, maxValueBytes }: Pick<JobControl, "signal"> & { readonly maxValueBytes?: number },
): AsyncGenerator<readonly Entry[]> {
  for (const { namespace, key, prefix = "" } of outermost(parts)) {
    stopIfAborted(signal, what);
    if (key !== undefined) {
      const entry = await source.entry(namespace, key);
      if (entry !== undefined) yield [entry];
      continue;
    }
    const bounds = maxValueBytes === undefined ? {} : { maxValueBytes };
    const query = { prefix, limit: BATCH, ...bounds };
    let page = await source.page(namespace, query);
    for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
      yield page;
      if (page.length < BATCH) break;
      await turn();
      stopIfAborted(signal, what);
      page = await source.page(namespace, { ...query, after: last.key });
    }
  }
}

/** The parts without those that lie in another one. */
function outermost(parts: readonly StatePart[]): readonly StatePart[] {
  const stretches = parts.filter(({ key }) => key === undefined);
  const seen = new Set<string>();
  return parts.filter((part) => {
    const { namespace, key, prefix = "" } = part;
    const name = JSON.stringify([namespace, key, prefix]);
    if (seen.has(name)) return false;
    seen.add(name);
    const start = key ?? prefix;
    return !stretches.some(
      (other) =>
        other.namespace === namespace &&
        start.startsWith(other.prefix ?? "") &&
        (key !== undefined || (other.prefix ?? "") !== prefix),
    );
  });
}

/**
 * Deletes all that lies in some parts of the state, in one transaction; in a dry run nothing. At most
 * `limit` names are told. @throws StateError `cancelled`
 */
export async function deleteParts(
  store: Store,
  origin: Origin,
  parts: readonly StatePart[],
  { dryRun, limit }: { readonly dryRun: boolean; readonly limit: number },
  control: JobControl = {},
): Promise<DeletedParts> {
  const found = async (source: Pick<StateView, "entry" | "page">) => {
    const entries: { readonly namespace: string; readonly key: string }[] = [];
    const reading = { ...control, maxValueBytes: 0 };
    for await (const batch of entriesOfParts(source, parts, "The deletion", reading)) {
      for (const { namespace, key } of batch) entries.push({ namespace, key });
    }
    return entries;
  };
  const tell = (entries: DeletedParts["entries"]): DeletedParts => ({
    total: entries.length,
    entries: entries.slice(0, limit),
  });
  // Nothing comes into being, and nobody waits, where there is nothing to delete.
  const present = await store.snapshot(found);
  if (dryRun || present.length === 0) return tell(present);
  return await store.transact(origin, async (transaction) => {
    const entries = await found(transaction);
    for (const { namespace, key } of entries) await transaction.delete(namespace, key);
    return tell(entries);
  });
}
