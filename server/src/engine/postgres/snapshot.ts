import { firstTime, sortedNames } from "../snapshots.ts";
import type { Snapshot } from "../types.ts";
import type { Reads, StoreRow } from "./reads.ts";

/** What one transaction sees while it lasts; `row` is the store's as it sees it. */
export function snapshotOf(reads: Reads, row: StoreRow): Snapshot {
  return {
    revision: row.revision,
    storeId: row.store_id,
    schemaVersion: row.schema_version,
    entry: (namespace, key) => reads.entry(namespace, key.normalize("NFC")),
    page: (namespace, query) => reads.page(namespace, query),
    async *entries(namespaces) {
      if (namespaces === undefined) yield* reads.entries();
      else for (const namespace of sortedNames(namespaces)) yield* reads.entries({ namespace });
    },
    heads: () => reads.entries({ heads: true }),
    entriesSince: (revision) =>
      reads.entries({ since: revision, logged: revision >= row.log_floor }),
    deletionsSince: async (revision) =>
      revision < row.deletions_floor ? undefined : reads.deletionsSince(revision),
    changeTime: async (revision) => firstTime(await reads.changesSince(revision - 1, 1)),
  };
}
