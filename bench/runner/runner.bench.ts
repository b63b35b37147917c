/**
 * What the runner costs: `node bench/runner/runner.bench.ts`, after `npm run build`. Ratios within one
 * run; CPU time beside wall time, which says little on a machine that is shared.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { openEngine } from "../../server/src/engine/open.ts";
import { RUNTIMES } from "../../server/src/runner/types.ts";
import { runScriptRequest } from "../../shared/src/protocol.ts";
import { Session } from "../../test/lsp/session.ts";
import { type Bench, diskStore, memoryStore, openBench } from "../../test/runner/harness.ts";
import { RUNAWAYS } from "../../test/runner/runaways.ts";

const LUA = "/usr/bin/lua5.4";
const CALLS = 20_000;
const ROUNDS = 7;
const STARTS = 20;
const LIMIT_MS = 300;
const LONG = { limits: { timeoutMs: 120_000 } };

const PROGRAMS: Readonly<Record<string, string>> = {
  "recursion (fib 27)":
    "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end print(fib(27))",
  "arithmetic (10 million)": "local n = 0 for i = 1, 10000000 do n = n + i % 7 end print(n)",
  "tables (sieve to 200,000)":
    "local p = {} for i = 2, 200000 do if not p[i] then for j = i * 2, 200000, i do p[j] = true end end end print(#p)",
  "strings (300,000 pieces)":
    "local t = {} for i = 1, 300000 do t[i] = ('%d:%s'):format(i, 'x') end print(#table.concat(t))",
  "patterns (100,000 gsubs)":
    "local n = 0 for i = 1, 100000 do n = n + select(2, ('a=1, b=2, c=3'):gsub('(%w+)=(%w+)', '%2=%1')) end print(n)",
};

/** In milliseconds. */
interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

async function cost(work: () => unknown): Promise<Cost> {
  const before = process.cpuUsage();
  const begun = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000, wall: performance.now() - begun };
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const median = (values: readonly number[]) => sorted(values)[values.length >> 1] ?? 0;
const p95 = (values: readonly number[]) => sorted(values)[Math.floor(values.length * 0.95)] ?? 0;

async function medianCost(rounds: number, work: () => unknown): Promise<Cost> {
  const costs: Cost[] = [];
  for (let i = 0; i < rounds; i++) costs.push(await cost(work));
  return { cpu: median(costs.map(({ cpu }) => cpu)), wall: median(costs.map(({ wall }) => wall)) };
}

const minus = (a: Cost, b: Cost): Cost => ({ cpu: a.cpu - b.cpu, wall: a.wall - b.wall });

/** CPU milliseconds of Debian's Lua. */
function luaCpu(source: string): number {
  const { stderr } = spawnSync("bash", ["-c", 'TIMEFORMAT="%U %S"; time "$0" -', LUA], {
    input: source,
    encoding: "utf8",
  });
  const [user = 0, system = 0] = stderr.trim().split(" ").map(Number);
  return 1000 * (user + system);
}

async function starts(bench: Bench, name: string): Promise<Cost> {
  const outputs: number[] = [];
  const whole = await medianCost(STARTS, async () => {
    const begun = performance.now();
    const onOutput = () => outputs.push(performance.now() - begun);
    await bench.start("print(1)", { onOutput }).result;
  });
  console.log(
    `${name}: first output after ${median(outputs).toFixed(0)} ms, CPU of the whole run ${whole.cpu.toFixed(0)} ms`,
  );
  return whole;
}

async function bareThread(): Promise<void> {
  const source = 'require("node:worker_threads").parentPort.postMessage(1)';
  const { cpu, wall } = await medianCost(STARTS, async () => {
    const worker = new Worker(source, { eval: true, env: {}, execArgv: [], stdin: false });
    await new Promise((resolve) => worker.once("message", resolve));
    await worker.terminate();
  });
  console.log(`a bare thread: ${wall.toFixed(0)} ms, CPU ${cpu.toFixed(0)} ms`);
}

async function programs(bench: Bench, name: string, empty: Cost): Promise<void> {
  for (const [program, source] of Object.entries(PROGRAMS)) {
    const ours = minus(await medianCost(3, () => bench.print(source, LONG)), empty).cpu;
    const lua = existsSync(LUA) ? median([1, 2, 3].map(() => luaCpu(source))) : 0;
    const ratio = lua === 0 ? "" : `, ${(ours / lua).toFixed(1)} times lua5.4`;
    console.log(`${name}: ${program}: CPU ${ours.toFixed(0)} ms${ratio}`);
  }
}

async function stateCalls(bench: Bench, name: string, empty: Cost): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "llmspell-bench-"));
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
  const direct = async (work: (n: number) => Promise<unknown>) => {
    for (let n = 0; n < CALLS; n++) await work(n);
  };
  const ratios = { save: [] as Cost[], load: [] as Cost[] };
  const told = { save: [] as Cost[], load: [] as Cost[] };
  for (let i = 0; i < ROUNDS; i++) {
    const directly = {
      save: await cost(() =>
        direct((n) => engine.save("bench", "a", `k${n % 100}`, `{"n":${n},"s":"x"}`)),
      ),
      load: await cost(() => direct((n) => engine.entry("a", `k${n % 100}`))),
    };
    const loop = (call: string) => `for i = 1, ${CALLS} do ${call} end`;
    const bridged = {
      save: await cost(() =>
        bench.print(loop('State.save("a", "k" .. (i % 100), {n = i, s = "x"})'), LONG),
      ),
      load: await cost(() => bench.print(loop('State.load("a", "k" .. (i % 100))'), LONG)),
    };
    for (const call of ["save", "load"] as const) {
      const { cpu, wall } = minus(bridged[call], empty);
      told[call].push({ cpu, wall });
      ratios[call].push({ cpu: directly[call].cpu / cpu, wall: directly[call].wall / wall });
    }
  }
  for (const [call, goal] of [
    ["save", 0.5],
    ["load", 0.2],
  ] as const) {
    const wall = median(ratios[call].map((ratio) => ratio.wall));
    const cpu = median(ratios[call].map((ratio) => ratio.cpu));
    const each = (1000 * median(told[call].map((one) => one.wall))) / CALLS;
    console.log(
      `${name}: State.${call}: ${each.toFixed(0)} microseconds, ${wall.toFixed(2)} of the engine's calls per second, ${cpu.toFixed(2)} by CPU (goal: ${goal})`,
    );
  }
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}

async function runaways(bench: Bench, name: string): Promise<void> {
  const late = new Map<string, number>();
  for (const [kind, source] of Object.entries(RUNAWAYS)) {
    let begun = 0;
    const run = bench.start(`print("begun") ${source}`, {
      limits: { timeoutMs: LIMIT_MS },
      onOutput: () => {
        begun ||= performance.now();
      },
    });
    await run.result;
    late.set(kind, performance.now() - begun - LIMIT_MS);
  }
  const [worst = ["", 0]] = [...late].sort(([, a], [, b]) => b - a);
  console.log(
    `${name}: ${late.size} runaways ended ${median([...late.values()]).toFixed(0)} ms after their limit (median), at worst ${worst[1].toFixed(0)} (${worst[0]}); goal: 250`,
  );
}

/** Milliseconds of each of many hovers. */
async function hovers(session: Session, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const begun = performance.now();
    await session.connection.sendRequest("textDocument/hover", {
      textDocument: { uri: session.uri("a.lua") },
      position: { line: 0, character: 20 },
    });
    times.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return times;
}

async function hoversWhile(): Promise<void> {
  const text = 'State.save("user", "name", "Ada")';
  const files = {
    "a.lua": text,
    "saving.lua": 'local i = 0 while true do i = i + 1 State.save("loop", "k" .. i % 50, i) end',
    "endless.lua": "while true do pcall(error) end",
  };
  const session = await Session.start({ files });
  await session.open("a.lua", text);
  await hovers(session, 200);
  const idle = { saving: [] as number[], endless: [] as number[] };
  const busy = { saving: [] as number[], endless: [] as number[] };
  for (let i = 0; i < 3; i++) {
    for (const script of ["saving", "endless"] as const) {
      idle[script].push(...(await hovers(session, 100)));
      const run = session.ask(runScriptRequest, {
        uri: session.uri(`${script}.lua`),
        runId: `${script}${i}`,
        timeout: 2500,
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      busy[script].push(...(await hovers(session, 100)));
      await run;
    }
  }
  for (const script of ["saving", "endless"] as const) {
    const [calm, loaded] = [idle[script], busy[script]];
    console.log(
      `hover while ${script}.lua runs: p50 ${median(loaded).toFixed(1)} ms (idle ${median(calm).toFixed(1)}), p95 ${p95(loaded).toFixed(1)} ms, ${(p95(loaded) / p95(calm)).toFixed(1)} times idle (goal: 2)`,
    );
  }
  await session.stop();
}

const store = await diskStore();
await bareThread();
for (const runtime of RUNTIMES) {
  const bench = await openBench(store.connect, runtime);
  const empty = await starts(bench, runtime);
  await programs(bench, runtime, empty);
  await stateCalls(bench, runtime, empty);
  await bench.close();
  const alone = await openBench(memoryStore().connect, runtime);
  await runaways(alone, runtime);
  await alone.close();
}
await store.close();
await hoversWhile();
