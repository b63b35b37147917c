/** A process that writes: `node writer.process.ts FOLDER NAME`; every save is a new key, until it is ended. */
import { setTimeout } from "node:timers/promises";
import { openStore } from "./stores.ts";

const [folder = "", name = ""] = process.argv.slice(2);
const store = openStore(folder);
for (let index = 0; ; index++) {
  await store.save("cli", `writer:${name}`, String(index).padStart(8, "0"), String(index));
  if (index === 0) console.log("ready");
  if (index % 10 === 0) await setTimeout(2);
}
