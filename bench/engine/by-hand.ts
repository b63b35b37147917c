import { createRequire } from "node:module";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";

const { DatabaseSync: Database } = createRequire(import.meta.url)(
  "node:sqlite",
) as typeof import("node:sqlite");

/** What a store asks SQLite for a save of a key that is there, and for a load. */
export interface Recorded {
  readonly save: readonly string[];
  readonly load: readonly string[];
}

/** Listens to a real store: the loops by hand run the very same SQL. */
export async function recordSql(options: StoreOptions): Promise<Recorded> {
  const heard: string[] = [];
  const prepare = Database.prototype.prepare;
  Database.prototype.prepare = function (this: DatabaseSync, sql: string): StatementSync {
    const statement = prepare.call(this, sql);
    for (const method of ["run", "get", "all"] as const) {
      const real = statement[method].bind(statement) as (...values: unknown[]) => unknown;
      Object.defineProperty(statement, method, {
        value: (...values: unknown[]) => {
          heard.push(sql);
          return real(...values);
        },
      });
    }
    return statement;
  };
  try {
    const store = openStore(options);
    await store.save("bench", "n", "k", "1");
    heard.length = 0;
    await store.save("bench", "n", "k", "2");
    const save = heard.splice(0);
    await store.entry("n", "k");
    const load = heard.splice(0);
    await store.close();
    return { save, load };
  } finally {
    Database.prototype.prepare = prepare;
  }
}

type Row = [number, number, number, string, number, number, string, number, string | null];

/**
 * The least that saves and loads with the SQL of the store, on a store that holds all the keys:
 * nothing is checked, and nothing is given back.
 */
export function byHand(
  { folder, historyLimit }: StoreOptions,
  sql: Recorded,
): {
  readonly save: (namespace: string, key: string, value: string) => void;
  readonly load: (namespace: string, key: string) => unknown;
  readonly close: () => void;
} {
  const database = new Database(`${folder}/state.db`);
  database.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000");
  database.exec(
    "PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON; PRAGMA cache_size = -8000",
  );
  const all = sql.save.map((text) => database.prepare(text));
  const [begin, select, log, update, commit] = all;
  const [find] = sql.load.map((text) => database.prepare(text));
  if (!begin || !select || !log || !update || !commit || !find || all.length !== 5) {
    throw new Error(`The store's SQL is another: ${sql.save.join("; ")}`);
  }
  select.setReturnArrays(true);
  find.setReturnArrays(true);
  return {
    save(namespace, key, value) {
      const at = Date.now();
      begin.run();
      const [revision, createdAt, updatedAt, origin, plain, crc, before, bytes, past] = select.get(
        namespace,
        key,
      ) as unknown as Row;
      const change =
        historyLimit === 0
          ? log.run(0, namespace, key, at, "bench", 0, value.length - bytes)
          : log.run(
              ...[0, namespace, key, at, "bench", 0, value.length - bytes],
              ...[revision, createdAt, updatedAt, origin, plain, crc, before],
            );
      const id = change.lastInsertRowid;
      const list = historyLimit === 0 ? null : past === null ? String(id) : `${past},${id}`;
      const entry = [id, createdAt, at, "bench", null, 1, 0, list, "object"] as const;
      const { changes } = update.run(...entry, value.length, value, namespace, key);
      if (changes !== 1) throw new Error("The store's columns are others.");
      commit.run();
    },
    load: (namespace, key) => find.get(namespace, key),
    close: () => database.close(),
  };
}
