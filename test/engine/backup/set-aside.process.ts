/** A process to be killed: `node set-aside.process.ts FOLDER ID`, putting a backup in a damaged state's place. */
import { join } from "node:path";
import { restoreInPlaceOfDamaged } from "../../../server/src/engine/backup/set-aside.ts";

const [folder = "", id = ""] = process.argv.slice(2);
const state = join(folder, "state");
const place = { folder: join(state, "backups"), maxValueBytes: 1 << 20, now: Date.now };
console.log("ready");
await restoreInPlaceOfDamaged(
  {
    backend: "sqlite",
    folder: state,
    durability: "normal",
    historyLimit: 3,
    maxValueBytes: 1 << 20,
    schemaVersion: "1.0.0",
  },
  place,
  id,
);
// Alive until it is killed.
setInterval(() => undefined, 1000);
