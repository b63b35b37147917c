import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { FeedEvent } from "../../server/src/engine/engine.ts";
import { ChangeFeed, type ChangeSource } from "../../server/src/engine/feed.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { databaseFile } from "../../server/src/engine/sqlite/files.ts";
import type { Store, StoreOptions } from "../../server/src/engine/types.ts";
import { openStateView } from "../../server/src/engine/view.ts";
import { nextMessage, startProcess } from "./processes.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

/** A feed that remembers what it told. */
class Listener {
  readonly events: FeedEvent[] = [];
  #wake: () => void = () => {};

  readonly hear = (event: FeedEvent): void => {
    this.events.push(event);
    this.#wake();
  };

  get revisions(): number[] {
    return this.events.flatMap((event) =>
      event.kind === "changes" ? event.changes.map(({ revision }) => revision) : [],
    );
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

async function listen(source: ChangeSource): Promise<[Listener, ChangeFeed]> {
  const listener = new Listener();
  const feed = new ChangeFeed(source, listener.hear);
  onTestFinished(() => feed.close());
  await feed.ready;
  return [listener, feed];
}

function openBoth(): [Store, ReturnType<typeof openStateView>, StoreOptions] {
  const options = optionsIn(temporaryFolder());
  const store = openStore(options);
  const view = openStateView(options);
  onTestFinished(async () => {
    view.close();
    await store.close();
  });
  return [store, view, options];
}

test("tells what happens from the store's first write on, in order and once", async () => {
  const [store, view] = openBoth();
  const [listener] = await listen(view);
  await store.save("cli", "n", "a", "1");
  await store.save("tree", "n", "b", "1");
  await store.delete("cli", "n", "a");
  await listener.until(() => listener.revisions.length >= 3);
  expect(listener.revisions).toEqual([1, 2, 3]);
  const told = listener.events.flatMap((event) => (event.kind === "changes" ? event.changes : []));
  expect(told[0]).toMatchObject({ origin: "cli", op: "save", namespace: "n", key: "a" });
});

test("does not tell what was there before", async () => {
  const [store, view] = openBoth();
  await store.save("cli", "n", "a", "1");
  const [listener] = await listen(view);
  await store.save("cli", "n", "a", "2");
  await listener.until(() => listener.revisions.length > 0);
  expect(listener.revisions).toEqual([2]);
});

test("tells thousands of changes without a gap", async () => {
  const [store, view] = openBoth();
  const [listener] = await listen(view);
  await store.transact("t", async (transaction) => {
    for (let n = 0; n < 3000; n++) await transaction.save("n", `k${n}`, "1");
  });
  await listener.until(() => listener.revisions.length >= 3000);
  expect(listener.revisions).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1));
  expect(listener.events.length).toBeGreaterThan(1);
});

test("who fell behind the log is told to read again, then goes on", async () => {
  const [store, view] = openBoth();
  await store.save("t", "n", "k", "1");
  const [listener, feed] = await listen(view);
  await store.transact("t", async (transaction) => {
    for (let n = 0; n < 12_000; n++) await transaction.save("n", "k", "1");
  });
  feed.poke();
  await listener.until(() => listener.events.length > 0);
  expect(listener.events).toEqual([{ kind: "reset", revision: 12_001 }]);
  await store.save("t", "n", "k", "2");
  await listener.until(() => listener.revisions.length > 0);
  expect(listener.revisions).toEqual([12_002]);
});

test("a folder that is removed and a store that comes back reset it", async () => {
  const [store, view, options] = openBoth();
  await store.save("t", "n", "k", "1");
  const [listener] = await listen(view);
  rmSync(options.folder, { recursive: true });
  await listener.until(() => listener.events.length === 1);
  expect(listener.events[0]).toEqual({ kind: "reset", revision: 0 });
  await store.save("t", "n", "k", "1");
  await listener.until(() => listener.revisions.length > 0);
  expect(listener.revisions).toEqual([1]);
});

test("a file that is replaced by an older copy resets it", async () => {
  const [store, view, options] = openBoth();
  await store.save("t", "n", "k", "1");
  await store.close();
  const copy = `${options.folder}-copy`;
  cpSync(options.folder, copy, { recursive: true });
  const other = openStore(options);
  await other.save("t", "n", "k", "2");
  await other.save("t", "n", "k", "3");
  await other.close();
  const [listener] = await listen(view);
  renameSync(options.folder, `${options.folder}-old`);
  renameSync(copy, options.folder);
  await listener.until(() => listener.events.length > 0);
  expect(listener.events[0]).toEqual({ kind: "reset", revision: 1 });
  expect((await view.entry("n", "k"))?.value).toBe("1");
});

test("a file that becomes unreadable is told, and that it can be read again", async () => {
  const [store, view, { folder }] = openBoth();
  await store.save("cli", "n", "k", "1");
  await store.close();
  const listener = new Listener();
  const feed = new ChangeFeed(view, listener.hear, { tellsLoss: true });
  onTestFinished(() => feed.close());
  await feed.ready;
  const file = databaseFile(folder);
  const good = readFileSync(file);
  const replace = (content: string | Buffer) => {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
    writeFileSync(file, content);
  };
  replace("no database any more ".repeat(500));
  await listener.until(() => listener.events.some(({ kind }) => kind === "reset"));
  await expect(view.revision()).rejects.toMatchObject({ code: "corrupt-store" });
  const told = listener.events.length;
  replace(good);
  await listener.until(() => listener.events.length > told);
  expect(await view.revision()).toBe(1);
});

test("a store in memory is followed by hints", async () => {
  const store = openStore(optionsIn(temporaryFolder(), { backend: "memory" }));
  const [listener, feed] = await listen(store);
  await store.save("t", "n", "k", "1");
  feed.poke();
  await listener.until(() => listener.revisions.length > 0);
  expect(listener.revisions).toEqual([1]);
});

test("a closed feed is silent", async () => {
  const [store, view] = openBoth();
  const [listener, feed] = await listen(view);
  await feed.close();
  await store.save("t", "n", "k", "1");
  feed.poke();
  await delay(0);
  expect(listener.events).toEqual([]);
});

test("another process's changes are told as well", async () => {
  const [, view, options] = openBoth();
  const [listener] = await listen(view);
  const writer = startProcess("writer.process.ts", JSON.stringify(options));
  await nextMessage(writer);
  for (let n = 1; n <= 20; n++) {
    writer.send({ namespace: "n", key: "k", value: String(n) });
    await nextMessage(writer);
    await listener.until(() => listener.revisions.at(-1) === n);
  }
  expect(listener.revisions).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});
