import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openStore, state } from "../backup/stores.ts";
import { noises, smallDisk, temporaryFolder } from "../backup/support.ts";

/** Migrates in a process of its own: SQLite asks only once where temporary files are to be. */
function migrateWithTemporaryFiles(at: string, folder: string): unknown {
  const script = join(import.meta.dirname, "full-disk.process.ts");
  const env = { ...process.env, TMPDIR: at, SQLITE_TMPDIR: at };
  return JSON.parse(execFileSync(process.execPath, [script, folder], { env, encoding: "utf8" }));
}

it("a full disk under a migration's temporary file is named, and the state is as it was", async ({
  skip,
}) => {
  const disk = smallDisk(1024 * 1024);
  if (disk === undefined) return skip("no tmpfs can be mounted here");
  const folder = temporaryFolder();
  mkdirSync(join(folder, "migrations"));
  const step = '[[step]]\naction = "rename-namespace"\nnamespace = "n"\nto = "m"\n';
  writeFileSync(join(folder, "migrations", "1.0.0__2.0.0.toml"), step);
  const store = openStore(join(folder, "state"));
  await store.transact("cli", async (transaction) => {
    for (const [index, noise] of noises(2000).entries())
      await transaction.save("n", `k${index}`, noise);
  });
  const before = await state(store);

  expect(migrateWithTemporaryFiles(disk, folder)).toMatchObject({
    code: "disk-full",
    message: expect.stringContaining("temporary file"),
  });
  expect(await state(store)).toEqual(before);
  expect(await store.schemaVersion()).toBe("1.0.0");
  expect(readdirSync(disk)).toEqual([]);
  expect(existsSync(join(folder, "backups"))).toBe(false);

  expect(migrateWithTemporaryFiles(temporaryFolder(), folder)).toMatchObject({
    itemsMigrated: 2000,
  });
  await store.close();
});
