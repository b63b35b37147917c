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
      yield* streamEntries(database, file, namespaces && sorted(namespaces));
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
      const since = reads.changesSince(revision - 1, 1);
      return since.gap ? undefined : since.changes[0]?.at;
    },
  };
}

/** Namespaces are ASCII: the order of their units is that of their bytes. */
function sorted(namespaces: readonly string[]): readonly string[] {
  return [...new Set(namespaces)].sort();
}

/** The picture of a store that does not exist yet. */
export function emptySnapshot(schemaVersion: string): Snapshot {
  return {
    revision: 0,
    storeId: "",
    schemaVersion,
    entry: async () => undefined,
    page: async () => [],
    async *entries() {},
    async *heads() {},
    async *entriesSince() {},
    async deletionsSince() {
      return [];
    },
    async changeTime() {
      return undefined;
    },
  };
}
