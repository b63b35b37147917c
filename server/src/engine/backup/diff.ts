import type { JobControl } from "../engine.ts";
import type { ChangeDetail, Entry, Store } from "../types.ts";
import { chainEntries, checkSizes, loadChain } from "./chain.ts";
import { difference } from "./differences.ts";
import { stopIfAborted, storageProblem } from "./faults.ts";
import type { SavedEntry } from "./lines.ts";
import type { Manifest } from "./manifest.ts";
import { pairs } from "./pairs.ts";
import type { BackupPlace } from "./place.ts";
import { checkPresence } from "./presence.ts";
import { checkSelection, chooser, isWhole, namespacesOf, type Selection } from "./selection.ts";
import type { Difference, DiffOptions } from "./types.ts";

const WHAT = "The comparison";

/**
 * What restoring backup `id` would change now, or what changed from it to the backup `options.to`.
 * Nothing is written. @throws StateError `invalid-backup-id`, `unknown-backup`, `damaged-backup`,
 * `nothing-selected`, `invalid-namespace`, `invalid-key`, `cancelled`
 */
export async function diffBackup(
  store: Store,
  place: BackupPlace,
  id: string,
  options: DiffOptions,
  control: JobControl = {},
): Promise<Difference> {
  try {
    const selection = checkSelection(options);
    const ours = await readableChain(place, id);
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    if (options.to !== undefined) {
      const theirs = await readableChain(place, options.to);
      const wanted = chainEntries(place.folder, theirs, place.maxValueBytes);
      const present = chainEntries(place.folder, ours, place.maxValueBytes);
      return await collect(wanted, present, selection, limit, control);
    }
    if (!isWhole(selection)) {
      const held = chainEntries(place.folder, ours, place.maxValueBytes);
      await checkPresence(id, selection, store, held);
    }
    return await store.snapshot(async (snapshot) => {
      const wanted = chainEntries(place.folder, ours, place.maxValueBytes);
      const present = snapshot.entries(namespacesOf(selection));
      return collect(wanted, present, selection, limit, control);
    });
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
}

async function readableChain(place: BackupPlace, id: string): Promise<readonly Manifest[]> {
  const chain = await loadChain(place.folder, id);
  await checkSizes(place.folder, chain);
  return chain;
}

async function collect(
  wanted: AsyncIterable<readonly SavedEntry[]>,
  present: AsyncIterable<readonly (SavedEntry | Entry)[]>,
  selection: Selection,
  limit: number,
  control: JobControl,
): Promise<Difference> {
  const chosen = chooser(selection);
  const changes: ChangeDetail[] = [];
  let total = 0;
  let done = 0;
  for await (const batch of pairs(wanted, present)) {
    stopIfAborted(control.signal, WHAT);
    for (const pair of batch) {
      const change = difference(pair);
      if (change === undefined || !chosen(change)) continue;
      total++;
      if (changes.length < limit) changes.push(change);
    }
    done += batch.length;
    control.progress?.({ done, total: done, what: "comparing entries" });
  }
  return { changes, total };
}
