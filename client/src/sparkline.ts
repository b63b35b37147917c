import type { HistoryEntry } from "../../shared/src/protocol.ts";

const LEVELS = "▁▂▃▄▅▆▇█";

/** So many values are drawn, the newest. */
const WIDTH = 32;

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What was saved as a number; undefined where it was something else, or masked. */
export function numberOf({ value }: Pick<HistoryEntry, "value">): number | undefined {
  return value !== undefined && NUMBER.test(value) ? Number(value) : undefined;
}

/** The saved numbers of a history (newest first), oldest first; undefined unless all are, and two at least. */
export function numericSeries(steps: readonly HistoryEntry[]): readonly number[] | undefined {
  const saved = steps.filter(({ op }) => op === "save").map(numberOf);
  const numbers = saved.filter((value) => value !== undefined);
  if (numbers.length < 2 || numbers.length < saved.length) return undefined;
  return numbers.reverse();
}

/** The newest of these numbers as bars from the least to the greatest, e.g. `▁▃█`. */
export function sparkline(numbers: readonly number[]): string {
  const drawn = numbers.slice(-WIDTH);
  const least = Math.min(...drawn);
  const span = Math.max(...drawn) - least;
  const top = LEVELS.length - 1;
  const level = (value: number) => (span === 0 ? 0 : Math.round(((value - least) / span) * top));
  return drawn.map((value) => LEVELS[level(value)]).join("");
}
