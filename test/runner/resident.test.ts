import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ResidentWatch } from "../../server/src/runner/resident.ts";

const MIB = 1024 * 1024;

describe("the memory of scripts that run together", () => {
  let rss = 100 * MIB;
  const watch = () => new ResidentWatch(() => rss);
  beforeEach(() => {
    rss = 100 * MIB;
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is held against no one who keeps to the limit", () => {
    const resident = watch();
    const full = vi.fn();
    for (let run = 0; run < 10; run++) resident.watch(256, full);
    rss += 10 * 256 * MIB;
    vi.advanceTimersByTime(1000);
    expect(full).not.toHaveBeenCalled();
  });

  it("ends the newest when it is too much, and the next when that did not help", () => {
    const resident = watch();
    const [first, second] = [vi.fn(), vi.fn()];
    resident.watch(256, first);
    const leave = resident.watch(256, second);
    rss += 3000 * MIB;
    vi.advanceTimersByTime(100);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
    leave();
    vi.advanceTimersByTime(100);
    expect(first).not.toHaveBeenCalled();
    rss += 3000 * MIB;
    vi.advanceTimersByTime(1000);
    expect(first).toHaveBeenCalled();
  });

  it("that one leaves behind is not held against the others", () => {
    const resident = watch();
    const full = vi.fn();
    resident.watch(256, full);
    const others = Array.from({ length: 5 }, () => resident.watch(256, () => undefined));
    rss += 6 * 256 * MIB;
    for (const leave of others) leave();
    vi.advanceTimersByTime(1000);
    expect(full).not.toHaveBeenCalled();
  });

  it("is that of the process when a run begins, once none goes on", () => {
    const resident = watch();
    resident.watch(256, () => undefined)();
    expect(vi.getTimerCount()).toBe(0);
    rss += 5000 * MIB;
    const full = vi.fn();
    resident.watch(256, full);
    vi.advanceTimersByTime(1000);
    expect(full).not.toHaveBeenCalled();
    rss += 641 * MIB;
    vi.advanceTimersByTime(100);
    expect(full).toHaveBeenCalled();
  });
});
