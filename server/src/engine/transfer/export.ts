import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as turn } from "node:timers/promises";
import type { StatePart } from "../../../../shared/src/protocol.ts";
import { stopIfAborted } from "../backup/faults.ts";
import type { JobControl } from "../engine.ts";
import { entriesOfParts } from "../parts.ts";
import type { Entry, Snapshot, Store } from "../types.ts";
import { exportLine } from "./export-line.ts";
import { fileProblem } from "./file-problem.ts";

const WHAT = "The export";

/**
 * Writes all entries, or some parts, to a file for its owner alone, as they are at one moment. The
 * file appears whole or not at all. @throws StateError `unwritable-file`, `cancelled`
 * @param file absolute path
 */
export async function exportEntries(
  store: Store,
  file: string,
  parts: readonly StatePart[] | undefined,
  control: JobControl = {},
): Promise<{ readonly exported: number }> {
  const partial = `${file}.part`;
  try {
    const exported = await store.snapshot(async (snapshot) => {
      const counter = { exported: 0 };
      const batches = entriesOf(snapshot, parts, control);
      const lines = linesOf(batches, counter, await sizeOf(store, parts), control);
      await pipeline(
        Readable.from(lines),
        createWriteStream(partial, { mode: 0o600, flush: true }),
      );
      return counter.exported;
    });
    await rename(partial, file);
    return { exported };
  } catch (error) {
    await rm(partial, { force: true });
    throw fileProblem(error, file, "written");
  }
}

async function* entriesOf(
  snapshot: Snapshot,
  parts: readonly StatePart[] | undefined,
  { signal }: JobControl,
): AsyncGenerator<readonly Entry[]> {
  if (parts !== undefined) {
    yield* entriesOfParts(snapshot, parts, WHAT, signal === undefined ? {} : { signal });
    return;
  }
  for await (const batch of snapshot.entries()) {
    // Lets the word that cancels come through.
    await turn();
    stopIfAborted(signal, WHAT);
    yield batch;
  }
}

async function* linesOf(
  batches: AsyncIterable<readonly Entry[]>,
  counter: { exported: number },
  total: number,
  { progress }: JobControl,
): AsyncGenerator<string> {
  for await (const batch of batches) {
    counter.exported += batch.length;
    const done = counter.exported;
    progress?.({ done, total: Math.max(done, total), what: "writing entries" });
    yield batch.map(exportLine).join("");
  }
}

/** At most about so many entries: of a part that is not a whole namespace it is not known. */
async function sizeOf(store: Store, parts: readonly StatePart[] | undefined): Promise<number> {
  const wanted = parts && new Set(parts.map(({ namespace }) => namespace));
  return (await store.namespaces())
    .filter(({ namespace }) => wanted?.has(namespace) ?? true)
    .reduce((sum, { keys }) => sum + keys, 0);
}
