/**
 * Saves and deletes under keys of its own until it is told to stop, whatever happens to the server:
 * `options name`. Tells what was acknowledged, `{key, revision}`, and how often it was not, `{failed}`.
 */
import { setTimeout as delay } from "node:timers/promises";
import { openStore } from "../../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../../server/src/engine/types.ts";
import { StateError } from "../../../shared/src/errors.ts";

const EXPECTED = new Set(["store-unreachable", "outcome-unknown", "store-slow", "store-locked"]);

const [options = "", name = ""] = process.argv.slice(2);
const store = openStore(JSON.parse(options) as StoreOptions);
let stopped = false;
process.on("message", () => {
  stopped = true;
});
process.send?.("ready");
for (let n = 1; !stopped; n++) {
  const key = `${name}:${n}`;
  try {
    if (n % 5 === 0) {
      const revision = await store.transact(name, async (transaction) => {
        await transaction.save("load", `${key}:pair`, String(n));
        return (await transaction.save("load", key, String(n))).revision;
      });
      process.send?.({ key, revision });
    } else {
      const { revision } = await store.save(name, "load", key, String(n));
      process.send?.({ key, revision });
    }
  } catch (error) {
    if (!(error instanceof StateError) || !EXPECTED.has(error.code)) throw error;
    process.send?.({ failed: key, code: error.code });
  }
  await delay(1);
}
await store.close();
process.send?.("stopped");
process.disconnect();
