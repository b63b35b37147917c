import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../../server/src/engine/open-store.ts";
import type { Store } from "../../../server/src/engine/types.ts";
import { openStateView } from "../../../server/src/engine/view.ts";
import { keyChildren } from "../../../server/src/service/browse/children.ts";
import { NameCache } from "../../../server/src/service/browse/name-cache.ts";
import { searchEntries } from "../../../server/src/service/browse/search.ts";
import type { KeyChild } from "../../../shared/src/protocol.ts";
import { optionsIn, temporaryFolder } from "../../engine/state-folder.ts";

function open(): Store {
  const store = openStore({ ...optionsIn(temporaryFolder()), backend: "memory" });
  onTestFinished(() => store.close());
  return store;
}

async function fill(store: Store, namespace: string, keys: readonly string[]): Promise<void> {
  await store.transact("t", async (transaction) => {
    for (const key of keys) await transaction.save(namespace, key, "1");
  });
}

const pause = async () => {};
const names = (children: readonly KeyChild[]) =>
  children.map((child) => (child.kind === "entry" ? child.key : `${child.prefix}${child.keys}`));

async function all(store: Store, prefix: string, limit: number): Promise<KeyChild[]> {
  const children: KeyChild[] = [];
  let after: string | undefined;
  do {
    const page = await keyChildren(store, { namespace: "n", prefix, after, limit }, pause);
    expect(page.children.length).toBeLessThanOrEqual(limit);
    children.push(...page.children);
    after = page.next;
  } while (after !== undefined);
  return children;
}

test("keys that share a segment are a group, chains of groups are one, a group of one is its key", async () => {
  const store = open();
  await fill(store, "n", ["a", "p:ada", "s:x:1:a", "s:x:1:b", "s:x:2", "t:u:v:1", "t:u:v:2", "t"]);
  expect(names(await all(store, "", 50))).toEqual(["a", "p:ada", "s:x:3", "t", "t:u:v:2"]);
  expect(names(await all(store, "s:x:", 50))).toEqual(["s:x:1:2", "s:x:2"]);
  expect(names(await all(store, "t:u:v:", 50))).toEqual(["t:u:v:1", "t:u:v:2"]);
});

test("a group of many keys is counted to a bound, and folded only where all of them go on alike", async () => {
  const store = open();
  const many = Array.from({ length: 150 }, (_, n) => `a:b:${String(n).padStart(3, "0")}`);
  await fill(store, "n", many);
  expect(await all(store, "", 50)).toEqual([
    { kind: "group", prefix: "a:b:", keys: 100, more: true },
  ]);
  await fill(store, "n", ["a:c"]);
  expect(await all(store, "", 50)).toEqual([
    { kind: "group", prefix: "a:", keys: 100, more: true },
  ]);
});

test("whatever the keys and the page, every key is under exactly one child", async () => {
  const segment = fc.constantFrom("a", "b", "c", "é", "", "\u{10ffff}");
  const key = fc
    .array(segment, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(":"))
    .filter((text) => text !== "" && !text.includes("::"));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      async (keys, limit) => {
        const store = openStore({ ...optionsIn(temporaryFolder()), backend: "memory" });
        await fill(store, "n", keys);
        const found: string[] = [];
        const walk = async (prefix: string) => {
          for (const child of await all(store, prefix, limit)) {
            if (child.kind === "entry") found.push(child.key);
            else {
              const under = keys.filter((text) => text.startsWith(child.prefix));
              expect(child.keys).toBe(under.length);
              await walk(child.prefix);
            }
          }
        };
        await walk("");
        expect(found.toSorted()).toEqual(keys.toSorted());
        await store.close();
      },
    ),
    { numRuns: 60 },
  );
});

test("what is read again between the ends of earlier pages has every key once, whatever was changed", async () => {
  const segment = fc.constantFrom("a", "b", "é", "\u{ffff}", "\u{10ffff}");
  const key = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(":"));
  const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(keys, keys, fc.integer({ min: 1, max: 3 }), async (before, after, limit) => {
      const store = openStore({ ...optionsIn(temporaryFolder()), backend: "memory" });
      await fill(store, "n", before);
      const ends: (string | undefined)[] = [undefined];
      do {
        const query = { namespace: "n", prefix: "", after: ends.at(-1), limit };
        ends.push((await keyChildren(store, query, pause)).next);
      } while (ends.at(-1) !== undefined);
      for (const gone of before) await store.delete("t", "n", gone);
      await fill(store, "n", after);
      const found: string[] = [];
      for (const [n, start] of ends.slice(0, -1).entries()) {
        const part = { namespace: "n", prefix: "", after: start, until: ends[n + 1], limit: 100 };
        for (const child of (await keyChildren(store, part, pause)).children) {
          if (child.kind === "entry") found.push(child.key);
          else found.push(...after.filter((text) => text.startsWith(child.prefix)));
        }
      }
      expect(found.toSorted()).toEqual(after.toSorted());
      await store.close();
    }),
    { numRuns: 100 },
  );
});

async function library(): Promise<Store> {
  const store = open();
  await store.save("t", "books", "Dune", '{"author": "Herbert", "pages": 412}');
  await store.save("t", "books", "Emma", '"Jane Austen"');
  await store.save("t", "users", "dunja", '"herbert street"');
  await store.save("t", "users", "login", '{"password": "herbert-secret-1"}');
  await store.save("t", "users", "age", "33");
  return store;
}

const found = async (store: Store, query: Parameters<typeof searchEntries>[1]) =>
  (await searchEntries(store, query, pause)).entries.map(({ key }) => key);

test("names and values are found whatever their case, of the wanted types, in order", async () => {
  const store = await library();
  expect(await found(store, { text: "DUN" })).toEqual(["Dune", "dunja"]);
  expect(await found(store, { text: "users/" })).toEqual(["age", "dunja", "login"]);
  expect(await found(store, { text: "dun", namespace: "users" })).toEqual(["dunja"]);
  expect(await found(store, { types: ["string"] })).toEqual(["Emma", "dunja"]);
  expect(await found(store, { sort: "newest", limit: 2 })).toEqual(["age", "login"]);
  expect(await found(store, { sort: "largest", limit: 2, namespace: "books" })).toEqual([
    "Dune",
    "Emma",
  ]);
  expect(await searchEntries(store, { limit: 2 }, pause)).toMatchObject({ more: true });
  expect(await searchEntries(store, {}, pause)).toMatchObject({ more: false, examined: 5 });
});

test("names are found in blocks as they are in pages, whatever is looked for", async () => {
  const options = optionsIn(temporaryFolder());
  const store = openStore(options);
  const view = openStateView(options);
  onTestFinished(async () => {
    view.close();
    await store.close();
  });
  await fill(
    store,
    "n",
    Array.from({ length: 12_000 }, (_, n) => `k/${n}${n % 7 ? "" : ":É"}`),
  );
  await fill(store, "other", ["x", "n/k"]);
  for (const text of ["11999", ":é", "n/k/1", "n/k", "other/X", "r/n/", "none"]) {
    const query = { text, limit: 1_000 };
    const { entries, more } = await searchEntries(view, query, pause);
    // A type that all have leads past the shortcut.
    const slow = await searchEntries(view, { ...query, types: ["integer"] }, pause);
    expect({ entries, more }).toEqual({ entries: slow.entries, more: slow.more });
  }
  const all = await searchEntries(view, { text: "none" }, pause);
  expect(all).toEqual({ entries: [], more: false, examined: 12_002 });
});

test("names are found in blocks as they are in pages, whatever they are", async () => {
  const name = fc.string({ unit: fc.constantFrom("a", "K", "b", "/", "1", "İ"), maxLength: 5 });
  const keys = fc.uniqueArray(
    name.map((text) => `k${text.replaceAll(/\/+/g, "/")}`),
    { minLength: 1, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(keys, name, async (stored, text) => {
      const store = openStore({ ...optionsIn(temporaryFolder()), backend: "memory" });
      await fill(store, "a1", stored);
      await fill(store, "b", stored);
      const slow = await searchEntries(store, { text, types: ["integer"] }, pause);
      expect((await searchEntries(store, { text }, pause)).entries).toEqual(slow.entries);
      await store.close();
    }),
    { numRuns: 300 },
  );
});

test("names that are kept between searches are those of the present revision", async () => {
  const options = optionsIn(temporaryFolder());
  const store = openStore(options);
  const reader = openStateView(options);
  onTestFinished(async () => {
    reader.close();
    await store.close();
  });
  const cache = new NameCache();
  const keys = async (text: string) =>
    (await searchEntries(await cache.over(reader), { text }, pause)).entries.map(({ key }) => key);
  await fill(store, "n", ["one", "two"]);
  expect(await keys("o")).toEqual(["one", "two"]);
  expect(await keys("tw")).toEqual(["two"]);
  await store.save("t", "n", "twelve", "1");
  await store.delete("t", "n", "two");
  expect(await keys("tw")).toEqual(["twelve"]);
});

test("what is masked cannot be searched for", async () => {
  const store = await library();
  expect(await found(store, { text: "herbert", where: "values" })).toEqual(["Dune", "dunja"]);
  expect(await found(store, { text: "password", where: "values" })).toEqual(["login"]);
});

test("a search ends when it is not wanted any more", async () => {
  const store = open();
  await fill(
    store,
    "n",
    Array.from({ length: 3_000 }, (_, n) => `k${n}`),
  );
  let pauses = 0;
  const stop = async () => {
    pauses += 1;
    throw new Error("cancelled");
  };
  await expect(searchEntries(store, { text: "none" }, stop)).rejects.toThrow("cancelled");
  expect(pauses).toBe(1);
});
