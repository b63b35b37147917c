import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Quiet } from "../../server/src/handlers/quiet.ts";
import { Outdated, slices } from "../../server/src/handlers/slices.ts";

const URI = "file:///a.lua";

describe("a document that is typed in", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** Waits for quiet again and again, and tells how often there was some. */
  function judging(quiet: Quiet): () => number {
    let times = 0;
    const wait = async () => {
      await quiet.of(URI);
      times++;
    };
    const again = async () => {
      for (;;) {
        await wait();
        await new Promise((resume) => setTimeout(resume, 1));
      }
    };
    void again();
    return () => times;
  }

  test("is quiet when nothing was typed for a moment", async () => {
    const quiet = new Quiet();
    quiet.changed(URI);
    let done = false;
    void quiet.of(URI).then(() => {
      done = true;
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(done).toBe(false);
    await vi.advanceTimersByTimeAsync(50);
    expect(done).toBe(true);
  });

  test("is judged once in a while where somebody goes on, not at every letter", async () => {
    const quiet = new Quiet();
    quiet.changed(URI);
    const times = judging(quiet);
    for (let ms = 0; ms < 5000; ms += 20) {
      await vi.advanceTimersByTimeAsync(20);
      quiet.changed(URI);
    }
    expect(times()).toBeGreaterThanOrEqual(4);
    expect(times()).toBeLessThanOrEqual(6);
  });
});

describe("long work in slices", () => {
  function busy(ms: number): void {
    const until = performance.now() + ms;
    while (performance.now() < until);
  }

  test("lets what came meanwhile go first", async () => {
    const order: string[] = [];
    const pause = slices();
    busy(5);
    // As a message: read in one turn, taken apart in the next.
    setImmediate(() => setImmediate(() => order.push("question")));
    await pause();
    order.push("work");
    expect(order).toEqual(["question", "work"]);
  });

  test("ends where it is of no use any more", async () => {
    let current = true;
    const pause = slices(() => current);
    busy(5);
    await pause();
    current = false;
    busy(5);
    await expect(pause()).rejects.toThrow(Outdated);
  });
});
