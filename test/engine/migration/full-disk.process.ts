/** Migrates as told: `node full-disk.process.ts FOLDER`; prints what came of it as one line of JSON. */
import { join } from "node:path";
import { migrate } from "../../../server/src/engine/migration/migrate.ts";
import { toProblem } from "../../../shared/src/errors.ts";
import { openStore } from "../backup/stores.ts";

const [folder = ""] = process.argv.slice(2);
const store = openStore(join(folder, "state"));
const place = { folder: join(folder, "backups"), maxValueBytes: 1 << 20, now: Date.now };
const migrations = { folder: join(folder, "migrations"), languages: [] };
try {
  console.log(JSON.stringify(await migrate(store, place, migrations, "2.0.0")));
} catch (error) {
  console.log(JSON.stringify(toProblem(error)));
}
await store.close();
