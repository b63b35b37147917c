/**
 * What the engine costs, as ratios within one run: `node bench/engine/engine.bench.ts`.
 * LLMSPELL_LONG=1 lists a million entries instead of 100,000.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ChangeFeed } from "../../server/src/engine/feed.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { Store, StoreOptions } from "../../server/src/engine/types.ts";
import { openStateView } from "../../server/src/engine/view.ts";

const LARGE = process.env["LLMSPELL_LONG"] === undefined ? 100_000 : 1_000_000;
const SMALL = 10_000;
const NAMESPACES = 200;
const OPERATIONS = 20_000;
const KEYS = 2000;
/** The small store has 50 keys in each namespace: both pages are of as many. */
const PAGE = 25;
const VALUE = JSON.stringify({ name: "x".repeat(80), n: 1 });

const root = mkdtempSync(join(tmpdir(), "llmspell-bench-"));

function optionsIn(name: string, historyLimit: number): StoreOptions {
  const folder = join(root, name);
  return {
    backend: "sqlite",
    folder,
    durability: "normal",
    historyLimit,
    maxValueBytes: 1024 * 1024,
    schemaVersion: "1.0.0",
  };
}

/** Microseconds of wall time per operation. */
async function timed(count: number, work: (n: number) => unknown): Promise<number> {
  const start = performance.now();
  for (let n = 0; n < count; n++) await work(n);
  return ((performance.now() - start) / count) * 1000;
}

function keyOf(n: number): string {
  return `key:${n % KEYS}`;
}

async function bare(): Promise<{ save: number; load: number }> {
  const database = new DatabaseSync(join(root, "bare.db"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE e (ns TEXT, k TEXT, v TEXT, PRIMARY KEY (ns, k)) WITHOUT ROWID");
  const upsert = database.prepare(
    "INSERT INTO e VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET v = excluded.v",
  );
  const select = database.prepare("SELECT v FROM e WHERE ns = ? AND k = ?");
  const save = await timed(OPERATIONS, (n) => upsert.run("ns", keyOf(n), VALUE));
  const load = await timed(OPERATIONS, (n) => select.get("ns", keyOf(n)));
  database.close();
  return { save, load };
}

async function engine(historyLimit: number): Promise<{ save: number; load: number }> {
  const store = openStore(optionsIn(`history-${historyLimit}`, historyLimit));
  const save = await timed(OPERATIONS, (n) => store.save("bench", "ns", keyOf(n), VALUE));
  const load = await timed(OPERATIONS, (n) => store.entry("ns", keyOf(n)));
  await store.close();
  return { save, load };
}

async function fill(store: Store, entries: number): Promise<void> {
  const batch = 20_000;
  for (let start = 0; start < entries; start += batch) {
    await store.transact("bench", async (transaction) => {
      for (let n = start; n < Math.min(start + batch, entries); n++) {
        await transaction.save(`space:${n % NAMESPACES}`, `item:${n}`, VALUE);
      }
    });
  }
}

/** 95th percentile, in ms. */
async function slowest(count: number, work: (n: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    await work(n);
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(count * 0.95)] ?? 0;
}

async function listing(entries: number): Promise<Record<string, number>> {
  const options = optionsIn(`listing-${entries}`, 0);
  const store = openStore(options);
  await fill(store, entries);
  await store.close();
  const open = await slowest(20, async () => {
    const view = openStateView(options);
    await view.revision();
    view.close();
  });
  const view = openStateView(options);
  const space = (n: number): string => `space:${n % NAMESPACES}`;
  const middle = (): string => "item:5";
  const result = {
    open,
    namespaces: await slowest(200, () => view.namespaces()),
    firstPage: await slowest(200, (n) => view.page(space(n), { prefix: "item:", limit: PAGE })),
    middlePage: await slowest(200, (n) =>
      view.page(space(n), { prefix: "item:", after: middle(), limit: PAGE }),
    ),
    load: await slowest(2000, (n) => view.entry(space(n), `item:${n}`)),
  };
  view.close();
  return result;
}

/** From the acknowledged save in another process to this process's subscriber: median in ms. */
async function latency(): Promise<number> {
  const options = optionsIn("latency", 0);
  const child = fork(new URL("../../test/engine/writer.process.ts", import.meta.url), [
    JSON.stringify(options),
  ]);
  await once(child, "message");
  const view = openStateView(options);
  let heard: () => void = () => {};
  const feed = new ChangeFeed(view, () => heard());
  await feed.ready;
  const times: number[] = [];
  for (let n = 0; n < 200; n++) {
    const told = new Promise<number>((resolve) => {
      heard = () => resolve(performance.timeOrigin + performance.now());
    });
    child.send({ namespace: "n", key: "k", value: String(n) });
    const [[{ at }], then] = await Promise.all([once(child, "message"), told]);
    times.push(Math.max(0, then - at));
  }
  await feed.close();
  view.close();
  child.kill();
  return times.toSorted((a, b) => a - b)[100] ?? 0;
}

function row(name: string, value: number, unit: string): void {
  console.log(`${name.padEnd(56)} ${value.toFixed(3).padStart(9)} ${unit}`);
}

try {
  const plain = await bare();
  const without = await engine(0);
  const withHistory = await engine(20);
  row("save without history, of a bare upsert (goal 0.25)", plain.save / without.save, "times");
  row("save with history, of a bare upsert (goal 0.18)", plain.save / withHistory.save, "times");
  row("load, of a bare select (goal 0.5)", plain.load / without.load, "times");
  row("a bare upsert", plain.save, "us");
  row("save with history", withHistory.save, "us");
  row("change to subscriber across processes (goal under 100)", await latency(), "ms");
  const small = await listing(SMALL);
  const large = await listing(LARGE);
  for (const [name, value] of Object.entries(large)) {
    row(`${name}, ${LARGE} entries, 95th percentile`, value, "ms");
    row(
      `${name}, growth from ${SMALL} entries (goal under 1.5)`,
      value / (small[name] ?? 1),
      "times",
    );
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
