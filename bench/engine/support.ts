import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreOptions } from "../../server/src/engine/types.ts";

export const NAMESPACES = 200;
/** About 100 bytes of JSON. */
export const VALUE = JSON.stringify({ name: "x".repeat(80), n: 1000 });

const VALUES = Array.from({ length: 997 }, (_, n) => VALUE.replace("1000", String(1000 + n)));

/**
 * As long as {@link VALUE}, and other than what was saved under the same key before: SQLite leaves a row
 * alone that already holds what is written to it, and nothing would be measured.
 */
export function freshValue(n: number): string {
  return VALUES[n % VALUES.length] ?? VALUE;
}

/** A new folder for a bench's files, and the way to remove it. */
export function benchFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(process.env["LLMSPELL_BENCH_DIR"] ?? tmpdir(), "llmspell-bench-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Options of a store in `root`/`name`. */
export function storeOptions(root: string, name: string, historyLimit: number): StoreOptions {
  return {
    backend: "sqlite",
    folder: join(root, name),
    durability: "normal",
    historyLimit,
    maxValueBytes: 1024 * 1024,
    schemaVersion: "1.0.0",
  };
}

/** The value below which the share `part` (0 to 1) of the values lie. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** What one operation took in one round, in microseconds. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/**
 * Lets every contestant do `count` operations in turn, many rounds long, so that what else the
 * machine does meets all of them alike. Gives each one's rounds without the first two.
 */
export async function race(
  contestants: ReadonlyMap<string, (n: number) => unknown>,
  rounds: number,
  count: number,
): Promise<ReadonlyMap<string, readonly Cost[]>> {
  const costs = new Map([...contestants.keys()].map((name) => [name, [] as Cost[]]));
  for (let round = 0; round < rounds + 2; round++) {
    for (const [name, operation] of contestants) {
      const cpu = process.cpuUsage();
      const start = performance.now();
      for (let n = 0; n < count; n++) {
        const result = operation(round * count + n);
        // Who answers at once is not made to wait for a turn.
        if (result instanceof Promise) await result;
      }
      const wall = ((performance.now() - start) * 1000) / count;
      const used = process.cpuUsage(cpu);
      if (round > 1) costs.get(name)?.push({ wall, cpu: (used.user + used.system) / count });
    }
  }
  return costs;
}

/** How many times as fast `name` is as `base`: the median of the rounds' ratios. */
export function ratio(
  costs: ReadonlyMap<string, readonly Cost[]>,
  base: string,
  name: string,
  of: keyof Cost,
): number {
  const bases = costs.get(base) ?? [];
  return quantile(
    (costs.get(name) ?? []).map((cost, round) => (bases[round]?.[of] ?? Number.NaN) / cost[of]),
    0.5,
  );
}

/** Prints one line of a table: a name and its columns. */
export function line(name: string, ...columns: readonly (number | string)[]): void {
  const cells = columns.map((value) =>
    (typeof value === "number" ? value.toFixed(value < 10 ? 3 : 1) : value).padStart(12),
  );
  console.log(name.padEnd(58) + cells.join(""));
}
