import { SqliteStore } from "../../../server/src/engine/sqlite/store.ts";
import type { Entry, Store } from "../../../server/src/engine/types.ts";

export function openStore(folder: string): SqliteStore {
  return new SqliteStore({
    backend: "sqlite",
    folder,
    durability: "normal",
    historyLimit: 3,
    maxValueBytes: 1 << 20,
    schemaVersion: "1.0.0",
  });
}

/** All that a store holds, with revisions. */
export async function contents(store: Store): Promise<readonly Entry[]> {
  return store.snapshot(async (snapshot) => {
    const all: Entry[] = [];
    for await (const batch of snapshot.entries()) all.push(...batch);
    return all;
  });
}

/** All that a store holds, as far as a restore brings it back. */
export async function state(store: Store): Promise<readonly unknown[]> {
  return (await contents(store)).map(({ namespace, key, value, createdAt, updatedAt }) => ({
    namespace,
    key,
    value,
    createdAt,
    updatedAt,
  }));
}
