/** Saves what it is told to, and tells when that was done: `{namespace, key, value}` -> `{at}`. */
import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";

const store = openStore(JSON.parse(process.argv[2] ?? "") as StoreOptions);

process.on("message", async ({ namespace, key, value }: Record<string, string>) => {
  await store.save("other", namespace ?? "", key ?? "", value ?? "");
  process.send?.({ at: performance.timeOrigin + performance.now() });
});
process.send?.("ready");
