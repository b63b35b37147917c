/**
 * `check` on a generated workspace: `node bench/rules/check.bench.ts [SCRIPTS] [LINES]`, by default
 * 1,000 scripts of 150 lines. Needs `npm run build`. Beside it stand the index build of the same files
 * (the goal: at most 1.3 times as long) and luacheck, where it is installed. Each in a process or
 * thread of its own, wall time in ms, memory in MiB of the process's peak resident size.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { WorkspaceIndex } from "../../server/src/workspace/index/workspace-index.ts";
import { generateScripts } from "../../test/workspace/generate.ts";

const [scripts = 1000, lines = 150] = process.argv.slice(2).map(Number);
const ROUNDS = 3;
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
  readonly memory?: number;
}

/** Runs a command to its end; undefined where it is not installed. Findings are no failure. */
function timed(command: string, args: readonly string[]): Promise<Measured | undefined> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn("/usr/bin/time", ["-f", "%M", command, ...args], { cwd: folder });
    let errors = "";
    child.stdout.resume();
    child.stderr.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-1000);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 127) return resolve(undefined);
      const memory = Number(errors.trim().split("\n").at(-1)) / 1024;
      resolve({ ms: performance.now() - start, memory });
    });
  });
}

async function indexed(): Promise<Measured> {
  const start = performance.now();
  const index = new WorkspaceIndex({
    folder,
    worker: join(dist, "index-worker.cjs"),
    watch: false,
    cacheFile: undefined,
  });
  index.start();
  await index.settled();
  if (!index.complete) throw new Error("The index is not complete.");
  const ms = performance.now() - start;
  await index.close();
  return { ms };
}

/** The quickest of some rounds: what the machine does besides only ever adds to it. */
async function best(run: () => Promise<Measured | undefined>): Promise<Measured | undefined> {
  const rounds: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(...[(await run()) ?? []].flat());
  return rounds.toSorted((a, b) => a.ms - b.ms)[0];
}

function report(name: string, measured: Measured | undefined): void {
  if (measured === undefined) {
    console.log(`${name}: not installed`);
    return;
  }
  const { ms, memory } = measured;
  console.log(`${name}: ${ms.toFixed(0)} ms${memory ? `, ${memory.toFixed(0)} MiB` : ""}`);
}

console.log(`${scripts} scripts of ${lines} lines`);
const build = await best(indexed);
const check = await best(() => timed(process.execPath, [cli, "check", "--format", "json", "."]));
report("index build", build);
report("check", check);
report("luacheck", await best(() => timed("luacheck", ["-q", "--no-cache", "."])));
if (build !== undefined && check !== undefined) {
  console.log(`check / index build: ${(check.ms / build.ms).toFixed(2)}`);
}
rmSync(folder, { recursive: true, force: true });
