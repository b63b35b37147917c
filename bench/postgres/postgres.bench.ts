/**
 * What a store in PostgreSQL costs beside the bare driver: one that makes the same requests, and one
 * that makes as many with the least SQL that could do: `node bench/postgres/postgres.bench.ts`, after
 * `npm run build`. The server is the tests' own, with its usual settings: every commit is on the disk.
 * Ratios within one run.
 */
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { startEngineWorker } from "../../server/src/engine/client.ts";
import type { EngineOptions } from "../../server/src/engine/engine.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { newClient } from "../../server/src/engine/postgres/driver.ts";
import type { Store } from "../../server/src/engine/types.ts";
import { openBench } from "../../test/runner/harness.ts";
import { TestPostgres } from "../../test/support/postgres.ts";
import { NetworkProxy } from "../../test/support/proxy.ts";
import { freshValue, quantile, race, ratio } from "../engine/support.ts";
import {
  KEYS,
  keyOf,
  LEAST_TABLE,
  leastRequests,
  mixed,
  mixedScript,
  type Requests,
  sameRequests,
  timed,
} from "./requests.ts";

const ROUNDS = 31;
const COUNT = 50;
const WARM_UP = 500;
const PAGE = 100;
const CALLS = 1000;
const SCRIPTS = 9;

const server = await TestPostgres.start([]);
const postgres = server.options();
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
  postgres,
};
const store = openStore(options);
const bare = newClient({ connectionString: server.url() });
const same = sameRequests(bare, postgres.store);
const least = leastRequests(bare);

const ours: Requests = {
  load: (n) => store.entry("n", keyOf(n)),
  save: (n) => store.save("t", "n", keyOf(n), freshValue(n)),
  delete: (n) => store.delete("t", "n", keyOf(n)),
  keys: () => store.keys("n"),
  page: (limit) => store.page("n", { prefix: "k", limit }),
  mixed: (n) => ours[mixed(n)](n),
};

async function fill(): Promise<void> {
  await bare.connect();
  await bare.query(LEAST_TABLE);
  await store.transact("t", async (transaction) => {
    for (let n = 0; n < KEYS; n++) {
      await transaction.save("n", keyOf(n), freshValue(n));
      await least.save(n);
    }
  });
}

/** Prints how many times as long the store takes as the bare driver: the median of the rounds. */
async function compare(
  what: string,
  call: (requests: Requests) => (n: number) => Promise<unknown>,
  count = COUNT,
): Promise<void> {
  const contestants = new Map([
    ["driver", call(same)],
    ["least", call(least)],
    ["store", call(ours)],
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

/**
 * A script of 1,000 mixed calls, in a worker as it ships, against the driver doing the same: in a thread
 * where it did so before, and in a new thread, as the script is one each time.
 */
async function compareScript(): Promise<void> {
  const worker = join(import.meta.dirname, "../../dist/engine-worker.cjs");
  const engine = startEngineWorker(worker, options);
  const bench = await openBench(() => engine.connect("script:main.lua"));
  await bench.run(mixedScript(CALLS));
  const ratios: Record<"driver" | "new" | "least", number[]> = { driver: [], new: [], least: [] };
  for (let round = 0; round < SCRIPTS; round++) {
    const empty = (await bench.run(mixedScript(0))).durationMs;
    const script = (await bench.run(mixedScript(CALLS))).durationMs - empty;
    ratios.driver.push(script / (await timed(CALLS, same.mixed)));
    ratios.new.push(script / (await inNewThread()));
    ratios.least.push(script / (await timed(CALLS, least.mixed)));
  }
  const times = (ratios: readonly number[]) => quantile(ratios, 0.5).toFixed(2);
  console.log(
    `a script of ${CALLS} mixed calls: ${times(ratios.driver)} times the driver, ${times(ratios.new)} times the driver in a new thread, ${times(ratios.least)} times the least SQL`,
  );
  await bench.close();
  await engine.close();
}

/** The bare driver's time for the calls of the script, in ms. */
async function inNewThread(): Promise<number> {
  const workerData = { url: server.url(), store: postgres.store, calls: CALLS };
  const thread = new Worker(join(import.meta.dirname, "driver.thread.ts"), { workerData });
  const [ms] = (await once(thread, "message")) as [number];
  await once(thread, "exit");
  return ms;
}

/** Prints the round trips of each call, counted on the wire, once the connection stands. */
async function countRoundTrips(): Promise<void> {
  const proxy = await NetworkProxy.start(server.port);
  const proxied = server.options({ url: server.url({ port: proxy.port }) });
  const counted: Store = openStore({ ...options, postgres: proxied });
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
  await compare("load", ({ load }) => load);
  await compare("save", ({ save }) => save);
  await compare(
    `a page of ${PAGE}`,
    ({ page }) =>
      () =>
        page(PAGE),
    20,
  );
  await compare("mixed calls", ({ mixed }) => mixed, 200);
  await compareScript();
} finally {
  await bare.end();
  await store.close();
  await server.stop();
}
