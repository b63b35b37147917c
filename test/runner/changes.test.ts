import { describe, expect, it } from "vitest";
import type { ChangeDetail } from "../../server/src/engine/types.ts";
import { netChanges } from "../../server/src/runner/changes.ts";

let revision = 0;
const common = () => ({ namespace: "n", revision: ++revision, at: 0, origin: "script:a.lua" });
const save = (key: string, after: string, before?: string): ChangeDetail => ({
  ...common(),
  op: "save",
  key,
  after,
  ...(before === undefined ? {} : { before }),
});
const remove = (key: string, before: string): ChangeDetail => ({
  ...common(),
  op: "delete",
  key,
  before,
});

function net(...changes: readonly ChangeDetail[]) {
  const collected = netChanges();
  for (const change of changes) collected.add(change);
  return collected.list().map(({ op, key, before, after }) => [op, key, before, after]);
}

describe("the changes of a run come to", () => {
  it.each([
    [
      "the last value and the first one before",
      [save("k", "2", "1"), save("k", "3", "2")],
      [["save", "k", "1", "3"]],
    ],
    [
      "a new entry without a value before",
      [save("k", "1"), save("k", "2", "1")],
      [["save", "k", undefined, "2"]],
    ],
    ["nothing, when the value is as it was", [save("k", "2", "1"), save("k", "1", "2")], []],
    ["nothing, when the entry was made and deleted", [save("k", "1"), remove("k", "1")], []],
    [
      "an entry that was made, deleted and made again",
      [save("k", "1"), remove("k", "1"), save("k", "2")],
      [["save", "k", undefined, "2"]],
    ],
    [
      "a deletion, with the value from before the run",
      [save("k", "2", "1"), remove("k", "2")],
      [["delete", "k", "1", undefined]],
    ],
    [
      "a new value for what was deleted",
      [remove("k", "1"), save("k", "2")],
      [["save", "k", "1", "2"]],
    ],
    ["nothing, when what was deleted is back", [remove("k", "1"), save("k", "1")], []],
    [
      "each entry once, as first touched",
      [save("b", "1"), save("a", "1"), save("b", "2", "1")],
      [
        ["save", "b", undefined, "2"],
        ["save", "a", undefined, "1"],
      ],
    ],
  ])("%s", (_, changes, expected) => {
    expect(net(...changes)).toEqual(expected);
  });

  it("what a restore changed, which is told without values", () => {
    const restored: ChangeDetail[] = [
      { ...common(), op: "save", key: "a" },
      { ...common(), op: "delete", key: "b" },
    ];
    expect(net(...restored)).toEqual([
      ["save", "a", undefined, undefined],
      ["delete", "b", undefined, undefined],
    ]);
  });

  it("no more than is kept, and says how many changes that leaves out", () => {
    const few = netChanges({ entries: 2, size: 1000 });
    for (const key of ["a", "b", "c", "a", "c"]) few.add(save(key, "1"));
    expect(few.list().map(({ key }) => key)).toEqual(["a", "b"]);
    expect(few.omitted()).toBe(2);
    const small = netChanges({ entries: 100, size: 10 });
    for (const key of ["a", "b", "c"]) small.add(save(key, "1234"));
    expect(small.list()).toHaveLength(2);
    expect(small.omitted()).toBe(1);
  });
});
