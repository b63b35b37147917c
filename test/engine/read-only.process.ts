/** Looks at a store and tries to write it, as a user who may not (root may always). */
import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";
import { openStateView } from "../../server/src/engine/view.ts";
import { toProblem } from "../../shared/src/errors.ts";

if (process.getuid?.() === 0) process.setuid?.(65534);
const options = JSON.parse(process.argv[2] ?? "") as StoreOptions;
const store = openStore(options);
const report = {
  read: (await store.entry("n", "k"))?.value,
  viewed: (await openStateView(options).entry("n", "k"))?.value,
  problem: await store.save("t", "n", "k", "2").then(() => undefined, toProblem),
};
process.send?.(report);
process.disconnect();
