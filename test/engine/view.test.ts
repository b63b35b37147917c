import { existsSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { Store } from "../../server/src/engine/types.ts";
import { openStateView, type StateReader } from "../../server/src/engine/view.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

function openBoth(): [Store, StateReader, string] {
  const options = optionsIn(temporaryFolder());
  const store = openStore(options);
  const view = openStateView(options);
  onTestFinished(async () => {
    view.close();
    await store.close();
  });
  return [store, view, options.folder];
}

test("a store that does not exist reads as empty, is not made, and is seen when it comes", async () => {
  const [store, view, folder] = openBoth();
  expect(await view.revision()).toBe(0);
  expect(await view.entry("n", "k")).toBeUndefined();
  expect(await view.namespaces()).toEqual([]);
  expect(await view.namespace("n")).toBeUndefined();
  expect(await view.page("n", { limit: 5 })).toEqual([]);
  expect(await view.storeId()).toBe("");
  expect(await view.schemaVersion()).toBeUndefined();
  expect(view.stamp()).toEqual({ file: "", version: "" });
  expect(existsSync(folder)).toBe(false);
  await store.save("t", "n", "é", "1");
  expect(await view.revision()).toBe(1);
  expect(await view.entry("n", "e\u0301")).toEqual(await store.entry("n", "é"));
  expect(await view.namespaces()).toEqual(await store.namespaces());
  expect(await view.namespace("n")).toEqual(await store.namespace("n"));
  expect(await view.schemaVersion()).toBe("1.0.0");
  expect(await view.storeId()).toBe(await store.storeId());
});

test("the stamp changes with every commit and with nothing else", async () => {
  const [store, view] = openBoth();
  await store.save("t", "n", "k", "1");
  const first = view.stamp();
  await view.entry("n", "k");
  expect(view.stamp()).toEqual(first);
  await store.save("t", "n", "k", "2");
  const second = view.stamp();
  expect(second).not.toEqual(first);
  view.close();
  expect(view.stamp()).not.toEqual(second);
});

test("a page is bounded, whatever is asked for", async () => {
  const [store, view] = openBoth();
  await store.transact("t", async (transaction) => {
    for (let n = 0; n < 1010; n++) await transaction.save("n", `k${n}`, "1");
  });
  expect(await view.page("n", { limit: 1_000_000 })).toHaveLength(1000);
});

test("half a surrogate pair is not the character that stands for it in UTF-8", async () => {
  const [store, view] = openBoth();
  await store.save("t", "n", "k\ufffd", "1");
  expect(await view.entry("n", "k\ufffd")).toMatchObject({ value: "1" });
  expect(await view.entry("n", "k\ud800")).toBeUndefined();
  await expect(store.entry("n", "k\ud800")).rejects.toMatchObject({ code: "invalid-key" });
});
