/**
 * The workspace index on a generated workspace: `node bench/language/workspace-index.bench.ts
 * [SCRIPTS] [LINES]`, by default 1,000 scripts of 150 lines. Needs `npm run build`. Times in ms,
 * memory in MiB of resident size of this process, the worker's thread included.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { WorkspaceIndex } from "../../server/src/workspace/index/workspace-index.ts";
import { generateScripts } from "../../test/workspace/generate.ts";

const [scripts = 1000, lines = 150] = process.argv.slice(2).map(Number);
const worker = join(import.meta.dirname, "../../dist/scripts-worker.cjs");
if (!existsSync(worker)) throw new Error(`There is no ${worker}: run npm run build first.`);

const place = mkdtempSync(join(tmpdir(), "llmspell-bench-"));
const folder = join(place, "workspace");
const cacheFile = join(place, "index");
const files = generateScripts({ scripts, lines });
for (const [path, text] of files) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Runs `work` and gives its ms, the longest stop of the event loop and the peak of memory. */
async function measured(work: () => Promise<void>) {
  const memory = (): number => process.memoryUsage.rss() / 1024 ** 2;
  const before = memory();
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, memory());
  }, 10);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const processor = process.cpuUsage();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  delay.disable();
  clearInterval(sampling);
  return {
    ms,
    processorMs: (user + system) / 1000,
    longestStop: delay.max / 1e6,
    memoryBefore: before,
    memoryPeak: peak,
    memoryAfter: memory(),
  };
}

function report(name: string, numbers: Readonly<Record<string, number>>): void {
  const shown = Object.entries(numbers).map(([key, value]) => `${key} ${value.toFixed(1)}`);
  console.log(`${name}: ${shown.join(", ")}`);
}

/** The ms that one of many calls takes: 50th and 99th percentile. */
function quantiles(count: number, call: (round: number) => void): Record<string, number> {
  const times: number[] = [];
  for (let round = 0; round < count; round++) {
    const start = performance.now();
    call(round);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (part: number): number => (times[Math.floor(part * (count - 1))] ?? 0) * 1000;
  return { "p50 µs": at(0.5), "p99 µs": at(0.99) };
}

async function built(): Promise<WorkspaceIndex> {
  const index = new WorkspaceIndex({ folder, worker, watch: false, cacheFile });
  index.start();
  await index.settled();
  if (!index.complete) throw new Error("The index is not complete.");
  return index;
}

let index: WorkspaceIndex | undefined;
report(
  `build, ${scripts} scripts of ${lines} lines`,
  await measured(async () => {
    index = await built();
  }),
);
await index?.close();
report(
  "build with a warm cache",
  await measured(async () => {
    index = await built();
  }),
);
if (index !== undefined) {
  const view = index;
  const exact = (text: string) => ({ kind: "exact", text }) as const;
  const { overlapping } = view.usesOfNamespace({ kind: "unknown" });
  report("uses", { all: overlapping.length, namespaces: view.namespaces().exact.length });
  report(
    "uses of a key",
    quantiles(1000, (i) => view.usesOf(exact("user"), exact(`profile:${i}`))),
  );
  report(
    "keys with a prefix",
    quantiles(1000, () => view.keys("user", { prefix: "pro" })),
  );
  const [file = "", text = ""] = [...files].at(-1) ?? [];
  const edits = Array.from({ length: 50 }, (_, i) =>
    buildScriptModel(`${text}\n-- ${i}`, view.moduleLookup(file)),
  );
  report(
    "an edit of an open script, its model not counted, and a look",
    quantiles(edits.length, (i) => {
      const model = edits[i];
      if (model !== undefined) view.opened(join(folder, file), model);
      view.usesIn(file);
    }),
  );
  const [module = "", moduleText = ""] = [...files][0] ?? [];
  writeFileSync(join(folder, module), moduleText.replaceAll("State.save(NS", 'State.save("other"'));
  report(
    "a module changes on disk",
    await measured(async () => {
      view.touched([join(folder, module)]);
      await view.settled();
    }),
  );
}
await index?.close();
rmSync(place, { recursive: true, force: true });
