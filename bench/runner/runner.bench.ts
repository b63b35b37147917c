/**
 * What the runner costs, as ratios within one run: `node bench/runner/runner.bench.ts`. Its own time
 * with Debian's `lua5.4` beside it where there is one, and the bridge beside the engine itself.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "../../server/src/engine/open.ts";
import { diskStore, openBench } from "../../test/runner/harness.ts";

const LUA = "/usr/bin/lua5.4";
const OPERATIONS = 20_000;
const STARTS = 20;

const PROGRAMS: Readonly<Record<string, string>> = {
  "recursion (fib 25)":
    "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end print(fib(25))",
  "loop with arithmetic (2 million)":
    "local n = 0 for i = 1, 2000000 do n = n + i % 7 end print(n)",
  "tables (sieve to 200,000)":
    "local p = {} for i = 2, 200000 do if not p[i] then for j = i * 2, 200000, i do p[j] = true end end end print(#p)",
  "strings (100,000 pieces)":
    "local t = {} for i = 1, 100000 do t[i] = ('%d:%s'):format(i, 'x') end print(#table.concat(t))",
  "patterns (20,000 gsubs)":
    "local n = 0 for i = 1, 20000 do n = n + select(2, ('a=1, b=2, c=3'):gsub('(%w+)=(%w+)', '%2=%1')) end print(n)",
};

const store = await diskStore();
const bench = await openBench(store.connect);
const folder = mkdtempSync(join(tmpdir(), "llmspell-bench-"));

async function scriptMs(source: string): Promise<number> {
  const ran = await bench.run(source);
  if (!ran.ok) throw new Error(ran.error?.message);
  return ran.durationMs;
}

async function timed(count: number, work: (n: number) => unknown): Promise<number> {
  const start = performance.now();
  for (let n = 0; n < count; n++) await work(n);
  return performance.now() - start;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const perSecond = (ms: number) => `${Math.round(OPERATIONS / (ms / 1000))}/s`;

const starts: number[] = [];
for (let i = 0; i < STARTS; i++) {
  const begun = performance.now();
  await bench.start("print(1)", { onOutput: () => starts.push(performance.now() - begun) }).result;
}
const start = median(starts);
console.log(`start to first output: median ${start.toFixed(0)} ms (goal: under 150)`);

for (const [name, source] of Object.entries(PROGRAMS)) {
  const ours = (await scriptMs(source)) - start;
  if (!existsSync(LUA)) {
    console.log(`${name}: ${ours.toFixed(0)} ms`);
    continue;
  }
  const begun = performance.now();
  spawnSync(LUA, ["-e", source]);
  const theirs = performance.now() - begun;
  console.log(`${name}: ${ours.toFixed(0)} ms, ${(ours / theirs).toFixed(1)} times lua5.4`);
}

const engine = openEngine({
  backend: "sqlite",
  folder: join(folder, "state"),
  durability: "normal",
  historyLimit: 20,
  maxValueBytes: 1024 * 1024,
  schemaVersion: "1.0.0",
  backupDir: join(folder, "backups"),
  backupRetentionDays: 30,
  maxBackups: undefined,
});
const directSave = await timed(OPERATIONS, (n) =>
  engine.save("bench", "a", `k${n % 100}`, `{"n":${n},"s":"x"}`),
);
const directLoad = await timed(OPERATIONS, (n) => engine.entry("a", `k${n % 100}`));
const save = await scriptMs(
  `for i = 1, ${OPERATIONS} do State.save("a", "k" .. (i % 100), {n = i, s = "x"}) end`,
);
const load = await scriptMs(`for i = 1, ${OPERATIONS} do State.load("a", "k" .. (i % 100)) end`);
const ratio = (direct: number, bridged: number) => (direct / (bridged - start)).toFixed(2);
console.log(
  `State.save ${perSecond(save - start)}, engine ${perSecond(directSave)}: ${ratio(directSave, save)} of it (goal: 0.5)`,
);
console.log(
  `State.load ${perSecond(load - start)}, engine ${perSecond(directLoad)}: ${ratio(directLoad, load)} of it (goal: 0.2)`,
);

await engine.close();
await store.close();
await bench.close();
rmSync(folder, { recursive: true, force: true });
