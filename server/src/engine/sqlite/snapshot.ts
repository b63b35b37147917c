import { firstTime, sortedNames } from "../snapshots.ts";
import type { Snapshot } from "../types.ts";
import type { Connection } from "./connection.ts";
import { streamEntries } from "./entry-stream.ts";

/** What one connection sees while its transaction lasts. */
export function snapshotOf({ database, reads }: Connection, file: string): Snapshot {
  return {
    revision: reads.revision(),
    storeId: reads.storeId(),
    schemaVersion: reads.schemaVersion(),
    entry: async (namespace, key) => reads.entry(namespace, key.normalize("NFC")),
    page: async (namespace, query) => reads.page(namespace, query),
    async *entries(namespaces) {
      yield* streamEntries(database, file, namespaces && sortedNames(namespaces));
    },
    async *heads() {
      yield* reads.heads();
    },
    async *entriesSince(revision) {
      yield* reads.entriesSince(revision);
    },
    async deletionsSince(revision) {
      return reads.deletionsSince(revision);
    },
    async changeTime(revision) {
      return firstTime(reads.changesSince(revision - 1, 1));
    },
  };
}
