/**
 * Whether anything takes longer where more is stored: a store of 10,000 entries and one of a million
 * (LLMSPELL_BENCH_ENTRIES sets another count) are asked the same in turn, as the language server
 * asks: through a view.
 */
import { openStateView, type StateReader } from "../../server/src/engine/view.ts";
import { fill, nameOf } from "./fill.ts";
import { benchFolder, line, NAMESPACES, quantile, storeOptions } from "./support.ts";

const SMALL = 10_000;
const LARGE = Number(process.env["LLMSPELL_BENCH_ENTRIES"] ?? 1_000_000);
/** The small store has 50 keys in a namespace: pages whose cost is compared have as many in both. */
const SAME = 20;
const PAGE = 100;
const TIMES = 1000;

interface Asked {
  readonly title: string;
  readonly times: number;
  readonly ask: (view: StateReader, entries: number, n: number) => Promise<unknown>;
}

/** Moves over namespaces and keys, so that no one page of the file is asked for again and again. */
function step(n: number, entries: number): number {
  return (Math.imul(n, 2_654_435_761) >>> 4) % entries;
}

/** An entry in the middle of a namespace. */
function middleOf(entries: number, n: number): [namespace: string, key: string] {
  return nameOf(Math.floor(entries / 2 / NAMESPACES) * NAMESPACES + (n % NAMESPACES));
}

const questions: readonly Asked[] = [
  {
    title: "open and ask for the newest revision",
    times: 100,
    ask: async (view) => {
      view.close();
      await view.revision();
    },
  },
  { title: "list namespaces (goal 5 ms)", times: TIMES, ask: (view) => view.namespaces() },
  ...[SAME, PAGE].flatMap((limit) => [
    {
      title: `first page of ${limit} keys by prefix (goal 2 ms)`,
      times: TIMES,
      ask: (view: StateReader, _: number, n: number) =>
        view.page(`space:${n % NAMESPACES}`, { prefix: "item:", limit }),
    },
    {
      title: `middle page of ${limit} keys by prefix (goal 2 ms)`,
      times: TIMES,
      ask: (view: StateReader, entries: number, n: number) => {
        const [namespace, after] = middleOf(entries, n);
        return view.page(namespace, { prefix: "item:", after, limit });
      },
    },
  ]),
  {
    title: "load a value",
    times: 10 * TIMES,
    ask: (view, entries, n) => view.entry(...nameOf(step(n, entries))),
  },
];

const { path: root, remove } = benchFolder();

/** What one question took, in milliseconds; the CPU time is not lengthened by what else is running. */
async function measured(work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

try {
  const stores = await Promise.all(
    [SMALL, LARGE].map(async (entries) => {
      const options = storeOptions(root, String(entries), 0);
      await fill(options, entries);
      return { entries, view: openStateView(options) };
    }),
  );
  const columns = ["p50", "p50", "p95", "p95", "p95 of CPU", "growth"];
  line(`${SMALL} and ${LARGE} entries, ms`, ...columns);
  for (const { title, times, ask } of questions) {
    const took = stores.map(() => [] as number[]);
    const cpu: number[] = [];
    for (let n = 0; n < times; n++) {
      for (const [index, { view, entries }] of stores.entries()) {
        const cost = await measured(() => ask(view, entries, n));
        took[index]?.push(cost.wall);
        if (entries === LARGE) cpu.push(cost.cpu);
      }
    }
    const of = (part: number): number[] => took.map((times) => quantile(times, part));
    const [small = Number.NaN, large = Number.NaN] = of(0.5);
    line(title, ...of(0.5), ...of(0.95), quantile(cpu, 0.95), large / small);
  }
  for (const { view } of stores) view.close();
} finally {
  remove();
}
