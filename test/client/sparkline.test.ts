import { expect, test } from "vitest";
import { numberOf, numericSeries, sparkline } from "../../client/src/sparkline.ts";
import type { HistoryEntry } from "../../shared/src/protocol.ts";

const step = (value: string | undefined): HistoryEntry => ({
  op: value === undefined ? "delete" : "save",
  revision: 1,
  at: 0,
  origin: "cli",
  ...(value === undefined ? {} : { value }),
});

test.each([
  [[1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"],
  [[10, 0, 5], "█▁▅"],
  [[-1, 1], "▁█"],
  [[3, 3, 3], "▁▁▁"],
  [[1e-9, 2e300], "▁█"],
])("%j is drawn as %s", (numbers, bars) => {
  expect(sparkline(numbers)).toBe(bars);
});

test("only the newest of many are drawn", () => {
  const numbers = [1_000, ...Array.from({ length: 32 }, (_, at) => at)];
  expect(sparkline(numbers)).toHaveLength(32);
  expect(sparkline(numbers)).toMatch(/^▁.*█$/);
});

test("a series has the saved numbers, oldest first, deletions left out", () => {
  expect(numericSeries([step("3"), step(undefined), step("2.5"), step("-1e3")])).toEqual([
    -1000, 2.5, 3,
  ]);
});

test.each([
  ["one number", [step("3"), step(undefined)]],
  ["nothing", []],
  ["text", [step("3"), step('"2"'), step("1")]],
  ["masked text", [step("3"), step("•••"), step("1")]],
])("%s is no series", (_, steps) => {
  expect(numericSeries(steps)).toBeUndefined();
});

test("null, true and lists are no numbers", () => {
  for (const value of ["null", "true", "[1]", "", " 1", "0x10"])
    expect(numberOf({ value })).toBeUndefined();
});
