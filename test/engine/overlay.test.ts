import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../server/src/engine/open-store.ts";
import { Overlay } from "../../server/src/engine/overlay.ts";
import type { Store } from "../../server/src/engine/types.ts";
import { overlayContract } from "./contract.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

/** An overlay with what else a store answers, answered by the store underneath. */
overlayContract((options) => {
  const store = openStore(options);
  const overlay = new Overlay(store, options);
  return new Proxy(store, {
    get: (_, name) => {
      const owner = name in overlay ? overlay : store;
      const member: unknown = Reflect.get(owner, name);
      return typeof member === "function" ? member.bind(owner) : member;
    },
  });
});

function open(): Store {
  const store = openStore(optionsIn(temporaryFolder()));
  onTestFinished(() => store.close());
  return store;
}

const LIMITS = { historyLimit: 20, maxValueBytes: 1024 };

/** A store with three keys, and an overlay in which one of them changed, one went and one came. */
async function changed(): Promise<[Store, Overlay]> {
  const store = open();
  await store.save("t", "n", "a", "1");
  await store.save("t", "n", "b", "2");
  await store.save("t", "m", "c", "3");
  const overlay = new Overlay(store, LIMITS);
  await overlay.save("run", "n", "a", "10");
  await overlay.delete("run", "m", "c");
  await overlay.save("run", "o", "d", "4");
  return [store, overlay];
}

const keyed = (entries: readonly { key: string; value: string }[]) =>
  entries.map(({ key, value }) => `${key}=${value}`);

test("what is written is seen through the overlay, and not underneath", async () => {
  const [store, overlay] = await changed();
  expect((await overlay.entry("n", "a"))?.value).toBe("10");
  expect(await overlay.entry("m", "c")).toBeUndefined();
  expect(keyed(await overlay.page("n", { limit: 5 }))).toEqual(["a=10", "b=2"]);
  expect(keyed(await overlay.page("n", { limit: 1, after: "a" }))).toEqual(["b=2"]);
  expect(await overlay.keys("o")).toEqual(["d"]);
  expect(await overlay.namespaces()).toMatchObject([
    { namespace: "n", keys: 2, bytes: 3 },
    { namespace: "o", keys: 1, bytes: 1 },
  ]);
  expect((await overlay.history("n", "a")).map(({ value }) => value)).toEqual(["10", "1"]);
  expect(await overlay.revision()).toBe(6);
  expect(await overlay.changesSince(2, 2)).toMatchObject({
    changes: [
      { revision: 3, key: "c" },
      { revision: 4, origin: "run" },
    ],
  });
  expect((await store.entry("n", "a"))?.value).toBe("1");
  expect(await store.revision()).toBe(3);
});

test("tells what would change, once for each entry, with both values", async () => {
  const [, overlay] = await changed();
  await overlay.save("run", "n", "a", "11");
  await overlay.save("run", "n", "brief", "1");
  await overlay.delete("run", "n", "brief");
  expect(await overlay.changes()).toMatchObject([
    { op: "delete", namespace: "m", key: "c", before: "3", origin: "run", revision: 5 },
    { op: "save", namespace: "n", key: "a", before: "1", after: "11" },
    { op: "save", namespace: "o", key: "d", after: "4" },
  ]);
});

test("is applied in one transaction, or refused when the store moved on", async () => {
  const [store, overlay] = await changed();
  await overlay.applyTo(store, "cli");
  expect((await store.entry("n", "a"))?.value).toBe("10");
  expect(await store.entry("m", "c")).toBeUndefined();
  expect((await store.entry("o", "d"))?.origin).toBe("cli");
  const late = new Overlay(store, LIMITS);
  await late.save("run", "n", "a", "20");
  await store.save("other", "n", "b", "5");
  await expect(late.applyTo(store, "cli")).rejects.toMatchObject({ code: "state-moved-on" });
  expect((await store.entry("n", "a"))?.value).toBe("10");
});

test("a transaction that fails leaves the overlay as it was", async () => {
  const [, overlay] = await changed();
  const failing = overlay.transact("run", async (transaction) => {
    await transaction.save("n", "b", "20");
    await transaction.save("n", "new", "1");
    expect(keyed(await transaction.page("n", { limit: 9 }))).toEqual(["a=10", "b=20", "new=1"]);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(keyed(await overlay.page("n", { limit: 9 }))).toEqual(["a=10", "b=2"]);
  expect((await overlay.changes()).map(({ key }) => key)).toEqual(["c", "a", "d"]);
});
