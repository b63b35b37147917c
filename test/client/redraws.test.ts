import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Redraws } from "../../client/src/trees/redraws.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What VS Code is told, and when, in milliseconds from the start. */
function watch() {
  const start = performance.now();
  const told: [at: number, ...rows: string[]][] = [];
  const redraws = new Redraws<string>((rows) => {
    told.push([performance.now() - start, ...rows]);
  });
  return { told, redraws };
}

test("what comes alone is drawn at once, what follows it as soon as VS Code draws again, together", () => {
  const { told, redraws } = watch();
  void redraws.ask("a");
  vi.advanceTimersByTime(50);
  void redraws.ask("b", "c");
  vi.advanceTimersByTime(100);
  void redraws.ask("c", "d");
  vi.advanceTimersByTime(1_000);
  void redraws.ask("e");
  expect(told).toEqual([
    [0, "a"],
    [205, "b", "c", "d"],
    [1_150, "e"],
  ]);
});

test("the message of the view counts as a drawing", () => {
  const { told, redraws } = watch();
  redraws.note();
  vi.advanceTimersByTime(100);
  void redraws.ask("a");
  vi.advanceTimersByTime(50);
  redraws.note();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([[355, "a"]]);
});

test("who asks can wait until VS Code has been told; no rows are told to nobody", async () => {
  const { told, redraws } = watch();
  await redraws.ask();
  await redraws.ask("a");
  const second = redraws.ask("b").then(() => told.length);
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(205);
  expect(await second).toBe(2);
});

test("it is at rest when nothing was told for some seconds", () => {
  const { redraws } = watch();
  expect(redraws.isAtRest).toBe(true);
  void redraws.ask("a");
  vi.advanceTimersByTime(1_000);
  expect(redraws.isAtRest).toBe(false);
  vi.advanceTimersByTime(5_000);
  expect(redraws.isAtRest).toBe(true);
});

test("nothing is told once it is disposed of", () => {
  const { told, redraws } = watch();
  void redraws.ask("a");
  void redraws.ask("b");
  redraws.dispose();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([[0, "a"]]);
});
