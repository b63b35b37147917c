/** A process to be killed: `node restless.process.ts WORK FOLDER`, doing its work over and over. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listBackups } from "../../../server/src/engine/backup/catalog.ts";
import { createBackup } from "../../../server/src/engine/backup/create.ts";
import { restoreBackup } from "../../../server/src/engine/backup/restore.ts";
import { pruneBackups } from "../../../server/src/engine/backup/retention.ts";
import { migrate } from "../../../server/src/engine/migration/migrate.ts";
import { openStore } from "./stores.ts";

const [work = "", folder = ""] = process.argv.slice(2);
const store = openStore(join(folder, "state"));
const place = { folder: join(folder, "backups"), maxValueBytes: 1 << 20, now: Date.now };
const asked = (await listBackups(place)).map(({ id }) => id);

const migrations = { folder: join(folder, "migrations"), languages: [] };
mkdirSync(migrations.folder);
for (const [from, to, name, newName] of [
  ["1.0.0", "2.0.0", "space", "moved"],
  ["2.0.0", "1.0.0", "moved", "space"],
]) {
  const step = `[[step]]\naction = "rename-namespace"\nnamespace = "${name}:*"\nto = "${newName}:*"\n`;
  writeFileSync(join(migrations.folder, `${from}__${to}.toml`), step);
}

const works: Readonly<Record<string, (turn: number) => Promise<unknown>>> = {
  backup: (turn) => createBackup(store, place, { incremental: turn % 3 > 0, reason: "asked" }),
  restore: (turn) => restoreBackup(store, place, asked[turn % asked.length] ?? "", {}),
  migrate: (turn) => migrate(store, place, migrations, turn % 2 > 0 ? "1.0.0" : "2.0.0"),
  prune: async (turn) => {
    await createBackup(store, place, { incremental: turn % 3 > 0, reason: "asked" });
    await pruneBackups(place, { days: 30, count: 2, dryRun: false });
  },
};

console.log("ready");
for (let turn = 0; ; turn++) await works[work]?.(turn);
