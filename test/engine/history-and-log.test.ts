import { expect, onTestFinished, test } from "vitest";
import { inspectStore } from "../../server/src/engine/inspect.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { Store } from "../../server/src/engine/types.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

/** More changes than the log keeps. */
const MANY = 10_500;

async function values(store: Store, key: string): Promise<readonly string[]> {
  return (await store.history("n", key)).map(({ op, value }) => value ?? op);
}

/** Saves one key more often than the log is long. */
async function saveMany(store: Store): Promise<void> {
  await store.transact("t", async (transaction) => {
    for (let n = 0; n < MANY; n++) await transaction.save("n", "busy", String(n));
  });
}

test("history outlives the log of changes, is cut behind it, and the inspection vouches for it", async () => {
  const options = optionsIn(temporaryFolder(), { historyLimit: 3 });
  const store = openStore(options);
  onTestFinished(() => store.close());
  for (const value of ["1", "2", "3", "4"]) {
    await store.save("t", "n", "kept", value);
    await store.save("t", "n", "gone", value);
  }
  await store.delete("t", "n", "gone");
  await saveMany(store);
  expect((await store.changesSince(0, 1)).gap).toBe(true);
  expect(await values(store, "kept")).toEqual(["4", "3", "2", "1"]);
  expect(await values(store, "gone")).toEqual(["delete", "4", "3", "2"]);
  expect(await values(store, "busy")).toHaveLength(4);

  // What falls out of the history now lies behind the log's end.
  await store.save("t", "n", "kept", "5");
  expect(await values(store, "kept")).toEqual(["5", "4", "3", "2"]);
  await store.undo("t", "n", "gone");
  expect(await values(store, "gone")).toEqual(["4", "delete", "4", "3", "2"]);
  await store.delete("t", "n", "kept", { forget: true });
  expect(await values(store, "kept")).toEqual([]);
  await saveMany(store);
  expect(await values(store, "gone")).toEqual(["4", "delete", "4", "3", "2"]);
  expect(inspectStore(options).filter(({ ok }) => !ok)).toEqual([]);
});

test("a lower limit is kept to from the next save on", async () => {
  const options = optionsIn(temporaryFolder(), { historyLimit: 5 });
  const before = openStore(options);
  for (const value of ["1", "2", "3", "4"]) await before.save("t", "n", "k", value);
  await before.close();
  const store = openStore({ ...options, historyLimit: 1 });
  onTestFinished(() => store.close());
  await store.save("t", "n", "k", "5");
  expect(await values(store, "k")).toEqual(["5", "4"]);
  const none = openStore({ ...options, historyLimit: 0 });
  onTestFinished(() => none.close());
  await none.save("t", "n", "k", "6");
  expect(await values(none, "k")).toEqual(["6"]);
  expect(inspectStore(options).filter(({ ok }) => !ok)).toEqual([]);
});
