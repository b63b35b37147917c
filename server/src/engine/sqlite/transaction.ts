import type { Origin, Transaction } from "../types.ts";
import type { WriteConnection } from "./connection.ts";
import { storeFault } from "./faults.ts";
import { BulkInsert } from "./insert-all.ts";

/** What may be done inside the transaction that is open on this connection. */
export function transactionOver(
  { database, reads, writes }: WriteConnection,
  origin: Origin,
  file: string,
): Transaction {
  const bulk = new BulkInsert(database, origin);
  async function attempt<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      throw storeFault(error, file);
    }
  }
  return {
    revision: () => attempt(() => reads.revision()),
    entry: (namespace, key) => attempt(() => reads.entry(namespace, key.normalize("NFC"))),
    namespaces: () => attempt(() => reads.namespaces()),
    namespace: (name) => attempt(() => reads.namespace(name)),
    page: (namespace, query) => attempt(() => reads.page(namespace, query)),
    save: (namespace, key, value, options) =>
      attempt(() => writes.save(origin, namespace, key, value, options)),
    delete: (namespace, key, options) =>
      attempt(() => writes.delete(origin, namespace, key, options)),
    put: (entry) => attempt(() => writes.put(origin, entry)),
    insertAll: (entries) => attempt(() => bulk.insert(entries, Date.now())),
    schemaVersion: () => attempt(() => reads.schemaVersion()),
    setSchemaVersion: (version) => attempt(() => writes.setSchemaVersion(origin, version)),
  };
}
