import { describe, expect, test } from "vitest";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { Entry, Store, StoreOptions } from "../../server/src/engine/types.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

async function collect(batches: AsyncIterable<readonly Entry[]>): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of batches) {
    found.push(...batch.map((entry) => `${entry.namespace}/${entry.key}=${entry.value}`));
  }
  return found;
}

/** What a store must be: run for every backend. */
export function storeContract(
  backend: StoreOptions["backend"],
  more: () => Partial<StoreOptions> = () => ({}),
  saveMany: SaveMany = saveOneByOne,
): void {
  contract(backend, (options) => openStore({ ...options, ...more() }), true, saveMany);
}

/** Saves ten keys of a namespace in turn, so often that the log of changes is cut; tells how often. */
type SaveMany = (store: Store, namespace: string) => Promise<number>;

async function saveOneByOne(store: Store, namespace: string): Promise<number> {
  // In memory the log is cut in large pieces.
  const many = 20_500;
  await store.transact("t", async (transaction) => {
    for (let n = 0; n < many; n++) await transaction.save(namespace, `k${n % 10}`, "1");
  });
  return many;
}

/** What lies over a store must be as one, but has no identity, no end and no backups of its own. */
export function overlayContract(openOverlay: (options: StoreOptions) => Omit<Store, "snapshot">) {
  contract("overlay", (options) => openOverlay(options) as Store, false);
}

function contract(
  backend: StoreOptions["backend"] | "overlay",
  openWith: (options: StoreOptions) => Store,
  standsAlone: boolean,
  saveMany: SaveMany = saveOneByOne,
): void {
  function open(more: Partial<StoreOptions> = {}): Store {
    const kind = backend === "overlay" ? "sqlite" : backend;
    return openWith(optionsIn(temporaryFolder(), { backend: kind, ...more }));
  }

  describe(`${backend}: an empty store`, () => {
    test("reads as empty", async () => {
      const store = open();
      expect(await store.revision()).toBe(0);
      expect(await store.entry("a", "b")).toBeUndefined();
      expect(await store.namespaces()).toEqual([]);
      expect(await store.namespace("a")).toBeUndefined();
      expect(await store.page("a", { limit: 10 })).toEqual([]);
      expect(await store.keys("a")).toEqual([]);
      expect(await store.history("a", "b")).toEqual([]);
      expect(await store.changesSince(0, 10)).toEqual({ gap: false, changes: [] });
      expect(await store.changesSince(5, 10)).toEqual({ gap: true, revision: 0 });
      expect(await store.schemaVersion()).toBe("1.0.0");
      expect(await store.storeId()).toBe("");
      if (!standsAlone) return;
      await store.snapshot(async (snapshot) => {
        expect(snapshot).toMatchObject({ revision: 0, storeId: "", schemaVersion: "1.0.0" });
        expect(await collect(snapshot.entries())).toEqual([]);
        expect(await snapshot.deletionsSince(0)).toEqual([]);
      });
      await store.close();
    });

    test("deleting and undoing find nothing", async () => {
      const store = open();
      expect(await store.delete("t", "a", "b")).toBeUndefined();
      await expect(store.undo("t", "a", "b")).rejects.toMatchObject({ code: "nothing-to-undo" });
      await expect(store.delete("t", "a", "b", { ifRevision: 3 })).rejects.toMatchObject({
        code: "conflict",
        data: { revision: 0 },
      });
      expect(await store.revision()).toBe(0);
    });
  });

  describe(`${backend}: saving and loading`, () => {
    test("gives back what was saved, and what is known of it", async () => {
      const store = open();
      const before = Date.now();
      const change = await store.save("cli", "user:1", "profile", ' {"b": 3.0, "a": [1, {}]} ');
      expect(change).toMatchObject({ op: "save", namespace: "user:1", key: "profile" });
      expect(change).toMatchObject({ revision: 1, origin: "cli", after: '{"b":3.0,"a":[1,{}]}' });
      expect(change.before).toBeUndefined();
      const entry = await store.entry("user:1", "profile");
      expect(entry).toEqual({
        namespace: "user:1",
        key: "profile",
        type: "object",
        bytes: 20,
        revision: 1,
        createdAt: change.at,
        updatedAt: change.at,
        origin: "cli",
        value: '{"b":3.0,"a":[1,{}]}',
        plain: false,
      });
      expect(change.at).toBeGreaterThanOrEqual(before);
      if (standsAlone) expect(await store.storeId()).not.toBe("");
      await store.close();
    });

    test("replacing keeps the creation and tells what was there", async () => {
      const store = open();
      const first = await store.save("a", "n", "k", "1");
      const second = await store.save("b", "n", "k", '"two"');
      expect(second).toMatchObject({ revision: 2, before: "1", after: '"two"' });
      expect(await store.entry("n", "k")).toMatchObject({
        createdAt: first.at,
        updatedAt: second.at,
        origin: "b",
        plain: true,
        type: "string",
      });
    });

    test("namespace and key are a pair", async () => {
      const store = open();
      await store.save("t", "a", "b:c", "1");
      await store.save("t", "a:b", "c", "2");
      expect((await store.entry("a", "b:c"))?.value).toBe("1");
      expect((await store.entry("a:b", "c"))?.value).toBe("2");
      expect(await store.keys("a")).toEqual(["b:c"]);
    });

    test("keys are the same in every normal form", async () => {
      const store = open();
      await store.save("t", "a", "e\u0301", "1");
      expect((await store.entry("a", "é"))?.key).toBe("é");
      expect((await store.entry("a", "e\u0301"))?.value).toBe("1");
      expect(await store.page("a", { prefix: "e\u0301", limit: 5 })).toHaveLength(1);
      await store.transact("t", async (transaction) => {
        expect((await transaction.entry("a", "e\u0301"))?.value).toBe("1");
      });
      expect(await store.delete("t", "a", "e\u0301")).toMatchObject({ key: "é" });
    });

    test.each([
      ["", "k", "1", "invalid-namespace"],
      ["n", "__k", "1", "invalid-key"],
      ["n", "k", "null", "invalid-value"],
      ["n", "k", "{", "invalid-value"],
      ["n", "k", JSON.stringify("x".repeat(99)), "value-too-large"],
      ["n", "k", JSON.stringify("é".repeat(50)), "value-too-large"],
    ])("refuses (%j, %j, %.10s)", async (namespace, key, value, code) => {
      const store = open({ maxValueBytes: 100 });
      await store.save("t", "other", "key", "1");
      await expect(store.save("t", namespace, key, value)).rejects.toMatchObject({ code });
      expect(await store.revision()).toBe(1);
    });

    test("takes a value of exactly the largest size", async () => {
      const store = open({ maxValueBytes: 100 });
      await store.save("t", "n", "k", JSON.stringify("é".repeat(49)));
      expect((await store.entry("n", "k"))?.bytes).toBe(100);
    });

    test("an empty table from Lua stays the array that it replaces", async () => {
      const store = open();
      await store.save("t", "n", "k", '{"list":[],"map":{}}');
      const change = await store.save("t", "n", "k", '{"list":{},"map":{}}', {
        keepEmptyArrays: true,
      });
      expect(change.after).toBe('{"list":[],"map":{}}');
      const plain = await store.save("t", "n", "k", '{"list":{},"map":{}}');
      expect(plain.after).toBe('{"list":{},"map":{}}');
    });
  });

  describe(`${backend}: revisions and compare-and-set`, () => {
    test("revisions count all changes of the store, and only changes", async () => {
      const store = open();
      const revisions = [
        (await store.save("t", "a", "k", "1")).revision,
        (await store.save("t", "b", "k", "1")).revision,
        (await store.delete("t", "a", "k"))?.revision,
      ];
      expect(revisions).toEqual([1, 2, 3]);
      expect(await store.delete("t", "a", "k")).toBeUndefined();
      expect(await store.revision()).toBe(3);
      expect((await store.save("t", "a", "k", "1")).revision).toBe(4);
    });

    test("a save is refused when the entry moved on", async () => {
      const store = open();
      await store.save("t", "n", "k", "1", { ifRevision: 0 });
      const conflict = { code: "conflict", data: { revision: 1 } };
      await expect(store.save("t", "n", "k", "2", { ifRevision: 0 })).rejects.toMatchObject(
        conflict,
      );
      await expect(store.save("t", "n", "k", "2", { ifRevision: 7 })).rejects.toMatchObject(
        conflict,
      );
      await expect(store.delete("t", "n", "k", { ifRevision: 7 })).rejects.toMatchObject(conflict);
      await store.save("t", "n", "k", "2", { ifRevision: 1 });
      await store.delete("t", "n", "k", { ifRevision: 2 });
      await expect(store.save("t", "n", "k", "3", { ifRevision: 2 })).rejects.toMatchObject({
        code: "conflict",
        data: { revision: 0 },
      });
    });
  });

  describe(`${backend}: listing`, () => {
    test("namespaces with their counts, sizes and newest change", async () => {
      const store = open();
      await store.save("t", "b", "x", '"12"');
      await store.save("t", "a", "x", "1");
      const last = await store.save("t", "a", "y", "22");
      await store.save("t", "gone", "x", "1");
      await store.delete("t", "gone", "x");
      const namespaces = await store.namespaces();
      expect(namespaces).toMatchObject([
        { namespace: "a", keys: 2, bytes: 3, updatedAt: last.at },
        { namespace: "b", keys: 1, bytes: 4 },
      ]);
      expect(await store.namespace("a")).toEqual(namespaces[0]);
      expect(await store.namespace("gone")).toBeUndefined();
    });

    test("keys ascend by their UTF-8 bytes", async () => {
      const store = open();
      const ascending = ["A", "a", "a:", "a:1", "b", "é", "\u{ffee}", "😀"];
      for (const key of ascending.toReversed()) await store.save("t", "n", key, "1");
      expect(await store.keys("n")).toEqual(ascending);
      expect((await store.page("n", { limit: 99 })).map(({ key }) => key)).toEqual(ascending);
    });

    test("pages by prefix go on after a key", async () => {
      const store = open();
      const keys = [
        "a",
        "p",
        "p:1",
        "p:2",
        "p:3",
        "p\u{d7ff}",
        "p\u{e000}",
        "p😀",
        "p\u{10ffff}",
        "q",
        "\u{10ffff}",
        "\u{10ffff}x",
      ];
      for (const key of keys) await store.save("t", "n", key, "1");
      const page = async (query: { prefix?: string; after?: string; limit?: number }) =>
        (await store.page("n", { limit: 99, ...query })).map(({ key }) => key);
      expect(await page({ prefix: "p:" })).toEqual(["p:1", "p:2", "p:3"]);
      expect(await page({ prefix: "p:", limit: 2 })).toEqual(["p:1", "p:2"]);
      expect(await page({ prefix: "p:", after: "p:2" })).toEqual(["p:3"]);
      expect(await page({ prefix: "p:", after: "a" })).toEqual(["p:1", "p:2", "p:3"]);
      expect(await page({ prefix: "p:", after: "q" })).toEqual([]);
      expect(await page({ prefix: "p", after: "p:3" })).toEqual([
        "p\u{d7ff}",
        "p\u{e000}",
        "p😀",
        "p\u{10ffff}",
      ]);
      expect(await page({ prefix: "p\u{d7ff}" })).toEqual(["p\u{d7ff}"]);
      expect(await page({ prefix: "\u{10ffff}" })).toEqual(["\u{10ffff}", "\u{10ffff}x"]);
      expect(await page({ after: "p\u{10ffff}" })).toEqual(["q", "\u{10ffff}", "\u{10ffff}x"]);
      expect(await page({ prefix: "%" })).toEqual([]);
    });

    test("a page leaves out values that are longer than asked for, and tells their type and size", async () => {
      const store = open();
      const long = JSON.stringify(["x".repeat(100)]);
      await store.save("t", "n", "long", long);
      await store.save("t", "n", "short", '"é"');
      const whole = await store.page("n", { limit: 5 });
      expect(whole.map(({ value }) => value)).toEqual([long, '"é"']);
      const cut = await store.page("n", { limit: 5, maxValueBytes: 4 });
      expect(cut).toEqual([{ ...whole[0], value: "", plain: false }, whole[1]]);
      const heads = await store.page("n", { limit: 5, maxValueBytes: 3 });
      expect(heads.map(({ value, type }) => value + type)).toEqual(["array", "string"]);
      const begun = await store.page("n", { limit: 5, maxValueBytes: 3, beginning: 2 });
      expect(begun.map(({ value, plain }) => [value, plain])).toEqual([
        ['["', false],
        ['"é', false],
      ]);
      const larger = { ...whole[0], value: JSON.stringify("x".repeat(400_000)) };
      await store.save("t", "n", "long", larger.value);
      const [largest] = await store.page("n", { limit: 1, maxValueBytes: 3, beginning: 2 });
      expect(largest?.value).toBe("");
    });
  });

  describe(`${backend}: the log of changes`, () => {
    test("tells in order what happened after a revision", async () => {
      const store = open();
      await store.save("one", "n", "a", "1");
      await store.delete("two", "n", "a");
      const last = await store.save("three", "n", "b", "1");
      const all = await store.changesSince(0, 10);
      expect(all).toMatchObject({
        gap: false,
        changes: [
          { op: "save", key: "a", revision: 1, origin: "one" },
          { op: "delete", key: "a", revision: 2, origin: "two" },
          { op: "save", key: "b", revision: 3, origin: "three", at: last.at },
        ],
      });
      expect(await store.changesSince(1, 1)).toMatchObject({ changes: [{ revision: 2 }] });
      expect(await store.changesSince(3, 10)).toEqual({ gap: false, changes: [] });
      expect(await store.changesSince(4, 10)).toEqual({ gap: true, revision: 3 });
    });

    test("is bounded: who asks for what was cut learns of the gap", async () => {
      const store = open({ historyLimit: 0 });
      const many = await saveMany(store, "n");
      expect(await store.changesSince(0, 10)).toEqual({ gap: true, revision: many });
      const recent = await store.changesSince(many - 10, 100);
      expect(recent).toMatchObject({ gap: false });
      expect(recent.gap ? [] : recent.changes).toHaveLength(10);
      if (!standsAlone) return;
      await store.snapshot(async (snapshot) => {
        expect(await collect(snapshot.entriesSince(0))).toHaveLength(10);
        expect(await collect(snapshot.entriesSince(many - 3))).toHaveLength(3);
      });
    });
  });

  describe(`${backend}: history and undo`, () => {
    const values = async (store: Store) =>
      (await store.history("n", "k")).map(({ op, value }) => value ?? op);

    test("tells what was there, newest first, with when and who", async () => {
      const store = open();
      const first = await store.save("one", "n", "k", "1");
      const second = await store.save("two", "n", "k", "2");
      const deletion = await store.delete("three", "n", "k");
      const last = await store.save("four", "n", "k", "3");
      expect(await store.history("n", "k")).toEqual([
        { op: "save", revision: 4, at: last.at, origin: "four", value: "3" },
        { op: "delete", revision: 3, at: deletion?.at, origin: "three" },
        { op: "save", revision: 2, at: second.at, origin: "two", value: "2" },
        { op: "save", revision: 1, at: first.at, origin: "one", value: "1" },
      ]);
    });

    test("keeps as many earlier values as allowed, over deletions too", async () => {
      const store = open({ historyLimit: 2 });
      for (const value of ["1", "2", "3", "4"]) await store.save("t", "n", "k", value);
      expect(await values(store)).toEqual(["4", "3", "2"]);
      await store.delete("t", "n", "k");
      expect(await values(store)).toEqual(["delete", "4", "3"]);
      await store.save("t", "n", "k", "5");
      expect(await values(store)).toEqual(["5", "delete", "4", "3"]);
      await store.save("t", "n", "k", "6");
      expect(await values(store)).toEqual(["6", "5", "delete", "4"]);
    });

    test("keeps none when the limit is none", async () => {
      const store = open({ historyLimit: 0 });
      await store.save("t", "n", "k", "1");
      await store.save("t", "n", "k", "2");
      expect(await values(store)).toEqual(["2"]);
      await expect(store.undo("t", "n", "k")).rejects.toMatchObject({ code: "nothing-to-undo" });
      await store.delete("t", "n", "k");
      expect(await values(store)).toEqual([]);
    });

    test("undo goes back, and further back, and ends", async () => {
      const store = open();
      for (const value of ["1", "2", "3"]) await store.save("t", "n", "k", value);
      expect(await store.undo("u", "n", "k")).toMatchObject({
        before: "3",
        after: "2",
        revision: 4,
        origin: "u",
      });
      expect((await store.undo("u", "n", "k")).after).toBe("1");
      await expect(store.undo("u", "n", "k")).rejects.toMatchObject({ code: "nothing-to-undo" });
      expect(await values(store)).toEqual(["1", "2", "3", "2", "1"]);
      await store.save("t", "n", "k", "4");
      expect((await store.undo("u", "n", "k")).after).toBe("1");
      expect((await store.undo("u", "n", "k")).after).toBe("2");
    });

    test("a deletion is undone, and undo then goes on to what was before", async () => {
      const store = open();
      await store.save("t", "n", "k", "1");
      await store.save("t", "n", "k", "2");
      await store.delete("t", "n", "k");
      expect(await store.undo("u", "n", "k")).toMatchObject({ op: "save", after: "2" });
      expect((await store.undo("u", "n", "k")).after).toBe("1");
      expect((await store.namespace("n"))?.keys).toBe(1);
    });

    test("undo to a revision of the history", async () => {
      const store = open();
      for (const value of ["1", "2", "3"]) await store.save("t", "n", "k", value);
      expect((await store.undo("u", "n", "k", 1)).after).toBe("1");
      await expect(store.undo("u", "n", "k", 99)).rejects.toMatchObject({
        code: "unknown-revision",
      });
      await expect(store.undo("u", "n", "other", 1)).rejects.toMatchObject({
        code: "unknown-revision",
      });
    });

    test("what is forgotten is out of the history, also for a key that is gone", async () => {
      const store = open();
      for (const value of ["1", "2"]) await store.save("t", "n", "k", value);
      expect(await store.delete("t", "n", "k", { forget: true })).toMatchObject({ before: "2" });
      expect(await values(store)).toEqual([]);
      await store.save("t", "n", "k", "3");
      await store.delete("t", "n", "k");
      expect(await store.delete("t", "n", "k", { forget: true })).toBeUndefined();
      expect(await values(store)).toEqual([]);
    });
  });

  describe(`${backend}: transactions`, () => {
    test("happen together, seeing themselves, as one origin", async () => {
      const store = open();
      await store.save("t", "n", "old", "1");
      const result = await store.transact("import", async (transaction) => {
        await transaction.save("n", "new", "2");
        await transaction.delete("n", "old");
        expect(await transaction.entry("n", "old")).toBeUndefined();
        expect((await transaction.page("n", { limit: 9 })).map(({ key }) => key)).toEqual(["new"]);
        expect(await transaction.namespace("n")).toMatchObject({ keys: 1 });
        expect(await transaction.revision()).toBe(3);
        await transaction.setSchemaVersion("2.0.0");
        return "done";
      });
      expect(result).toBe("done");
      expect(await store.schemaVersion()).toBe("2.0.0");
      expect(await store.changesSince(1, 9)).toMatchObject({
        changes: [
          { origin: "import", revision: 2 },
          { origin: "import", revision: 3, op: "delete" },
        ],
      });
    });

    test("leave nothing when they fail", async () => {
      const store = open();
      await store.save("t", "n", "k", "1");
      const work = store.transact("t", async (transaction) => {
        await transaction.save("n", "k", "2");
        await transaction.save("m", "k", "2");
        await transaction.setSchemaVersion("2.0.0");
        throw new Error("changed my mind");
      });
      await expect(work).rejects.toThrow("changed my mind");
      expect((await store.entry("n", "k"))?.value).toBe("1");
      expect(await store.namespaces()).toHaveLength(1);
      expect(await store.history("n", "k")).toHaveLength(1);
      expect(await store.schemaVersion()).toBe("1.0.0");
      expect((await store.save("t", "n", "k", "3")).revision).toBe(2);
    });

    test("are unseen from outside until they end, and others' writes come after", async () => {
      const store = open();
      await store.save("t", "n", "k", "1");
      const order: string[] = [];
      const { promise: hold, resolve: go } = Promise.withResolvers<void>();
      const { promise: written, resolve: tellWritten } = Promise.withResolvers<void>();
      const slow = store.transact("slow", async (transaction) => {
        await transaction.save("n", "k", "2");
        tellWritten();
        await hold;
        order.push("transaction");
      });
      await written;
      const fast = store.save("fast", "n", "k", "3").then(() => order.push("save"));
      expect((await store.entry("n", "k"))?.value).toBe("1");
      expect(await store.revision()).toBe(1);
      go();
      await Promise.all([slow, fast]);
      expect(order).toEqual(["transaction", "save"]);
      expect((await store.history("n", "k")).map(({ value }) => value)).toEqual(["3", "2", "1"]);
    });

    test("bring past entries back as they were", async () => {
      const store = open({ maxValueBytes: 10 });
      const value = JSON.stringify("longer than allowed today");
      await store.transact("restore:x", async (transaction) => {
        const past = { namespace: "n", key: "k", value, createdAt: 1000, updatedAt: 2000 };
        expect(await transaction.put(past)).toMatchObject({ op: "save", revision: 1 });
      });
      expect(await store.entry("n", "k")).toMatchObject({
        ...{ value, createdAt: 1000, updatedAt: 2000, revision: 1, origin: "restore:x" },
      });
    });
  });

  describe.runIf(standsAlone)(`${backend}: snapshots`, () => {
    test("hold one moment while others write", async () => {
      const store = open();
      await store.save("t", "b", "k", "1");
      await store.save("t", "a", "k", "1");
      await store.save("t", "a", "j", "1");
      await store.snapshot(async (snapshot) => {
        await store.save("t", "a", "k", "2");
        await store.delete("t", "b", "k");
        expect(snapshot.revision).toBe(3);
        expect(snapshot.storeId).toBe(await store.storeId());
        expect(await collect(snapshot.entries())).toEqual(["a/j=1", "a/k=1", "b/k=1"]);
        expect(await collect(snapshot.entries(["b", "none"]))).toEqual(["b/k=1"]);
        expect(await collect(snapshot.entriesSince(1))).toEqual(["a/j=1", "a/k=1"]);
        expect(await snapshot.deletionsSince(0)).toEqual([]);
        expect((await snapshot.entry("a", "k"))?.value).toBe("1");
        expect(await snapshot.entry("a", "none")).toBeUndefined();
        const page = await snapshot.page("a", { prefix: "k", limit: 5 });
        expect(page.map(({ key, value }) => [key, value])).toEqual([["k", "1"]]);
      });
      expect((await store.entry("a", "k"))?.value).toBe("2");
    });

    test("tell of all entries without reading their values", async () => {
      const store = open();
      await store.save("t", "b", "k", '"text"');
      await store.save("t", "a", "k", `"${"é".repeat(30_000)}"`);
      await store.snapshot(async (snapshot) => {
        await store.delete("t", "b", "k");
        const heads = [];
        for await (const batch of snapshot.heads()) heads.push(...batch);
        heads.sort((one, other) => one.revision - other.revision);
        expect(heads).toHaveLength(2);
        expect(heads[0]).toMatchObject({ namespace: "b", key: "k", type: "string", bytes: 6 });
        expect(heads[1]).toMatchObject({ namespace: "a", bytes: 60_002, revision: 2, origin: "t" });
        expect(heads[1]?.createdAt).toBe(heads[1]?.updatedAt);
      });
    });

    test("know deletions of what does not exist again", async () => {
      const store = open();
      for (const key of ["a", "b", "c"]) await store.save("t", "n", key, "1");
      await store.delete("t", "n", "a");
      const last = await store.delete("t", "n", "b");
      await store.save("t", "n", "a", "2");
      await store.snapshot(async (snapshot) => {
        const deletion = { namespace: "n", key: "b", revision: 5, at: last?.at };
        expect(await snapshot.deletionsSince(3)).toEqual([deletion]);
        expect(await snapshot.deletionsSince(5)).toEqual([]);
      });
    });

    test("are of many batches where there is much", async () => {
      const store = open();
      await store.transact("t", async (transaction) => {
        for (let n = 0; n < 1201; n++) await transaction.save("n", `k${n}`, "1");
      });
      await store.snapshot(async (snapshot) => {
        const [one, other] = await Promise.all([
          collect(snapshot.entries()),
          collect(snapshot.entries(["n"])),
        ]);
        expect(one).toHaveLength(1201);
        expect(new Set(one).size).toBe(1201);
        expect(other).toEqual(one);
      });
    });
  });

  test.runIf(standsAlone)(`${backend}: a closed store says so`, async () => {
    const store = open();
    await store.save("t", "n", "k", "1");
    await store.close();
    await expect(store.entry("n", "k")).rejects.toMatchObject({ code: "store-closed" });
    await expect(store.save("t", "n", "k", "2")).rejects.toMatchObject({ code: "store-closed" });
  });
}
