import { MemoryStore } from "./memory/store.ts";
import { PostgresStore } from "./postgres/store.ts";
import { SqliteStore } from "./sqlite/store.ts";
import type { Store, StoreOptions } from "./types.ts";

/**
 * The store of these options. Nothing is touched before it is first used.
 * @throws StateError `unsupported-runtime`, `invalid-database-url`
 */
export function openStore(options: StoreOptions): Store {
  if (options.backend === "memory") return new MemoryStore(options);
  if (options.backend === "sqlite") return new SqliteStore(options);
  if (options.postgres === undefined) throw new Error("A store in a database needs its address.");
  return new PostgresStore(options, options.postgres);
}
