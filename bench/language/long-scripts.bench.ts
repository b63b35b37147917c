/**
 * Scripts of more than 1,000 lines: `node bench/language/long-scripts.bench.ts [LINES...]`, by default
 * 5,000 and 20,000. Each is opened and typed in twice in one run: understood by the server's own thread,
 * as short ones are, and by the other one. Needs `npm run build`; Linux.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { generateScripts } from "../../test/workspace/generate.ts";
import { benchFolder, line } from "../engine/support.ts";
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

const given = process.argv.slice(2).map(Number);
const LENGTHS = given.length > 0 ? given : [5000, 20_000];
/** Pairs of an edit and a question. */
const TYPED = 60;
const BACK_TO_BACK = 60;
/** A stop of the thread that is told, in ms. */
const STOP = 5;

const server = join(import.meta.dirname, "../../dist/server.cjs");
if (!existsSync(server)) throw new Error("Run npm run build first.");
const { path: root, remove } = benchFolder();
const folder = join(root, "workspace");
const stopsFile = join(root, "stops");

async function work(desk: Desk, name: string, longScripts: number | undefined): Promise<void> {
  rmSync(stopsFile, { force: true });
  const client = await LanguageClient.start({
    command: [
      process.execPath,
      "--require",
      join(import.meta.dirname, "loop-stops.cjs"),
      server,
      "--stdio",
    ],
    folder,
    initializationOptions: { longScripts },
    environment: { LOOP_STOPS_FILE: stopsFile, LOOP_STOPS_FROM: String(STOP) },
  });
  await client.initialized();
  // Until all else has been read.
  await client.ask("workspace/diagnostic", { previousResultIds: [] });
  const phases: [string, number][] = [];
  const cpu: number[] = [];
  const next = (phase: string) => {
    phases.push([phase, Date.now()]);
    cpu.push(client.cpu());
  };
  next("opening");
  await client.open(desk.uri, desk.text);
  await client.ask("textDocument/documentSymbol", { textDocument: { uri: desk.uri } });
  await pause(3000);
  next("typing");
  line(`${name}, ms from the edit`, "p50", "p95", "p99", "worst");
  reportAnswers("typing", await type(client, desk, TYPED, typist));
  next("back to back");
  reportAnswers("back to back", await type(client, desk, BACK_TO_BACK, unhurried));
  next("the end");
  const { peak } = client.memory();
  await client.stop();
  const stops = readStops(stopsFile);
  line(`${name}, stops of the server's thread, ms`, "wall", "CPU", `of ${STOP} and more`);
  phases.slice(0, -1).forEach(([phase, from], i) => {
    reportStops(phase, stops, from, phases[i + 1]?.[1] ?? Number.POSITIVE_INFINITY);
  });
  line(`${name}, CPU of all threads, ms`, ...cpu.slice(1).map((one, i) => one - (cpu[i] ?? 0)));
  line(`${name}, peak of resident size, MiB`, peak);
}

try {
  const files = generateScripts({ scripts: 50, lines: 150 });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const lines of LENGTHS) {
    const [, text = ""] = [...generateScripts({ scripts: 5, lines, seed: 3 })].at(-1) ?? [];
    const path = join(folder, "scripts/long.lua");
    writeFileSync(path, text);
    const desk = deskAt(pathToFileURL(path).href, text);
    console.log(`${text.split("\n").length} lines, ${Math.round(text.length / 1024)} KiB`);
    await work(desk, "in the server's thread", Number.MAX_SAFE_INTEGER);
    await work(desk, "in the other thread", undefined);
  }
} finally {
  remove();
}
