/**
 * What a store in PostgreSQL costs beside the bare driver: one that makes the same requests, and one
 * that makes as many with the least SQL that could do, without history, revisions and counts: `node bench/postgres/postgres.bench.ts`, after `npm run build`. The server is
 * the tests' own, with its usual settings: every commit is on the disk. Ratios within one run.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { startEngineWorker } from "../../server/src/engine/client.ts";
import type { EngineOptions } from "../../server/src/engine/engine.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { newClient } from "../../server/src/engine/postgres/driver.ts";
import type { Store } from "../../server/src/engine/types.ts";
import { openBench } from "../../test/runner/harness.ts";
import { TestPostgres } from "../../test/support/postgres.ts";
import { NetworkProxy } from "../../test/support/proxy.ts";
import { freshValue, quantile, race, ratio } from "../engine/support.ts";

const ROUNDS = 31;
const COUNT = 50;
const WARM_UP = 500;
const KEYS = 500;
const PAGE = 100;
const CALLS = 1000;

const server = await TestPostgres.start([]);
const options: EngineOptions = {
  backend: "postgres",
  folder: "/dev/null/state",
  durability: "normal",
  historyLimit: 20,
  maxValueBytes: 1024 * 1024,
  schemaVersion: "1.0.0",
  backupDir: "/dev/null/backups",
  backupRetentionDays: 30,
  maxBackups: undefined,
  postgres: server.options(),
};
const store = openStore(options);
const bare = newClient({ connectionString: server.url() });

const key = (n: number): string => `k${n % KEYS}`;
const name = options.postgres?.store ?? "";
const SAME = {
  load: `SELECT e.revision, e.created_at, e.updated_at, e.origin, e.plain, e.value
    FROM llmspell_state.entries e WHERE e.store = $1 AND e.namespace = $2 AND e.key = $3`,
  save: "SELECT * FROM llmspell_state.save($1, '1.0.0', 5000, $2, NULL, 't', 'n', $3, $4, 'object', true, 20, NULL, NULL, NULL, NULL)",
  remove: "SELECT * FROM llmspell_state.remove($1, 5000, $2, NULL, 't', 'n', $3, 20, NULL, false)",
  page: `SELECT e.namespace, e.key, e.revision, e.created_at, e.updated_at, e.origin, e.plain, e.type,
    e.bytes, e.value FROM llmspell_state.entries e WHERE e.store = $1 AND e.namespace = $2
    AND e.key >= $3 AND ($4::text IS NULL OR e.key < $4) ORDER BY e.key LIMIT $5`,
  keys: "SELECT key FROM llmspell_state.entries WHERE store = $1 AND namespace = $2 ORDER BY key",
};

/** The driver with a statement that the server keeps, as the store has it. */
const kept = (what: "load" | "save" | "remove", values: readonly unknown[]): Promise<unknown> =>
  bare.query({ name: what, text: SAME[what], values: [...values] });

const same = {
  load: (n: number) => kept("load", [name, "n", key(n)]),
  save: (n: number) => kept("save", [name, randomUUID(), key(n), freshValue(n)]),
  remove: (n: number) => kept("remove", [name, randomUUID(), key(n)]),
};

async function sameMixed(n: number): Promise<unknown> {
  const what = mixed(n);
  if (what === "load") return await same.load(n);
  if (what === "save") return await same.save(n);
  if (what === "delete") return await same.remove(n);
  return await bare.query(SAME.keys, [name, "n"]);
}

const SQL = {
  load: "SELECT value FROM kv WHERE ns = $1 AND key = $2",
  save: "INSERT INTO kv VALUES ($1, $2, $3) ON CONFLICT (ns, key) DO UPDATE SET value = $3",
  page: "SELECT key, value FROM kv WHERE ns = $1 AND key >= $2 ORDER BY key LIMIT $3",
  remove: "DELETE FROM kv WHERE ns = $1 AND key = $2",
};

/** What a script of mixed calls does in its n-th: mostly loads, many saves, a few of the others. */
function mixed(n: number): "load" | "save" | "keys" | "delete" {
  if (n % 50 === 0) return "keys";
  if (n % 25 === 1) return "delete";
  return n % 3 === 0 ? "save" : "load";
}

async function bareMixed(n: number): Promise<unknown> {
  const what = mixed(n);
  if (what === "load") return await bare.query(SQL.load, ["n", key(n)]);
  if (what === "save") return await bare.query(SQL.save, ["n", key(n), freshValue(n)]);
  if (what === "delete") return await bare.query(SQL.remove, ["n", key(n)]);
  return await bare.query("SELECT key FROM kv WHERE ns = $1 ORDER BY key", ["n"]);
}

async function storeMixed(n: number): Promise<unknown> {
  const what = mixed(n);
  if (what === "load") return await store.entry("n", key(n));
  if (what === "save") return await store.save("t", "n", key(n), freshValue(n));
  if (what === "delete") return await store.delete("t", "n", key(n));
  return await store.keys("n");
}

async function fill(): Promise<void> {
  await bare.connect();
  await bare.query(
    'CREATE TABLE kv (ns text COLLATE "C", key text COLLATE "C", value text, PRIMARY KEY (ns, key))',
  );
  await store.transact("t", async (transaction) => {
    for (let n = 0; n < KEYS; n++) {
      await transaction.save("n", key(n), freshValue(n));
      await bare.query(SQL.save, ["n", key(n), freshValue(n)]);
    }
  });
}

/** Prints how many times as long the store takes as the bare driver: the median of the rounds. */
async function compare(
  what: string,
  driver: (n: number) => Promise<unknown>,
  least: (n: number) => Promise<unknown>,
  ours: (n: number) => Promise<unknown>,
  count = COUNT,
): Promise<void> {
  const contestants = new Map([
    ["driver", driver],
    ["least", least],
    ["store", ours],
  ]);
  // Until the code that runs is the compiled one.
  for (let n = 0; n < WARM_UP; n++)
    for (const operation of contestants.values()) await operation(n);
  const costs = await race(contestants, ROUNDS, count);
  const wall = (name: string): string =>
    quantile(
      (costs.get(name) ?? []).map((cost) => cost.wall),
      0.5,
    ).toFixed(0);
  const times = (base: string) => (1 / ratio(costs, base, "store", "wall")).toFixed(2);
  console.log(
    `${what}: ${times("driver")} times the driver (${wall("store")} against ${wall("driver")} us), ${times("least")} times the least SQL (${wall("least")} us)`,
  );
}

/** A script of 1,000 mixed calls, in a worker as it ships, against the driver doing the same. */
async function compareScript(): Promise<void> {
  const worker = join(import.meta.dirname, "../../dist/engine-worker.cjs");
  const engine = startEngineWorker(worker, { ...options, postgres: server.options() });
  const bench = await openBench(() => engine.connect("script:main.lua"));
  const source = (calls: number): string => `
    for n = 0, ${calls} - 1 do
      local key = "k" .. n % ${KEYS}
      if n % 50 == 0 then State.list_keys("n")
      elseif n % 25 == 1 then State.delete("n", key)
      elseif n % 3 == 0 then State.save("n", key, { name = ("x"):rep(80), n = n })
      else State.load("n", key) end
    end`;
  await bench.run(source(CALLS));
  const [toDriver, toLeast]: [number[], number[]] = [[], []];
  for (let round = 0; round < 5; round++) {
    const empty = (await bench.run(source(0))).durationMs;
    const script = (await bench.run(source(CALLS))).durationMs - empty;
    const took = async (work: (n: number) => Promise<unknown>): Promise<number> => {
      const begun = performance.now();
      for (let n = 0; n < CALLS; n++) await work(n);
      return performance.now() - begun;
    };
    toDriver.push(script / (await took(sameMixed)));
    toLeast.push(script / (await took(bareMixed)));
  }
  const times = (ratios: readonly number[]) => quantile(ratios, 0.5).toFixed(2);
  console.log(
    `a script of ${CALLS} mixed calls: ${times(toDriver)} times the driver, ${times(toLeast)} times the least SQL`,
  );
  await bench.close();
  await engine.close();
}

/** Prints the round trips of each call, counted on the wire, once the connection stands. */
async function countRoundTrips(): Promise<void> {
  const proxy = await NetworkProxy.start(server.port);
  const postgres = server.options({ url: server.url({ port: proxy.port }) });
  const counted: Store = openStore({ ...options, postgres });
  await counted.save("t", "n", "k", "1");
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    load: () => counted.entry("n", "k"),
    save: () => counted.save("t", "n", "k", "2"),
    "save with compare-and-set": () => counted.save("t", "n", "other", "2", { ifRevision: 0 }),
    "save of an empty table from Lua": () =>
      counted.save("t", "n", "k", "{}", { keepEmptyArrays: true }),
    delete: () => counted.delete("t", "n", "other"),
    undo: () => counted.undo("t", "n", "k"),
    history: () => counted.history("n", "k"),
    list_keys: () => counted.keys("n"),
    "a page": () => counted.page("n", { limit: 100 }),
    namespaces: () => counted.namespaces(),
    "changes since a revision": () => counted.changesSince(0, 100),
    "a transaction of 10 saves": () =>
      counted.transact("t", async (transaction) => {
        for (let n = 0; n < 10; n++) await transaction.save("n", `k${n}`, "1");
      }),
  };
  for (const [name, call] of Object.entries(calls)) {
    const before = proxy.answers;
    await call();
    console.log(`${name}: ${proxy.answers - before} round trip(s)`);
  }
  await counted.close();
  await proxy.close();
}

try {
  await fill();
  await countRoundTrips();
  await compare(
    "load",
    same.load,
    (n) => bare.query(SQL.load, ["n", key(n)]),
    (n) => store.entry("n", key(n)),
  );
  await compare(
    "save",
    same.save,
    (n) => bare.query(SQL.save, ["n", key(n), freshValue(n)]),
    (n) => store.save("t", "n", key(n), freshValue(n)),
  );
  await compare(
    `a page of ${PAGE}`,
    () => bare.query(SAME.page, [name, "n", "k", "l", PAGE]),
    () => bare.query(SQL.page, ["n", "k", PAGE]),
    () => store.page("n", { prefix: "k", limit: PAGE }),
    20,
  );
  await compare("mixed calls", sameMixed, bareMixed, storeMixed, 200);
  await compareScript();
} finally {
  await bare.end();
  await store.close();
  await server.stop();
}
