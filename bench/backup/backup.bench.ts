/**
 * What backups cost, as ratios within one run: `node bench/backup/backup.bench.ts`. A million entries,
 * or LLMSPELL_BENCH_ENTRIES. Contestants take turns, so that what else the machine does meets all of
 * them alike; the ratio is the median of the rounds'. Needs `npm run build`.
 */
import { createReadStream, createWriteStream, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { createZstdCompress } from "node:zlib";
import { createBackup } from "../../server/src/engine/backup/create.ts";
import type { BackupPlace } from "../../server/src/engine/backup/place.ts";
import { restoreBackup } from "../../server/src/engine/backup/restore.ts";
import { verifyBackup } from "../../server/src/engine/backup/verify.ts";
import { startJobsProcess } from "../../server/src/engine/jobs-process.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { Store } from "../../server/src/engine/types.ts";
import { benchFolder, NAMESPACES, quantile, storeOptions } from "../engine/support.ts";
import { LanguageClient } from "../language/language-client.ts";

const ENTRIES = Number(process.env["LLMSPELL_BENCH_ENTRIES"] ?? 1_000_000);
const ROUNDS = 3;
const CHUNK = 256 * 1024;

const { path: root, remove } = benchFolder();
const state = storeOptions(root, "state", 20);
const place: BackupPlace = { folder: join(root, "backups"), maxValueBytes: 1 << 20, now: Date.now };

/** Seconds; CPU time of all threads. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

async function timed(work: () => unknown): Promise<Cost> {
  const used = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(used);
  return { wall, cpu: (user + system) / 1e6 };
}

type Contestant = (round: number) => Promise<Cost>;

/** Everyone's costs, round by round. */
async function race<Name extends string>(
  contestants: Readonly<Record<Name, Contestant>>,
  rounds = ROUNDS,
): Promise<Record<Name, readonly Cost[]>> {
  const names = Object.keys(contestants) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Cost[]
  >;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) costs[name].push(await contestants[name](round));
  }
  return costs;
}

const median = (values: readonly number[]) => quantile(values, 0.5);

function tell(what: string, ours: readonly Cost[], theirs: readonly Cost[], goal: string): void {
  const ratio = (of: keyof Cost) =>
    median(ours.map((cost, round) => cost[of] / (theirs[round]?.[of] ?? Number.NaN)));
  const seconds = (costs: readonly Cost[]) => median(costs.map(({ wall }) => wall)).toFixed(3);
  const [wall, cpu] = [ratio("wall"), ratio("cpu")].map((value) => value.toPrecision(3));
  console.log(
    `${what}: ${seconds(ours)} s to ${seconds(theirs)} s = ${wall} (CPU time: ${cpu}; goal: ${goal})`,
  );
}

/** About 100 bytes that compress as user data does. */
function valueFor(n: number): string {
  const name = ((n * 2654435761) % 4294967296).toString(36);
  return `{"name":"user ${name}","visits":${n % 977},"score":${n % 89}.5,"tags":["a","${name}"]}`;
}

async function fill(store: Store): Promise<void> {
  const at = Date.now();
  for (let start = 0; start < ENTRIES; start += 50_000) {
    const entries = Array.from({ length: Math.min(50_000, ENTRIES - start) }, (_, index) => {
      const n = start + index;
      const name = { namespace: `space:${n % NAMESPACES}`, key: `item:${n}` };
      return { ...name, value: valueFor(n), plain: true, createdAt: at, updatedAt: at };
    });
    await store.transact("bench", (transaction) => transaction.insertAll(entries));
  }
}

interface Row {
  readonly namespace: string;
  readonly key: string;
  readonly revision: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly origin: string;
  readonly value: string;
}

const ROWS =
  "SELECT namespace, key, revision, created_at, updated_at, origin, value FROM entries ORDER BY namespace, key";
const databaseOf = (folder: string) => join(folder, "state.db");

function* selectedLines(database: DatabaseSync): Generator<string> {
  const rows = database.prepare(ROWS).iterate() as Iterable<unknown> as Iterable<Row>;
  let chunk = "";
  for (const { value, ...head } of rows) {
    chunk += `${JSON.stringify(head).slice(0, -1)},"value":${value}}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

/** The same lines with nothing around them: no checksum, no counts, no sync. */
async function plainSelect(): Promise<Cost> {
  const file = join(root, "plain.zst");
  return timed(async () => {
    const database = new DatabaseSync(databaseOf(state.folder), { readOnly: true });
    await pipeline(
      Readable.from(selectedLines(database)),
      createZstdCompress({ chunkSize: CHUNK }),
      createWriteStream(file),
    );
    database.close();
  });
}

async function vacuumInto(): Promise<Cost> {
  const copy = join(root, "vacuum.db");
  const cost = await timed(async () => {
    const database = new DatabaseSync(databaseOf(state.folder));
    database.exec(`VACUUM INTO '${copy}'`);
    database.close();
    await pipeline(
      createReadStream(copy, { highWaterMark: CHUNK }),
      createZstdCompress({ chunkSize: CHUNK }),
      createWriteStream(`${copy}.zst`),
    );
  });
  rmSync(copy);
  return cost;
}

/** The same entries, which are in memory already, into one table in one transaction. */
async function bulkInsert(): Promise<Cost> {
  const source = new DatabaseSync(databaseOf(state.folder), { readOnly: true });
  const rows = source.prepare(ROWS).all() as unknown as readonly Row[];
  source.close();
  const file = join(root, "bulk.db");
  const cost = await timed(() => {
    const database = new DatabaseSync(file);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    database.exec(
      "CREATE TABLE e (namespace TEXT, key TEXT, revision INT, created_at INT, updated_at INT, origin TEXT, value TEXT, PRIMARY KEY (namespace, key)) WITHOUT ROWID",
    );
    const insert = database.prepare("INSERT INTO e VALUES (?, ?, ?, ?, ?, ?, ?)");
    database.exec("BEGIN IMMEDIATE");
    for (const row of rows) {
      insert.run(
        row.namespace,
        row.key,
        row.revision,
        row.created_at,
        row.updated_at,
        row.origin,
        row.value,
      );
    }
    database.exec("COMMIT");
    database.close();
  });
  rmSync(file);
  return cost;
}

async function restoreIntoEmpty(id: string, round: number): Promise<Cost> {
  const options = storeOptions(root, `empty-${round}`, 20);
  const cost = await timed(async () => {
    const empty = openStore(options);
    await restoreBackup(empty, place, id, {});
    await empty.close();
  });
  rmSync(options.folder, { recursive: true });
  return cost;
}

/** Backups as an editor makes them: in a process that has made some already. */
async function raceInProcess(store: Store): Promise<void> {
  const options = { backupDir: place.folder, backupRetentionDays: 30, maxBackups: undefined };
  const worker = startJobsProcess(new URL("../../server/src/engine/worker.ts", import.meta.url), {
    ...state,
    ...options,
  });
  const { full, incremental } = await race(
    {
      full: () => timed(() => worker.createBackup({ incremental: false })),
      incremental: async (round) => {
        await store.transact("bench", async (transaction) => {
          for (let n = 0; n < 100; n++) {
            await transaction.save(`space:${n}`, `item:${n}`, `${round}`);
          }
        });
        return timed(async () => {
          const { kind } = await worker.createBackup({ incremental: true });
          if (kind !== "incremental") throw new Error("not incremental");
        });
      },
    },
    ROUNDS + 1,
  );
  tell(
    "incremental after 100 changes to full",
    incremental.slice(1),
    full.slice(1),
    "at most 0.01",
  );
  await worker.close();
}

const loadOf = (n: number) => `print(State.load("space:${n}", "item:${n}"))`;

/** Hovers over loads of stored keys until it has ended; the 95th percentile of the answers in ms. */
async function hoverUntil(client: LanguageClient, uri: string, ended: () => boolean) {
  const times: number[] = [];
  for (let n = 0; !ended(); n++) {
    const start = performance.now();
    const line = n % NAMESPACES;
    const position = { line, character: loadOf(line).indexOf("item:") };
    const answer = await client.ask("textDocument/hover", { textDocument: { uri }, position });
    times.push(performance.now() - start);
    if (!JSON.stringify(answer).includes("item:")) throw new Error("no hover over a stored key");
    await setTimeout(2);
  }
  return quantile(times, 0.95);
}

/** The language server's hovers while it makes full backups, and while it makes none. */
async function hoverBesideBackups(): Promise<void> {
  const uri = pathToFileURL(join(root, "script.lua")).href;
  const script = Array.from({ length: NAMESPACES }, (_, n) => loadOf(n)).join("\n");
  writeFileSync(join(root, "llmspell.toml"), '[state]\npath = "state"\nbackup_dir = "served"\n');
  const client = await LanguageClient.start({
    command: [process.execPath, join(import.meta.dirname, "../../dist/server.cjs"), "--stdio"],
    folder: root,
  });
  await client.initialized();
  await client.open(uri, script);
  const [info] = await client.ask<readonly { readonly store: string }[]>(
    "llmspellState/stores",
    {},
  );
  const store = info?.store;
  const backUp = () => client.ask("llmspellState/createBackup", { store });
  await backUp();
  const idle: number[] = [];
  const busy: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const end = performance.now() + 3000;
    idle.push(await hoverUntil(client, uri, () => performance.now() > end));
    let made = false;
    const backup = backUp().finally(() => {
      made = true;
    });
    busy.push(await hoverUntil(client, uri, () => made));
    await backup;
  }
  await client.stop();
  const ratio = median(busy.map((time, round) => time / (idle[round] ?? Number.NaN)));
  const times = [busy, idle].map((values) => `${median(values).toFixed(2)} ms`);
  console.log(
    `hover on the server during a full backup to an idle one, 95th percentile: ${times.join(" to ")} = ${ratio.toFixed(2)} (goal: at most 2)`,
  );
}

try {
  console.log(`${ENTRIES} entries in ${NAMESPACES} namespaces, Node ${process.versions.node}`);
  const store = openStore(state);
  await fill(store);

  let id = "";
  const made = await race({
    full: () =>
      timed(async () => {
        ({ id } = await createBackup(store, place, { incremental: false, reason: "asked" }));
      }),
    plain: plainSelect,
    vacuum: vacuumInto,
  });
  tell("full backup to a plain select", made.full, made.plain, "at most 1.5");
  tell("full backup to VACUUM INTO", made.full, made.vacuum, "at most 5");

  const brought = await race({
    restore: (round) => restoreIntoEmpty(id, round),
    bulk: bulkInsert,
    verify: () => timed(() => verifyBackup(place, id, { quick: false })),
  });
  tell("restore into an empty store to a bulk insert", brought.restore, brought.bulk, "at most 2");
  const verifying = median(brought.verify.map(({ wall }) => wall));
  console.log(`full verification alone: ${verifying.toFixed(3)} s`);

  await raceInProcess(store);

  const { wall } = await timed(() => restoreBackup(store, place, id, {}));
  console.log(`restore over a store that differs in 100 entries: ${wall.toFixed(3)} s`);
  await store.close();

  await hoverBesideBackups();
} finally {
  remove();
}
