import { MemoryStore } from "./memory/store.ts";
import { SqliteStore } from "./sqlite/store.ts";
import type { Store, StoreOptions } from "./types.ts";

/** The store of these options. Nothing is touched before it is first used. @throws StateError `unsupported-runtime` */
export function openStore(options: StoreOptions): Store {
  return options.backend === "memory" ? new MemoryStore(options) : new SqliteStore(options);
}
