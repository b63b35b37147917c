import { createRequire } from "node:module";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";

const { DatabaseSync: Database } = createRequire(import.meta.url)(
  "node:sqlite",
) as typeof import("node:sqlite");

/** A statement that was run, with what it was given. */
interface Heard {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** What a store asks SQLite for a save of a key that is there, and for a load. */
export interface Recorded {
  readonly save: readonly string[];
  readonly load: readonly string[];
  /** What one save in `every` asks besides, as that of revision `at` did. */
  readonly tidying: {
    readonly every: number;
    readonly at: number;
    readonly statements: readonly Heard[];
  };
}

/** After so many saves the log of changes is long enough to be cut. */
const LONG_LOG = 10_500;

/** Listens to a real store: the loops by hand run the very same SQL. */
export async function recordSql(options: StoreOptions): Promise<Recorded> {
  const heard: Heard[] = [];
  const prepare = Database.prototype.prepare;
  Database.prototype.prepare = function (this: DatabaseSync, sql: string): StatementSync {
    const statement = prepare.call(this, sql);
    for (const method of ["run", "get", "all"] as const) {
      const real = statement[method].bind(statement) as (...values: unknown[]) => unknown;
      Object.defineProperty(statement, method, {
        value: (...values: (string | number)[]) => {
          heard.push({ sql, values });
          return real(...values);
        },
      });
    }
    return statement;
  };
  try {
    const store = openStore(options);
    const hear = async (work: () => Promise<unknown>): Promise<readonly Heard[]> => {
      heard.length = 0;
      await work();
      return heard.splice(0);
    };
    const sqlOf = (list: readonly Heard[]): readonly string[] => list.map(({ sql }) => sql);
    await store.save("bench", "n", "k", "1");
    const save = sqlOf(await hear(() => store.save("bench", "n", "k", "2")));
    const load = sqlOf(await hear(() => store.entry("n", "k")));
    await store.transact("bench", async (transaction) => {
      for (let n = 0; n < LONG_LOG; n++) await transaction.save("n", `k${n}`, "1");
    });
    const tidied: { at: number; statements: readonly Heard[] }[] = [];
    for (let n = 0; tidied.length < 2; n++) {
      let at = 0;
      const all = await hear(async () => {
        at = (await store.save("bench", "n", `k${n}`, "2")).revision;
      });
      const statements = all.filter(({ sql }) => !save.includes(sql));
      if (statements.length > 0) tidied.push({ at, statements });
    }
    await store.close();
    const [first, second] = tidied;
    if (first === undefined || second === undefined) throw new Error("Nothing was tidied.");
    return { save, load, tidying: { ...second, every: second.at - first.at } };
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
  const tidying = sql.tidying.statements.map(({ sql: text, values }) => ({
    statement: database.prepare(text),
    values,
  }));
  const tidy = (revision: number): void => {
    // Numbers are revisions: they move on with that of the change.
    const move = (value: string | number): string | number =>
      typeof value === "number" ? value + revision - sql.tidying.at : value;
    for (const { statement, values } of tidying) statement.all(...values.map(move));
  };
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
      const id = Number(change.lastInsertRowid);
      if (id % sql.tidying.every === 0) tidy(id);
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
