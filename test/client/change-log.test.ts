import { expect, test } from "vitest";
import { ChangeLog } from "../../client/src/recent/changeLog.ts";
import type { Change } from "../../shared/src/protocol.ts";

function change(revision: number, at: number, origin = "cli"): Change {
  return { op: "save", namespace: "n", key: `k${revision}`, revision, at, origin };
}

test("changes by one origin in one go are one group, newest first", () => {
  const log = new ChangeLog();
  log.add("s", [
    change(1, 1000),
    change(2, 2500),
    change(3, 2600, "tree"),
    change(4, 9000, "tree"),
  ]);
  expect(log.groups.map(({ origin, count, at }) => [origin, count, at])).toEqual([
    ["tree", 1, 9000],
    ["tree", 1, 2600],
    ["cli", 2, 2500],
  ]);
  expect(log.groups[2]?.changes.map(({ key }) => key)).toEqual(["k2", "k1"]);
});

test("stores are kept apart", () => {
  const log = new ChangeLog();
  log.add("one", [change(1, 1000)]);
  log.add("other", [change(1, 1000)]);
  expect(log.groups.map(({ store }) => store)).toEqual(["other", "one"]);
});

test("a storm is one group that counts them all and keeps the newest; its id stays", () => {
  const log = new ChangeLog();
  log.add("s", [change(1, 1000)]);
  const id = log.groups[0]?.id;
  log.add(
    "s",
    Array.from({ length: 10_000 }, (_, n) => change(n + 2, 1000 + Math.floor(n / 10))),
  );
  expect(log.groups).toHaveLength(1);
  expect(log.groups[0]).toMatchObject({ id, count: 10_001 });
  expect(log.groups[0]?.changes).toHaveLength(100);
  expect(log.groups[0]?.changes[0]?.revision).toBe(10_001);
});

test("no more than 200 groups are kept", () => {
  const log = new ChangeLog();
  log.add(
    "s",
    Array.from({ length: 500 }, (_, n) => change(n, n * 10_000)),
  );
  expect(log.groups).toHaveLength(200);
  expect(log.groups[0]?.at).toBe(4_990_000);
  log.clear();
  expect(log.groups).toEqual([]);
});
