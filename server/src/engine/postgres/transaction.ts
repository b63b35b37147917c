import type { Origin, Transaction } from "../types.ts";
import type { Reads } from "./reads.ts";
import type { Writes } from "./writes.ts";

/** What may be done inside a transaction that these reads and writes ask in, and that locked the store. */
export function transactionOver(
  reads: Reads,
  writes: Writes,
  origin: Origin,
  schemaVersion: string,
): Transaction {
  return {
    revision: async () => (await reads.store())?.revision ?? 0,
    entry: (namespace, key) => reads.entry(namespace, key.normalize("NFC")),
    namespaces: () => reads.namespaces(),
    namespace: (name) => reads.namespace(name),
    page: (namespace, query) => reads.page(namespace, query),
    save: (namespace, key, value, options) => writes.save(origin, namespace, key, value, options),
    delete: (namespace, key, options) => writes.delete(origin, namespace, key, options),
    put: (entry) => writes.put(origin, entry),
    insertAll: (entries) => writes.insertAll(origin, entries),
    schemaVersion: async () => (await reads.store())?.schema_version ?? schemaVersion,
    setSchemaVersion: (version) => writes.setSchemaVersion(origin, version),
  };
}
