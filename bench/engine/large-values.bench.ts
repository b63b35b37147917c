/**
 * Whether large values slow down what does not read them: pages of 100 entries over 300 keys, through
 * the view that the language server uses, beside the same over small values; and loads and saves of
 * such values beside the bare select and upsert of one table.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { Store } from "../../server/src/engine/types.ts";
import { openStateView } from "../../server/src/engine/view.ts";
import { benchFolder, line, quantile, race, ratio, storeOptions } from "./support.ts";

const KEYS = 300;
/** Beyond the last of these only pages are measured: the rest would be that of the disk. */
const COMPARED = [100, 1000, 20_000];
const LARGEST = 1024 * 1024 - 100;
const PAGES = 200;
const ROUNDS = 5;
/** As the tree asks: longer values are not read. */
const SHOWN = 50_000;

const { path: root, remove } = benchFolder();

/** A text of so many bytes, each `n` another. */
function sized(bytes: number, n: number): string {
  return JSON.stringify(String(1_000_000 + n) + "x".repeat(bytes - 9));
}

function keyOf(n: number): string {
  return `k${(n * 7919) % KEYS}`;
}

/** Milliseconds of every page. */
async function pages(folder: string): Promise<readonly number[]> {
  const view = openStateView({ folder });
  const times: number[] = [];
  for (let n = 0; n < PAGES; n++) {
    const start = performance.now();
    await view.page("n", { limit: 100, prefix: "k", maxValueBytes: SHOWN });
    times.push(performance.now() - start);
  }
  view.close();
  return times;
}

/** How many times as fast as a bare table the store loads and saves. */
async function compare(store: Store, bytes: number): Promise<readonly number[]> {
  const database = new DatabaseSync(join(root, `${bytes}.db`));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE e (ns TEXT, k TEXT, v TEXT, PRIMARY KEY (ns, k)) WITHOUT ROWID");
  const upsert = database.prepare(
    "INSERT INTO e VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET v = excluded.v",
  );
  const select = database.prepare("SELECT v FROM e WHERE ns = ? AND k = ?");
  for (let n = 0; n < KEYS; n++) upsert.run("n", keyOf(n), sized(bytes, n));
  const contests = [
    new Map<string, (n: number) => unknown>([
      ["bare", (n) => select.get("n", keyOf(n))],
      ["engine", (n) => store.entry("n", keyOf(n))],
    ]),
    new Map<string, (n: number) => unknown>([
      ["bare", (n) => upsert.run("n", keyOf(n), sized(bytes, n + 1))],
      ["engine", (n) => store.save("bench", "n", keyOf(n), sized(bytes, n + 1))],
    ]),
  ];
  const ratios: number[] = [];
  for (const contest of contests) {
    ratios.push(ratio(await race(contest, ROUNDS, KEYS), "bare", "engine", "cpu"));
  }
  database.close();
  return ratios;
}

try {
  line("pages of 100 in ms; ratios of CPU time", "p50", "p95", "load", "save");
  for (const bytes of [...COMPARED, LARGEST]) {
    const options = storeOptions(root, String(bytes), 0);
    const store = openStore(options);
    for (let n = 0; n < KEYS; n++) await store.save("bench", "n", keyOf(n), sized(bytes, n));
    const times = await pages(options.folder);
    const compared = COMPARED.includes(bytes) ? await compare(store, bytes) : [];
    await store.close();
    line(`${KEYS} of ${bytes} bytes`, quantile(times, 0.5), quantile(times, 0.95), ...compared);
  }
} finally {
  remove();
}
