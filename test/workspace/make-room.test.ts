import { afterEach, expect, test, vi } from "vitest";
import { Room } from "../../server/src/workspace/index/make-room.ts";

afterEach(() => vi.unstubAllGlobals());

test("cleans up before a script whose model would not fit beside those before it", () => {
  const gc = vi.fn();
  vi.stubGlobal("gc", gc);
  const room = new Room();
  room.make("x".repeat(60_000));
  expect(gc).not.toHaveBeenCalled();
  room.make("x".repeat(100));
  expect(gc.mock.calls).toEqual([[{ type: "minor" }]]);
  for (let script = 0; script < 60; script++) room.make("x".repeat(100));
  expect(gc).toHaveBeenCalledOnce();
  for (let script = 0; script < 60; script++) room.make("x".repeat(100));
  expect(gc).toHaveBeenCalledTimes(2);
});

test("does nothing in a thread that was not given the means", () => {
  vi.stubGlobal("gc", undefined);
  const room = new Room();
  for (let script = 0; script < 3; script++) room.make("x".repeat(60_000));
});
