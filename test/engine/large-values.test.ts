import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { inspectStore } from "../../server/src/engine/inspect.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { Store, StoreOptions } from "../../server/src/engine/types.ts";
import { openStateView } from "../../server/src/engine/view.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

function open(more: Partial<StoreOptions> = {}): readonly [Store, StoreOptions] {
  const options = optionsIn(temporaryFolder(), more);
  const store = openStore(options);
  onTestFinished(() => store.close());
  return [store, options];
}

/** A value that does not fit into the row of its entry. */
function large(n: number): string {
  return JSON.stringify({ n, text: "words ".repeat(1000) });
}

/** Asks the file itself, or changes it, behind the store's back. */
function inFile<T>({ folder }: StoreOptions, sql: string): readonly T[] {
  const database = new DatabaseSync(join(folder, "state.db"));
  try {
    return database.prepare(sql).all() as unknown as readonly T[];
  } finally {
    database.close();
  }
}

function kept(options: StoreOptions): readonly number[] {
  const sql = "SELECT revision FROM large_values ORDER BY revision";
  return inFile<{ revision: number }>(options, sql).map(({ revision }) => revision);
}

function damage(options: StoreOptions): readonly string[] {
  return inspectStore(options)
    .filter(({ ok }) => !ok)
    .map(({ message }) => message);
}

test("a large value stays where it is when it becomes history, and goes with it", async () => {
  const [store, options] = open({ historyLimit: 2 });
  for (let n = 1; n <= 3; n++) await store.save("t", "n", "k", large(n));
  expect(kept(options)).toEqual([1, 2, 3]);
  await store.save("t", "n", "k", "4");
  expect(kept(options)).toEqual([2, 3]);
  expect((await store.history("n", "k")).map(({ value }) => value)).toEqual([
    "4",
    large(3),
    large(2),
  ]);
  expect((await store.undo("t", "n", "k")).after).toBe(large(3));
  expect(kept(options)).toEqual([3, 5]);
  expect((await store.delete("t", "n", "k"))?.before).toBe(large(3));
  expect(kept(options)).toEqual([5]);
  expect(damage(options)).toEqual([]);
  await store.delete("t", "n", "k", { forget: true });
  expect(kept(options)).toEqual([]);
  expect(damage(options)).toEqual([]);
});

test("without history, a large value goes as it is replaced or deleted", async () => {
  const [store, options] = open({ historyLimit: 0 });
  await store.save("t", "n", "k", large(1));
  await store.save("t", "n", "k", large(2));
  expect(kept(options)).toEqual([2]);
  await store.save("t", "n", "k", "3");
  expect(kept(options)).toEqual([]);
  await store.save("t", "n", "k", large(4));
  await store.delete("t", "n", "k");
  expect(kept(options)).toEqual([]);
  expect(damage(options)).toEqual([]);
});

test("many entries at once, a snapshot and the log give large values back", async () => {
  const [store] = open();
  const times = { plain: true, createdAt: 1, updatedAt: 2 };
  const entries = [1, 2].map((n) => ({ namespace: "n", key: `k${n}`, value: large(n), ...times }));
  await store.transact("t", async (transaction) => {
    await transaction.insertAll(entries);
    await transaction.save("n", "k3", large(3));
  });
  expect((await store.page("n", { limit: 9 })).map(({ value }) => value)).toEqual(
    [1, 2, 3].map(large),
  );
  await store.snapshot(async (snapshot) => {
    for (const stream of [snapshot.entries(), snapshot.entriesSince(0)]) {
      for await (const batch of stream)
        expect(batch.map(({ value }) => value)).toEqual([1, 2, 3].map(large));
    }
    for await (const batch of snapshot.entriesSince(2)) expect(batch[0]?.value).toBe(large(3));
  });
});

test("lists without values do not look for large ones", async () => {
  const [store, options] = open();
  await store.save("t", "n", "k", large(1));
  await store.save("t", "n", "small", "2");
  inFile(options, "DELETE FROM large_values");
  const view = openStateView(options);
  expect(await view.page("n", { limit: 9, maxValueBytes: 100 })).toMatchObject([
    { key: "k", value: "", type: "object", bytes: large(1).length },
    { key: "small", value: "2" },
  ]);
  view.close();
});

test("a large value that is missing, left over or another is damage", async () => {
  for (const [sql, message] of [
    ["DELETE FROM large_values", "the value of n/k is not what was written"],
    ["INSERT INTO large_values VALUES (99, '1')", "1 large values are in use, and 2 are kept"],
    ["UPDATE large_values SET value = '2'", "the value of n/k is not what was written"],
    ["UPDATE entries SET bytes = 5", "the value of n/k is not what was written"],
    ["UPDATE entries SET type = 'array'", "the value of n/k is not what was written"],
  ] as const) {
    const [store, options] = open();
    await store.save("t", "n", "k", large(1));
    inFile(options, sql);
    expect(damage(options)).toEqual([expect.stringContaining(message)]);
    if (!message.includes("n/k") || sql.includes("UPDATE entries")) continue;
    const corrupt = { code: "corrupt-store", message: expect.stringContaining("n/k") };
    await expect(store.entry("n", "k")).rejects.toMatchObject(corrupt);
    if (sql.startsWith("DELETE")) {
      await expect(store.save("t", "n", "k", "1")).rejects.toMatchObject(corrupt);
    }
  }
});
