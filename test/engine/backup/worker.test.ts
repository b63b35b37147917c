import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startJobsProcess } from "../../../server/src/engine/jobs-process.ts";
import { temporaryFolder } from "./support.ts";

it("the process for long work backs up, compares, restores, prunes and migrates, with reports and cancel", async () => {
  const folder = temporaryFolder();
  const migrations = join(folder, "migrations");
  const engine = startJobsProcess(
    new URL("../../../server/src/engine/worker.ts", import.meta.url),
    {
      backend: "sqlite",
      folder: join(folder, "state"),
      durability: "normal",
      historyLimit: 3,
      maxValueBytes: 1 << 20,
      schemaVersion: "1.0.0",
      backupDir: join(folder, "state", "backups"),
      backupRetentionDays: 30,
      maxBackups: 1,
      migrations,
    },
  );
  onTestFinished(() => engine.close());
  mkdirSync(migrations);
  writeFileSync(
    join(migrations, "1.0.0__2.0.0.toml"),
    "[[step]]\naction = 'rename-keys'\nnamespace = 'n'\nkey = 'k*'\nto = 'key*'\n",
  );
  for (let index = 0; index < 1200; index++) await engine.save("cli", "n", `k${index}`, "1");

  const aborter = new AbortController();
  const cancelled = engine.createBackup(
    { incremental: false },
    { signal: aborter.signal, progress: () => aborter.abort() },
  );
  aborter.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
  expect(await engine.backups()).toEqual([]);

  const reports: string[] = [];
  const progress = ({ what }: { what: string }) => void reports.push(what);
  const full = await engine.createBackup({ incremental: false }, { progress });
  expect(full).toMatchObject({ kind: "full", entries: 1200, note: undefined });
  await engine.save("cli", "n", "k1", "2");
  await engine.save("cli", "m", "k", "2");
  const child = await engine.createBackup({ incremental: true });
  expect(child).toMatchObject({ kind: "incremental", parentId: full.id, entries: 2 });
  expect((await engine.diffBackup(full.id, { to: child.id })).total).toBe(2);
  expect((await engine.diffBackup(full.id, { limit: 1 })).changes).toHaveLength(1);
  expect(await engine.verifyBackup(full.id, { quick: true })).toEqual({
    isValid: true,
    errors: [],
  });
  const partial = await engine.restoreBackup(
    full.id,
    { keys: [{ namespace: "n", key: "k1" }] },
    { progress },
  );
  expect(partial).toMatchObject({ entriesRestored: 1, changed: 1 });
  expect((await engine.entry("m", "k"))?.value).toBe("2");
  expect(await engine.backupsHolding("m", "k")).toEqual([partial.safetyBackupId, child.id]);
  const { itemsMigrated } = await engine.migrate("2.0.0", { progress });
  expect(itemsMigrated).toBe(1200);
  expect(await engine.schemaStatus()).toMatchObject({ current: "2.0.0", targets: [] });
  expect(new Set(reports)).toEqual(
    new Set(["writing entries", "restoring entries", "migrating entries", "storing entries"]),
  );

  // One is allowed, and one for safety: the full one stays as the parent of a younger one until that goes.
  expect(await engine.backupUsage()).toMatchObject({ backups: 3, incrementalBackups: 1 });
  expect((await engine.pruneBackups({ dryRun: true })).deleted).toEqual([]);
  await engine.createBackup({ incremental: false });
  expect((await engine.backups()).map(({ id }) => id)).not.toContain(full.id);
  const problem = { code: "unknown-backup", next: expect.stringContaining("backup list") };
  await expect(engine.deleteBackup(full.id)).rejects.toMatchObject(problem);
  await expect(engine.restoreBackup("../x")).rejects.toMatchObject({ code: "invalid-backup-id" });
  const cleared = await engine.clearNamespace("tree", "n");
  expect(cleared.changes).toHaveLength(1200);
  await engine.restoreBackup(String(cleared.safetyBackupId));
  expect((await engine.namespace("n"))?.keys).toBe(1200);
});
