/** Appends to lists and counts up with compare-and-set: `options name operations`. */
import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";
import { StateError } from "../../shared/src/errors.ts";

const [options = "", name = "", operations = ""] = process.argv.slice(2);
const store = openStore(JSON.parse(options) as StoreOptions);
let conflicts = 0;

/** Replaces a value by what `change` makes of it, again and again until nobody came between. */
async function update(key: string, change: (present: unknown) => unknown): Promise<void> {
  for (;;) {
    const entry = await store.entry("shared", key);
    const present: unknown = entry && JSON.parse(entry.value);
    try {
      const value = JSON.stringify(change(present));
      await store.save(name, "shared", key, value, { ifRevision: entry?.revision ?? 0 });
      return;
    } catch (error) {
      if (!(error instanceof StateError) || error.code !== "conflict") throw error;
      conflicts++;
    }
  }
}

for (let n = 0; n < Number(operations); n++) {
  if (n % 2 === 0) {
    await update(`list:${n % 8}`, (list) => [
      ...((list as string[] | undefined) ?? []),
      `${name}-${n}`,
    ]);
  } else {
    await update("counter", (count) => ((count as number | undefined) ?? 0) + 1);
  }
}
await store.close();
process.send?.({ conflicts });
process.disconnect();
