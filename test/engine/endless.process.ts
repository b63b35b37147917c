/** Writes until it is killed; a line on standard output for every write that was acknowledged. */
import { writeSync } from "node:fs";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";

const [options = "", name = ""] = process.argv.slice(2);
const store = openStore(JSON.parse(options) as StoreOptions);

for (let n = 1; ; n++) {
  const namespace = `writer:${name}`;
  const key = `k${n % 7}`;
  if (n % 11 === 0) {
    await store.delete(name, namespace, key);
    writeSync(1, `${n} delete ${key}\n`);
  } else if (n % 13 === 0) {
    // Both or none: the checker compares them.
    await store.transact(name, async (transaction) => {
      await transaction.save(namespace, "pair:a", String(n));
      await transaction.save(namespace, "pair:b", String(n));
    });
    writeSync(1, `${n} save pair\n`);
  } else {
    await store.save(name, namespace, key, JSON.stringify({ n, filler: "x".repeat(n % 3000) }));
    writeSync(1, `${n} save ${key}\n`);
  }
}
