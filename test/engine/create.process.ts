/** Makes a store with its first write, at the moment it is told to. */
import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";

process.on("message", async (options: StoreOptions) => {
  const store = openStore(options);
  await store.save(String(process.pid), "n", String(process.pid), "1");
  await store.close();
  process.send?.("saved");
});
process.send?.("ready");
