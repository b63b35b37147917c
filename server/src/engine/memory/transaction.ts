import type { Origin, Transaction } from "../types.ts";
import type { MemoryState } from "./state.ts";

/** What may be done inside a transaction: on a draft of the state, which its owner keeps or throws away. */
export function transactionOn(state: MemoryState, origin: Origin): Transaction {
  return {
    revision: async () => state.revision,
    entry: async (namespace, key) => state.entry(namespace, key.normalize("NFC")),
    namespaces: async () => state.namespaces(),
    namespace: async (name) => state.namespace(name),
    page: async (namespace, query) => state.page(namespace, query),
    save: async (namespace, key, value, options) =>
      state.save(origin, namespace, key, value, options),
    delete: async (namespace, key, options) => state.delete(origin, namespace, key, options),
    put: async (entry) => state.put(origin, entry),
    insertAll: async (entries) => {
      const first = state.revision + 1;
      for (const entry of entries) state.put(origin, entry);
      return first;
    },
    schemaVersion: async () => state.schemaVersion,
    setSchemaVersion: async (version) => {
      state.setSchemaVersion(origin, version);
    },
  };
}
