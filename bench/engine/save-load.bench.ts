/**
 * What a save and a load cost, as ratios within one run: beside a bare upsert and select, beside the
 * same SQL by hand, and beside other stores where they are installed (`npm ci` in bench/).
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";
import { byHand, recordSql } from "./by-hand.ts";
import { openPeers, type Peer } from "./peers.ts";
import {
  benchFolder,
  freshValue,
  line,
  NAMESPACES,
  quantile,
  race,
  ratio,
  storeOptions,
  VALUE,
} from "./support.ts";

const KEYS = 10_000;
const ROUNDS = 15;
const COUNT = 1000;

/** Keys in an order without order, the same for everyone. */
function keyOf(n: number): [namespace: string, key: string] {
  const chosen = (Math.imul(n, 2_654_435_761) >>> 8) % KEYS;
  return [`space:${chosen % NAMESPACES}`, `item:${chosen}`];
}

const { path: root, remove } = benchFolder();
const saves = new Map<string, (n: number) => unknown>();
const loads = new Map<string, (n: number) => unknown>();
const endings: (() => unknown)[] = [];

function bare(): void {
  const database = new DatabaseSync(join(root, "bare.db"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE e (ns TEXT, k TEXT, v TEXT, PRIMARY KEY (ns, k)) WITHOUT ROWID");
  const upsert = database.prepare(
    "INSERT INTO e VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET v = excluded.v",
  );
  const select = database.prepare("SELECT v FROM e WHERE ns = ? AND k = ?");
  database.exec("BEGIN");
  for (let n = 0; n < KEYS; n++) upsert.run(`space:${n % NAMESPACES}`, `item:${n}`, VALUE);
  database.exec("COMMIT");
  saves.set("bare", (n) => upsert.run(...keyOf(n), freshValue(n)));
  loads.set("bare", (n) => select.get(...keyOf(n)));
  endings.push(() => database.close());
}

async function filled(name: string, historyLimit: number): Promise<StoreOptions> {
  const options = storeOptions(root, name, historyLimit);
  const store = openStore(options);
  await store.transact("bench", async (transaction) => {
    for (let n = 0; n < KEYS; n++) {
      await transaction.save(`space:${n % NAMESPACES}`, `item:${n}`, VALUE);
    }
  });
  await store.close();
  return options;
}

async function engine(name: string, historyLimit: number): Promise<void> {
  const store = openStore(await filled(name, historyLimit));
  saves.set(name, (n) => store.save("bench", ...keyOf(n), freshValue(n)));
  loads.set(name, (n) => store.entry(...keyOf(n)));
  endings.push(() => store.close());
}

async function hand(name: string, historyLimit: number): Promise<void> {
  const sql = await recordSql(storeOptions(root, `${name} recorded`, historyLimit));
  const loop = byHand(await filled(name, historyLimit), sql);
  saves.set(name, (n) => loop.save(...keyOf(n), freshValue(n)));
  loads.set(name, (n) => loop.load(...keyOf(n)));
  endings.push(loop.close);
}

async function peers(): Promise<readonly Peer[]> {
  try {
    const all = await openPeers(root);
    for (const { name, save, load, close } of all) {
      for (let n = 0; n < KEYS; n++) await save(`space:${n % NAMESPACES}/item:${n}`, VALUE);
      saves.set(name, (n) => save(keyOf(n).join("/"), freshValue(n)));
      loads.set(name, (n) => load(keyOf(n).join("/")));
      endings.push(close);
    }
    return all;
  } catch (error) {
    console.log(`Without other stores: ${error instanceof Error ? error.message : error}`);
    return [];
  }
}

try {
  bare();
  await hand("by hand, no history", 0);
  await hand("by hand, history", 20);
  await engine("engine, no history", 0);
  await engine("engine, history", 20);
  await engine("engine, history full", 1);
  const others = await peers();
  const save = await race(saves, ROUNDS, COUNT);
  const load = await race(loads, ROUNDS, COUNT);

  line("save, microseconds: median", "wall", "CPU");
  for (const [name, costs] of save) {
    line(
      name,
      ...(["wall", "cpu"] as const).map((of) =>
        quantile(
          costs.map((cost) => cost[of]),
          0.5,
        ),
      ),
    );
  }
  line("load, microseconds: median", "wall", "CPU");
  for (const [name, costs] of load) {
    line(
      name,
      ...(["wall", "cpu"] as const).map((of) =>
        quantile(
          costs.map((cost) => cost[of]),
          0.5,
        ),
      ),
    );
  }
  const compare = (title: string, costs: typeof save, base: string, name: string): void =>
    line(title, ratio(costs, base, name, "wall"), ratio(costs, base, name, "cpu"));
  line("ratios: median of the rounds", "wall", "CPU");
  compare(
    "save of the same SQL, no history (goal 0.8)",
    save,
    "by hand, no history",
    "engine, no history",
  );
  compare("save of the same SQL, history (goal 0.8)", save, "by hand, history", "engine, history");
  compare("load of the same SQL (goal 0.8)", load, "by hand, history", "engine, history");
  compare("save of a bare upsert, no history (goal 0.25)", save, "bare", "engine, no history");
  compare("save of a bare upsert, history (goal 0.18)", save, "bare", "engine, history");
  compare("save of a bare upsert, history at its limit", save, "bare", "engine, history full");
  compare("load of a bare select (goal 0.5)", load, "bare", "engine, history");
  for (const { name } of others) {
    compare(`save of ${name}, no history`, save, name, "engine, no history");
    compare(`save of ${name}, history`, save, name, "engine, history");
    compare(`load of ${name}`, load, name, "engine, history");
  }
} finally {
  for (const end of endings) await end();
  remove();
}
