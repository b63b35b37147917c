/**
 * `check` on a generated workspace: `node bench/rules/check.bench.ts [SCRIPTS] [LINES]`, by default
 * 1,000 scripts of 150 lines. Needs `npm run build`. Beside it stand the index build of the same files
 * (the goal: at most 1.3 times as long) and luacheck, where it is installed. They take turns; told are
 * medians: wall and CPU time in ms, of a process with its start and its threads, and for commands the
 * peak of its resident size in MiB.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { WorkspaceIndex } from "../../server/src/workspace/index/workspace-index.ts";
import { generateScripts } from "../../test/workspace/generate.ts";

const [scripts = 1000, lines = 150] = process.argv.slice(2).map(Number);
const ROUNDS = 5;
const dist = join(import.meta.dirname, "../../dist");
const cli = join(dist, "cli.cjs");
if (!existsSync(cli)) throw new Error(`There is no ${cli}: run npm run build first.`);

const folder = mkdtempSync(join(tmpdir(), "llmspell-bench-"));
for (const [path, text] of generateScripts({ scripts, lines })) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

interface Measured {
  readonly ms: number;
  readonly cpu: number;
  readonly memory?: number;
}

/** Runs a command to its end; undefined where it is not installed. Findings are no failure. */
function timed(command: string, args: readonly string[]): Promise<Measured | undefined> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn("/usr/bin/time", ["-f", "%M %U %S", command, ...args], { cwd: folder });
    let errors = "";
    child.stdout.resume();
    child.stderr.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-1000);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 127) return resolve(undefined);
      const told = errors.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
      const [kib = 0, user = 0, system = 0] = told;
      const cpu = (user + system) * 1000;
      resolve({ ms: performance.now() - start, cpu, memory: kib / 1024 });
    });
  });
}

async function indexed(): Promise<Measured> {
  const start = performance.now();
  const before = process.cpuUsage();
  const index = new WorkspaceIndex({
    folder,
    worker: join(dist, "scripts-worker.cjs"),
    watch: false,
    cacheFile: undefined,
  });
  index.start();
  await index.settled();
  if (!index.complete) throw new Error("The index is not complete.");
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  await index.close();
  return { ms, cpu: (user + system) / 1000 };
}

function median(rounds: readonly Measured[]): Measured | undefined {
  const middle = (of: (one: Measured) => number) =>
    rounds.map(of).toSorted((a, b) => a - b)[rounds.length >> 1] ?? 0;
  if (rounds.length === 0) return undefined;
  const memory = middle((one) => one.memory ?? 0);
  return { ms: middle(({ ms }) => ms), cpu: middle(({ cpu }) => cpu), memory };
}

function report(name: string, measured: Measured | undefined): void {
  if (measured === undefined) {
    console.log(`${name}: not installed`);
    return;
  }
  const { ms, cpu, memory } = measured;
  const times = `${ms.toFixed(0)} ms, ${cpu.toFixed(0)} ms CPU`;
  console.log(`${name}: ${times}${memory ? `, ${memory.toFixed(0)} MiB` : ""}`);
}

console.log(`${scripts} scripts of ${lines} lines`);
const builds: Measured[] = [];
const checks: Measured[] = [];
const others: Measured[] = [];
for (let round = 0; round < ROUNDS; round++) {
  builds.push(await indexed());
  const check = await timed(process.execPath, [cli, "check", "--format", "json", "."]);
  if (check !== undefined) checks.push(check);
  const other = await timed("luacheck", ["-q", "--no-cache", "."]);
  if (other !== undefined) others.push(other);
}
report("index build", median(builds));
report("check", median(checks));
report("luacheck", median(others));
const ratio = (of: (one: Measured) => number): string =>
  median(
    checks.map((check, i) => ({ ms: of(check) / of(builds[i] ?? check), cpu: 0 })),
  )?.ms.toFixed(2) ?? "";
console.log(`check / index build: ${ratio(({ ms }) => ms)}, CPU ${ratio(({ cpu }) => cpu)}`);
rmSync(folder, { recursive: true, force: true });
