import type { Origin, Transaction } from "../types.ts";
import type { Ask } from "./database.ts";
import type { Pending } from "./pending.ts";
import type { Reads } from "./reads.ts";
import type { Writes } from "./writes.ts";

/** One open transaction of a store, which it has locked. */
export interface OpenTransaction {
  readonly ask: Ask;
  readonly reads: Reads;
  readonly writes: Writes;
  readonly pending: Pending;
  /** Quoted. */
  readonly schema: string;
  readonly store: string;
}

/** What may be done inside a transaction. */
export function transactionOver(
  open: OpenTransaction,
  origin: Origin,
  schemaVersion: string,
): Transaction {
  const { reads, writes, pending } = open;
  return {
    revision: async () => pending.revision,
    entry: (namespace, key) => reads.entry(namespace, key.normalize("NFC")),
    namespaces: async () => {
      await settleCounts(open);
      return reads.namespaces();
    },
    namespace: async (name) => {
      await settleCounts(open);
      return reads.namespace(name);
    },
    page: (namespace, query) => reads.page(namespace, query),
    save: (namespace, key, value, options) => writes.save(origin, namespace, key, value, options),
    delete: (namespace, key, options) => writes.delete(origin, namespace, key, options),
    put: (entry) => writes.put(origin, entry),
    insertAll: (entries) => writes.insertAll(origin, entries, pending),
    schemaVersion: async () => (await reads.store())?.schema_version ?? schemaVersion,
    setSchemaVersion: (version) => writes.setSchemaVersion(origin, version),
  };
}

/** Before the end: writes what the transaction did to the store's revision and counts. */
export async function settle(open: OpenTransaction, revisionBefore: number): Promise<void> {
  const { ask, pending, schema, store } = open;
  if (pending.revision === revisionBefore) return;
  await settleCounts(open);
  const sql = `SELECT ${schema}.settle_revision($1, $2, $3)`;
  await ask(sql, [store, revisionBefore, pending.revision]);
}

async function settleCounts({ ask, pending, schema, store }: OpenTransaction): Promise<void> {
  if (pending.isEmpty) return;
  await ask(`SELECT ${schema}.settle_counts($1, $2, $3, $4, $5)`, [store, ...pending.take()]);
}
