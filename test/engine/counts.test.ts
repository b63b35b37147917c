import { expect, onTestFinished, test } from "vitest";
import { inspectStore } from "../../server/src/engine/inspect.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { Store } from "../../server/src/engine/types.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

/** What the namespaces hold, counted by reading all of it. */
async function counted(store: Store): Promise<unknown> {
  const sums = new Map<string, { keys: number; bytes: number }>();
  await store.snapshot(async (snapshot) => {
    for await (const batch of snapshot.entries()) {
      for (const { namespace, bytes } of batch) {
        const sum = sums.get(namespace) ?? { keys: 0, bytes: 0 };
        sums.set(namespace, { keys: sum.keys + 1, bytes: sum.bytes + bytes });
      }
    }
  });
  return [...sums].map(([namespace, sum]) => ({ namespace, ...sum }));
}

async function agrees(store: Store, updatedAt: ReadonlyMap<string, number>): Promise<void> {
  const told = await store.namespaces();
  expect(told.map(({ namespace, keys, bytes }) => ({ namespace, keys, bytes }))).toEqual(
    await counted(store),
  );
  for (const summary of told) {
    expect(summary.updatedAt).toBe(updatedAt.get(summary.namespace));
    expect(await store.namespace(summary.namespace)).toEqual(summary);
  }
}

test("namespaces are counted right at every moment, whoever writes", async () => {
  const options = optionsIn(temporaryFolder(), { historyLimit: 1 });
  const stores = [openStore(options), openStore(options)] as const;
  onTestFinished(async () => {
    for (const store of stores) await store.close();
  });
  const updatedAt = new Map<string, number>();
  for (let n = 0; n < 400; n++) {
    const store = stores[n % 2] ?? stores[0];
    // Each has its time: all its keys come, and later all of them go.
    const namespace = `ns:${Math.floor(n / 90)}`;
    const key = `k${n % 10}`;
    const change =
      n % 90 < 50
        ? await store.save("t", namespace, key, JSON.stringify("é".repeat(n)))
        : await store.delete("t", namespace, key);
    if (change !== undefined) updatedAt.set(namespace, change.at);
    if (n % 7 === 0) await agrees(store, updatedAt);
    if (n === 200) {
      const value = { value: "[1]", plain: true, createdAt: 1, updatedAt: 1 };
      const entries = ["a", "b"].map((key) => ({ namespace: "all", key, ...value }));
      const revision = await store.transact("t", (transaction) => transaction.insertAll(entries));
      const { changes } = (await store.changesSince(revision, 9)) as {
        changes: readonly { at: number }[];
      };
      updatedAt.set("all", changes[0]?.at ?? 0);
      await agrees(store, updatedAt);
    }
  }
  await agrees(stores[0], updatedAt);
  expect(inspectStore(options).filter(({ ok }) => !ok)).toEqual([]);
});
