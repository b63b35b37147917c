import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";
import { NAMESPACES, VALUE } from "./support.ts";

/** Entries of one transaction. */
const BATCH = 50_000;

/** The name of the `n`th entry of a filled store. */
export function nameOf(n: number): [namespace: string, key: string] {
  return [`space:${n % NAMESPACES}`, `item:${String(n).padStart(7, "0")}`];
}

/** Makes a store of `entries` entries, spread over 200 namespaces. */
export async function fill(options: StoreOptions, entries: number): Promise<void> {
  const store = openStore(options);
  const at = Date.now();
  for (let start = 0; start < entries; start += BATCH) {
    const count = Math.min(BATCH, entries - start);
    const batch = Array.from({ length: count }, (_, index) => {
      const [namespace, key] = nameOf(start + index);
      return { namespace, key, value: VALUE, plain: true, createdAt: at, updatedAt: at };
    });
    await store.transact("bench", (transaction) => transaction.insertAll(batch));
  }
  await store.close();
}
