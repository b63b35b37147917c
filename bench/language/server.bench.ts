/**
 * The built language server on a large workspace, as an editor meets it: `node
 * bench/language/server.bench.ts [SCRIPTS] [LINES]`, by default 1,000 scripts of 150 lines, and a store
 * of a million entries (LLMSPELL_BENCH_ENTRIES sets another count). Needs `npm run build`; Linux.
 * Beside it stand a server that only loads vscode-languageserver and, where LUALS names its binary, the
 * Lua language server.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { generateScripts } from "../../test/workspace/generate.ts";
import { fill } from "../engine/fill.ts";
import { benchFolder, line, quantile, storeOptions } from "../engine/support.ts";
import { LanguageClient } from "./language-client.ts";
import {
  type Desk,
  deskAt,
  pause,
  readStops,
  reportAnswers,
  reportStops,
  type,
  typist,
  unhurried,
} from "./typing.ts";

const [scripts = 1000, lines = 150] = process.argv.slice(2).map(Number);
const ENTRIES = Number(process.env["LLMSPELL_BENCH_ENTRIES"] ?? 1_000_000);
const LUALS = process.env["LUALS"];
/** Rounds of everything that is over soon. */
const STARTS = 9;
const COLD_STARTS = 3;
/** Pairs of an edit and a question. */
const TYPED = 150;
const BACK_TO_BACK = 600;
const LONG_SCRIPT = 2000;
/** So many lines less are asked for: what is begun there is written to its end. */
const LAST_LINES = 10;
/** A pause of the event loop that is told, in ms. */
const STOP = 25;

const dist = join(import.meta.dirname, "../../dist");
if (!existsSync(join(dist, "server.cjs"))) throw new Error("Run npm run build first.");

const { path: root, remove } = benchFolder();
const folder = join(root, "workspace");
const cacheFolder = join(root, "cache");
const stopsFile = join(root, "stops");
const OURS = [process.execPath, join(dist, "server.cjs"), "--stdio"];
const WATCHED = [
  process.execPath,
  "--require",
  join(import.meta.dirname, "loop-stops.cjs"),
  ...OURS.slice(1),
];

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** A script of the workspace to type in. */
function desk(path: string, text: string): Desk {
  write(path, text);
  return deskAt(pathToFileURL(join(folder, path)).href, text);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

async function start(
  command: readonly string[],
  cache?: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<LanguageClient> {
  return await LanguageClient.start({
    command,
    folder,
    initializationOptions: { cacheFolder: cache },
    environment: { LOOP_STOPS_FILE: stopsFile, LOOP_STOPS_FROM: String(STOP), ...environment },
  });
}

/** From spawn to the answer to `initialize`, contestants in turn. */
async function initialize(): Promise<void> {
  const file = join(import.meta.dirname, "bare-server.cjs");
  const bundled = join(root, "bare-server.cjs");
  await build({
    entryPoints: [file],
    outfile: bundled,
    bundle: true,
    platform: "node",
    format: "cjs",
    minify: true,
    mainFields: ["module", "main"],
    logLevel: "warning",
  });
  const contestants = new Map<string, readonly string[]>([
    ["a server that only loads vscode-languageserver", [process.execPath, file, "--stdio"]],
    ["the same, bundled as ours is", [process.execPath, bundled, "--stdio"]],
    ["ours", OURS],
  ]);
  if (LUALS !== undefined) contestants.set("LuaLS", [LUALS]);
  const wall = new Map([...contestants.keys()].map((name) => [name, [] as number[]]));
  const cpu = new Map([...contestants.keys()].map((name) => [name, [] as number[]]));
  for (let round = 0; round < STARTS; round++) {
    for (const [name, command] of contestants) {
      const client = await start(command);
      wall.get(name)?.push(client.age);
      cpu.get(name)?.push(client.cpu());
      await client.stop();
    }
  }
  line("spawn to initialize, ms", "wall", "ratio", "CPU", "ratio");
  const ours = { wall: wall.get("ours") ?? [], cpu: cpu.get("ours") ?? [] };
  for (const name of contestants.keys()) {
    const [walls, cpus] = [wall.get(name) ?? [], cpu.get(name) ?? []];
    const ratio = (mine: readonly number[], theirs: readonly number[]) =>
      median(mine.map((one, round) => one / (theirs[round] ?? Number.NaN)));
    line(name, median(walls), ratio(ours.wall, walls), median(cpus), ratio(ours.cpu, cpus));
  }
}

/** Asks until all scripts are known, while a script is open; ms from spawn. */
async function untilComplete(client: LanguageClient, { uri, text }: Desk): Promise<number> {
  await client.initialized();
  await client.open(uri, text);
  const stores = await client.ask<readonly { store: string }[]>("llmspellState/stores", {});
  const asked = { store: stores[0]?.store, namespace: "user", key: "none" };
  for (;;) {
    const { complete } = await client.ask<{ complete: boolean }>("llmspellState/references", asked);
    if (complete) break;
    await pause(20);
  }
  return client.age;
}

async function firstAnswers(at: Desk): Promise<void> {
  const early: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  const sizes: number[] = [];
  for (let round = 0; round < COLD_STARTS; round++) {
    rmSync(cacheFolder, { recursive: true, force: true });
    for (const times of [cold, warm]) {
      const client = await start(OURS, cacheFolder);
      const asked = client.age;
      await client.initialized();
      await client.open(at.uri, at.text);
      await client.ask("textDocument/completion", {
        textDocument: { uri: at.uri },
        position: { line: 0, character: 0 },
      });
      early.push(client.age - asked);
      times.push(await untilComplete(client, at));
      sizes.push(client.memory().peak);
      await client.stop();
    }
  }
  line("spawn to the first complete answer, ms", "median", "worst", "goal");
  line("without what an earlier start found out", median(cold), Math.max(...cold), "4000");
  line("with it", median(warm), Math.max(...warm), "2000");
  line("from initialize to the first answer of all", median(early), Math.max(...early));
  line("peak of resident size by then, MiB", median(sizes), Math.max(...sizes));
}

/** As VS Code starts the server (`client/src/extension.ts`). */
const AS_VS_CODE = { MALLOC_ARENA_MAX: "2" };

/** Until all scripts that nobody has open have been checked. */
async function untilChecked(client: LanguageClient): Promise<void> {
  await client.ask("workspace/diagnostic", { previousResultIds: [] });
}

/** @param environment of the server, beside what it has anyway */
async function work(
  at: Desk,
  long: Desk,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  rmSync(cacheFolder, { recursive: true, force: true });
  rmSync(stopsFile, { force: true });
  const sizes: [string, ReturnType<LanguageClient["memory"]>][] = [];
  // Until then it is loaded, and nobody waits for it to answer anything else.
  const phases: [string, number][] = [["until initialize is answered", 0]];
  const next = (name: string) => phases.push([name, Date.now()]);
  const client = await start(WATCHED, cacheFolder, environment);
  next("start, cold");
  const weigh = (name: string) => sizes.push([name, client.memory()]);
  weigh("initialized");
  await untilComplete(client, at);
  weigh("all scripts known");
  await untilChecked(client);
  weigh("all scripts checked");
  line("completion and hover, ms from the edit (goal: p95 10)", "p50", "p95", "p99", "worst");
  next(`typing in ${lines} lines`);
  reportAnswers(`typing in ${lines} lines`, await type(client, at, TYPED, typist));
  next(`back to back in ${lines} lines`);
  reportAnswers(`back to back in ${lines} lines`, await type(client, at, BACK_TO_BACK, unhurried));
  weigh(`typed in ${lines} lines`);
  next(`opening ${LONG_SCRIPT} lines`);
  await client.open(long.uri, long.text);
  await client.ask("textDocument/documentSymbol", { textDocument: { uri: long.uri } });
  await pause(2000);
  next(`typing in ${LONG_SCRIPT} lines`);
  reportAnswers(`typing in ${LONG_SCRIPT} lines`, await type(client, long, TYPED, typist));
  weigh(`typed in ${LONG_SCRIPT} lines`);
  next(`back to back in ${LONG_SCRIPT} lines`);
  reportAnswers(
    `back to back in ${LONG_SCRIPT} lines`,
    await type(client, long, BACK_TO_BACK, unhurried),
  );
  next("the end");
  weigh("after all this");
  await client.stop();
  const stops = readStops(stopsFile);
  line(`stops of the server's thread, ms (goal: 50; ${STOP} and more)`, "wall", "CPU", "how many");
  phases.slice(0, -1).forEach(([name, from], i) => {
    reportStops(name, stops, from, phases[i + 1]?.[1] ?? Number.POSITIVE_INFINITY);
  });
  line("resident size, MiB (goal: 150 at its peak)", "now", "peak", "files");
  for (const [name, { now, peak, files }] of sizes) line(name, now, peak, files);
}

/** Until the Lua language server completes a name that another file of the workspace defines. */
async function luaLanguageServer(binary: string, at: Desk): Promise<void> {
  const client = await start([binary]);
  await client.initialized();
  await client.open(at.uri, at.text);
  const textDocument = { uri: at.uri };
  for (;;) {
    const answer = await client
      .ask<{ items?: readonly unknown[] } | null>("textDocument/completion", {
        textDocument,
        position: { line: at.line - 2, character: 2 },
      })
      .catch(() => null);
    if ((answer?.items?.length ?? 0) > 0) break;
    await pause(100);
  }
  line("LuaLS: spawn to its first completion, ms", client.age);
  reportAnswers("LuaLS, typing", await type(client, at, TYPED, typist));
  reportAnswers("LuaLS, back to back", await type(client, at, BACK_TO_BACK, unhurried));
  line("LuaLS: resident size, MiB, now and peak", client.memory().now, client.memory().peak);
  await client.stop();
}

try {
  for (const [path, text] of generateScripts({ scripts, lines })) write(path, text);
  const [, text = ""] = [...generateScripts({ scripts, lines })].at(-1) ?? [];
  const [, longText = ""] =
    [...generateScripts({ scripts: 5, lines: LONG_SCRIPT - LAST_LINES, seed: 3 })].at(-1) ?? [];
  const short = desk("scripts/open.lua", text);
  const long = desk("scripts/long.lua", longText);
  await fill(storeOptions(folder, "state", 0), ENTRIES);
  console.log(`${scripts} scripts of ${lines} lines, ${ENTRIES} entries`);
  await initialize();
  await firstAnswers(short);
  await work(short, long, {});
  console.log(`once more, as VS Code starts it: ${JSON.stringify(AS_VS_CODE)}`);
  await work(short, long, AS_VS_CODE);
  if (LUALS !== undefined) await luaLanguageServer(LUALS, short);
} finally {
  remove();
}
