import fc from "fast-check";
import { expect, test } from "vitest";
import { backupChains } from "../../client/src/trees/backupChains.ts";
import type { BackupSummary } from "../../shared/src/protocol.ts";

function backup(id: string, parentId?: string): BackupSummary {
  const kind = parentId === undefined ? "full" : "incremental";
  const common = {
    id,
    kind,
    reason: "asked",
    createdAt: 0,
    entries: 1,
    sizeBytes: 1,
    schemaVersion: "1.0.0",
  } as const;
  return parentId === undefined ? common : { ...common, parentId };
}

function drawn(backups: readonly BackupSummary[]): string[] {
  return backupChains(backups).map(({ base, later }) =>
    [base, ...later].map(({ id }) => id).join(" "),
  );
}

test("incremental backups stand with the full one that they begin from, newest first", () => {
  expect(drawn([backup("d", "b"), backup("c"), backup("b", "a"), backup("a")])).toEqual([
    "a d b",
    "c",
  ]);
});

test("two that build on the same one are in one chain", () => {
  expect(drawn([backup("c", "a"), backup("b", "a"), backup("a")])).toEqual(["a c b"]);
});

test("one whose parent is gone begins a chain", () => {
  expect(drawn([backup("c", "b"), backup("b", "gone"), backup("a")])).toEqual(["b c", "a"]);
});

test("each backup has exactly one row, whatever files name as parents", () => {
  const parent = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(parent, { maxLength: 9 }), (parents) => {
      const backups = parents.map((of, n) => backup(`b${n}`, of === undefined ? of : `b${of}`));
      const rows = backupChains(backups).flatMap(({ base, later }) => [base, ...later]);
      expect(rows.map(({ id }) => id).sort()).toEqual(backups.map(({ id }) => id).sort());
    }),
  );
});
