import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { listBackups } from "../../../server/src/engine/backup/catalog.ts";
import { chainEntries, loadChain } from "../../../server/src/engine/backup/chain.ts";
import { clearNamespace } from "../../../server/src/engine/backup/clear.ts";
import { createBackup } from "../../../server/src/engine/backup/create.ts";
import { dataPath, temporaryPath } from "../../../server/src/engine/backup/files.ts";
import { backupsHolding } from "../../../server/src/engine/backup/holding.ts";
import type { BackupPlace } from "../../../server/src/engine/backup/place.ts";
import { deleteBackup } from "../../../server/src/engine/backup/remove.ts";
import { restoreBackup } from "../../../server/src/engine/backup/restore.ts";
import { pruneBackups } from "../../../server/src/engine/backup/retention.ts";
import { backupUsage } from "../../../server/src/engine/backup/usage.ts";
import { verifyBackup } from "../../../server/src/engine/backup/verify.ts";
import { MemoryStore } from "../../../server/src/engine/memory/store.ts";
import { openStore, state } from "./stores.ts";
import { noises, smallDisk, temporaryFolder, workspace } from "./support.ts";

const full = { incremental: false, reason: "asked" } as const;
const incremental = { incremental: true, reason: "asked" } as const;
const DAY = 86_400_000;

async function ids(place: BackupPlace): Promise<readonly string[]> {
  return (await listBackups(place)).map(({ id }) => id).reverse();
}

describe("retention", () => {
  it("goes by age and count, keeps what is built on, and only tells in a dry run", async () => {
    let clock = Date.UTC(2026, 0, 1);
    const { store, place } = workspace(undefined, () => clock);
    const made: string[] = [];
    for (const kind of [full, incremental, full, incremental, full]) {
      await store.save("cli", "n", "k", String(made.length));
      made.push((await createBackup(store, place, kind)).id);
      clock += 10 * DAY;
    }
    const [first, second, third, fourth, fifth] = made;
    const dry = await pruneBackups(place, { days: 25, count: undefined, dryRun: true });
    // The fourth is young enough, so what it builds on stays too.
    expect(dry).toMatchObject({ deleted: [first, second], retained: [third, fourth, fifth] });
    expect(await ids(place)).toEqual(made);
    const size = (await backupUsage(place)).sizeBytes;
    const pruned = await pruneBackups(place, { days: 25, count: undefined, dryRun: false });
    expect(pruned).toEqual(dry);
    expect((await backupUsage(place)).sizeBytes).toBe(size - pruned.spaceFreed);
    expect(await pruneBackups(place, { days: 999, count: 1, dryRun: false })).toMatchObject({
      deleted: [third, fourth],
      retained: [fifth],
    });
    clock += 999 * DAY;
    expect(await pruneBackups(place, { days: 0, count: 0, dryRun: false })).toMatchObject({
      deleted: [],
    });
  });

  it("counts safety backups apart, so that neither kind pushes out the other", async () => {
    const { store, place } = workspace();
    await store.save("cli", "n", "k", "1");
    const safety = { incremental: false, reason: "before-restore" } as const;
    const made: string[] = [];
    for (const kind of [full, safety, full, safety, safety]) {
      made.push((await createBackup(store, place, kind)).id);
    }
    const [asked1, safety1, asked2, safety2, safety3] = made;
    const two = { days: 30, count: 2, dryRun: true };
    expect((await pruneBackups(place, two)).deleted).toEqual([safety1]);
    const one = { days: 30, count: 1, dryRun: true };
    expect((await pruneBackups(place, one)).deleted).toEqual([asked1, safety1, safety2]);
    expect((await pruneBackups(place, { ...one, safetyOnly: true })).deleted).toEqual([
      safety1,
      safety2,
    ]);
    expect((await pruneBackups(place, one)).retained).toEqual([asked2, safety3]);
  });

  it("keeps the newest good backup, not the newest", async () => {
    const { store, place } = workspace();
    await store.save("cli", "n", "k", "1");
    const old = await createBackup(store, place, full);
    const good = await createBackup(store, place, full);
    const bad = await createBackup(store, place, full);
    writeFileSync(join(place.folder, `${bad.id}.jsonl.zst`), "no");
    const pruned = await pruneBackups(place, { days: 30, count: 0, dryRun: false });
    expect(pruned).toMatchObject({ deleted: [old.id, bad.id], retained: [good.id] });
    expect(readdirSync(place.folder).every((name) => name.startsWith(good.id))).toBe(true);
  });
});

describe("deleting a backup", () => {
  it("is refused while another builds on it, and takes all its files with it", async () => {
    const { store, place } = workspace();
    await store.save("cli", "n", "k", "1");
    const parent = await createBackup(store, place, full);
    const child = await createBackup(store, place, incremental);
    await verifyBackup(place, child.id, { quick: false });
    await expect(deleteBackup(place, parent.id)).rejects.toMatchObject({
      code: "backup-has-children",
      message: expect.stringContaining(child.id),
    });
    await deleteBackup(place, child.id);
    await deleteBackup(place, parent.id);
    expect(readdirSync(place.folder)).toEqual([]);
    await expect(deleteBackup(place, parent.id)).rejects.toMatchObject({ code: "unknown-backup" });
  });

  it("of a damaged one works", async () => {
    const { store, place } = workspace();
    await store.save("cli", "n", "k", "1");
    const { id } = await createBackup(store, place, full);
    writeFileSync(join(place.folder, `${id}.json`), "{");
    await deleteBackup(place, id);
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("beside incremental backups that are being made never leaves one without its parent", async () => {
    const { store, place } = workspace();
    await store.save("cli", "n", "k", "0");
    for (let round = 0; round < 25; round++) {
      const { id } = await createBackup(store, place, full);
      await store.save("cli", "n", "k", String(round));
      const [made, deleted] = await Promise.allSettled([
        createBackup(store, place, incremental),
        deleteBackup(place, id),
      ]);
      if (made.status === "rejected") throw made.reason;
      const { parentId, note, id: child } = made.value;
      expect(parentId === undefined).toBe(note !== undefined);
      if (deleted.status === "rejected") {
        expect(deleted.reason).toMatchObject({ code: "backup-has-children" });
      }
      expect(await verifyBackup(place, child, { quick: false })).toEqual({
        isValid: true,
        errors: [],
      });
      await pruneBackups(place, { days: 30, count: 1, dryRun: false });
    }
  });
});

describe("an incremental backup", () => {
  it("is a full one, and says so, without any backup and with those of another store", async () => {
    const { store, place } = workspace();
    await store.save("cli", "n", "k", "1");
    expect(await createBackup(store, place, incremental)).toMatchObject({
      kind: "full",
      note: "A full backup was made, since there is no earlier backup.",
    });
    const other = workspace();
    await other.store.save("cli", "n", "k", "1");
    expect(await createBackup(other.store, place, incremental)).toMatchObject({
      kind: "full",
      note: "A full backup was made, since the earlier backups are of another store.",
    });
  });

  it("is a full one when the store is an older copy that went another way", async () => {
    const folder = temporaryFolder();
    const place = { folder: join(folder, "backups"), maxValueBytes: 1 << 20, now: Date.now };
    const copy = join(folder, "copy");
    mkdirSync(copy);
    let store = openStore(join(folder, "state"));
    await store.save("cli", "n", "common", "1");
    await store.close();
    copyFileSync(join(folder, "state", "state.db"), join(copy, "state.db"));
    store = openStore(join(folder, "state"));
    await store.save("cli", "n", "here", "1");
    await createBackup(store, place, full);
    await store.close();
    await new Promise((resolve) => setImmediate(resolve));
    const other = openStore(copy);
    expect((await createBackup(other, place, incremental)).note).toMatch(/newer than the store/);
    for (const { id } of await listBackups(place)) {
      if ((await loadChain(place.folder, id)).at(-1)?.toRevision === 1)
        await deleteBackup(place, id);
    }
    while (Date.now() === (await other.entry("n", "common"))?.updatedAt);
    await other.save("cli", "n", "there", "2");
    await other.save("cli", "n", "there", "3");
    const backup = await createBackup(other, place, incremental);
    expect(backup).toMatchObject({ kind: "full", note: expect.stringMatching(/an older copy/) });
    await other.close();
  });
});

describe("a restore", () => {
  it("brings the schema version back when it is whole, and leaves it when it is partial", async () => {
    const { store, place } = workspace();
    await store.save("cli", "n", "k", "1");
    const { id } = await createBackup(store, place, full);
    await store.transact("cli", (transaction) => transaction.setSchemaVersion("2.0.0"));
    await store.save("cli", "n", "k", "2");
    const partial = await restoreBackup(store, place, id, { namespaces: ["n"] });
    expect(partial.note).toMatch(/schema version 1\.0\.0 and the state 2\.0\.0/);
    expect(await store.schemaVersion()).toBe("2.0.0");
    expect((await restoreBackup(store, place, id, {})).note).toBe(undefined);
    expect(await store.schemaVersion()).toBe("1.0.0");
  });

  it("beside another one: both happen, one after the other, and both can be undone", async () => {
    const { store, place } = workspace();
    await store.save("cli", "n", "k", "1");
    const one = await createBackup(store, place, full);
    await store.save("cli", "n", "k", "2");
    const two = await createBackup(store, place, full);
    await store.save("cli", "n", "k", "3");
    const outcomes = await Promise.all([
      restoreBackup(store, place, one.id, {}),
      restoreBackup(store, place, two.id, {}),
    ]);
    const final = (await store.entry("n", "k"))?.value;
    expect(["1", "2"]).toContain(final);
    const saved = await Promise.all(
      outcomes.map(async ({ safetyBackupId = "" }) => {
        const chain = await loadChain(place.folder, safetyBackupId);
        const values: string[] = [];
        for await (const batch of chainEntries(place.folder, chain, 1 << 20)) {
          values.push(...batch.map(({ value }) => value));
        }
        return values;
      }),
    );
    // The one that came first saved the 3, the other one saved what the first had restored.
    expect(saved.flat().sort()).toEqual(["3", final === "1" ? "2" : "1"].sort());
  });

  it("of a part that is neither in the backup nor in the state is refused", async () => {
    const { store, place } = workspace();
    await store.save("cli", "user", "k", "1");
    const { id } = await createBackup(store, place, full);
    await expect(restoreBackup(store, place, id, { namespaces: ["usre"] })).rejects.toMatchObject({
      code: "nothing-selected",
      message: expect.stringContaining('"usre"'),
    });
    expect(await ids(place)).toEqual([id]);
  });

  it("that is cancelled changes nothing", async () => {
    const { store, place } = workspace();
    for (let index = 0; index < 50; index++) await store.save("cli", "n", `k${index}`, "1");
    const { id } = await createBackup(store, place, full);
    await store.save("cli", "n", "k1", "2");
    const before = await state(store);
    for (const phrase of ["writing entries", "restoring entries"]) {
      const aborter = new AbortController();
      const progress = ({ what }: { what: string }) => {
        if (what === phrase) aborter.abort();
      };
      const work = restoreBackup(store, place, id, {}, { signal: aborter.signal, progress });
      await expect(work).rejects.toMatchObject({ code: "cancelled" });
      expect(await state(store)).toEqual(before);
      expect(await ids(place)).toEqual([id]);
    }
  });

  it("works on a store in memory, and from one into another kind of store", async () => {
    const { store, place } = workspace();
    const memory = new MemoryStore({
      historyLimit: 3,
      maxValueBytes: 1 << 20,
      schemaVersion: "1.0.0",
    });
    await memory.save("cli", "n", "k", "1.0");
    const { id } = await createBackup(memory, place, full);
    await memory.delete("cli", "n", "k");
    await createBackup(memory, place, incremental);
    await restoreBackup(memory, place, id, {});
    await restoreBackup(store, place, id, {});
    expect(await state(store)).toEqual(await state(memory));
    expect((await state(store)).length).toBe(1);
  });
});

describe("clearing a namespace", () => {
  it("deletes all of it at once, after a backup", async () => {
    const { store, place } = workspace();
    for (const key of ["a", "b"]) await store.save("cli", "n", key, "1");
    await store.save("cli", "n:m", "c", "1");
    const before = await state(store);
    const { changes, safetyBackupId } = await clearNamespace(store, place, "tree", "n");
    expect(changes.map(({ op, key, origin }) => [op, key, origin])).toEqual([
      ["delete", "a", "tree"],
      ["delete", "b", "tree"],
    ]);
    expect(await store.namespace("n")).toBe(undefined);
    await restoreBackup(store, place, String(safetyBackupId), {});
    expect(await state(store)).toEqual(before);
    expect(await clearNamespace(store, place, "tree", "none")).toEqual({
      changes: [],
      safetyBackupId: undefined,
    });
  });
});

it("tells which backups hold a key", async () => {
  const { store, place } = workspace();
  await store.save("cli", "n", "other", "1");
  await createBackup(store, place, full);
  await store.save("cli", "n", "secret", "1");
  const second = await createBackup(store, place, incremental);
  await store.delete("cli", "n", "secret");
  await createBackup(store, place, incremental);
  expect(await backupsHolding(place, "n", "secret")).toEqual([second.id]);
});

it("cleans up what a process that is gone left behind, and nothing of one that lives", async () => {
  const { store, place } = workspace();
  await store.save("cli", "n", "k", "1");
  const { id } = await createBackup(store, place, full);
  const before = readdirSync(place.folder);
  const gone = "backup_20260101T000000000Z_abcdef";
  const dead = execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).trim();
  const ours = temporaryPath(place.folder, gone, "manifest");
  const elsewhere = join(place.folder, `.${gone}.00000000.${dead}.data`);
  const orphan = dataPath(place.folder, gone);
  const notes = join(place.folder, "notes.txt");
  for (const path of [ours, elsewhere, orphan, notes]) writeFileSync(path, "");
  writeFileSync(ours.replace(`.${process.pid}.`, `.${dead}.`), "");
  const tidyUp = () => pruneBackups(place, { days: 30, count: undefined, dryRun: false });
  await tidyUp();
  const kept = [ours, elsewhere, orphan, notes].map((path) => basename(path));
  expect(readdirSync(place.folder).sort()).toEqual([...before, ...kept].sort());
  rmSync(ours);
  rmSync(elsewhere);
  await tidyUp();
  expect(readdirSync(place.folder).sort()).toEqual([...before, "notes.txt"].sort());
  expect((await verifyBackup(place, id, { quick: false })).isValid).toBe(true);
});

it("a full disk under the state leaves it as it was", async ({ skip }) => {
  const disk = smallDisk(1024 * 1024);
  if (disk === undefined) return skip("no tmpfs can be mounted here");
  const { store: large, place } = workspace();
  for (const [index, noise] of noises(500).entries())
    await large.save("cli", "n", `k${index}`, noise);
  const { id } = await createBackup(large, place, full);
  const store = openStore(join(disk, "state"));
  onTestFinished(() => store.close());
  await store.save("cli", "mine", "k", "1");
  const before = await state(store);
  await expect(restoreBackup(store, place, id, {})).rejects.toMatchObject({ code: "disk-full" });
  expect(await state(store)).toEqual(before);
  expect(await ids(place)).toEqual([id]);
  await store.save("cli", "mine", "k", "2");
});

it("a full disk leaves nothing behind, says so, and work goes on when there is space", async ({
  skip,
}) => {
  const disk = smallDisk(256 * 1024);
  if (disk === undefined) return skip("no tmpfs can be mounted here");
  const { store } = workspace();
  const place = { folder: join(disk, "backups"), maxValueBytes: 1 << 20, now: Date.now };
  await store.save("cli", "n", "k", "1");
  const good = await createBackup(store, place, full);
  for (const [index, noise] of noises(200).entries()) {
    await store.save("cli", "n", `k${index}`, noise);
  }
  const before = await state(store);
  await expect(createBackup(store, place, full)).rejects.toMatchObject({ code: "disk-full" });
  // The safety backup does not fit, so nothing is restored.
  await expect(restoreBackup(store, place, good.id, {})).rejects.toMatchObject({
    code: "disk-full",
  });
  expect(await state(store)).toEqual(before);
  expect(readdirSync(place.folder).sort()).toEqual([`${good.id}.json`, `${good.id}.jsonl.zst`]);
  for (let index = 0; index < 200; index++) await store.delete("cli", "n", `k${index}`);
  expect((await createBackup(store, place, full)).entries).toBe(1);
});

it("a folder that cannot be used is named", async () => {
  const { store, folder } = workspace();
  await store.save("cli", "n", "k", "1");
  writeFileSync(join(folder, "file"), "");
  const place = { folder: join(folder, "file", "backups"), maxValueBytes: 1 << 20, now: Date.now };
  const id = "backup_20260101T000000000Z_abcdef";
  for (const work of [
    () => createBackup(store, place, full),
    () => listBackups(place),
    () => backupUsage(place),
    () => backupsHolding(place, "n", "k"),
    () => verifyBackup(place, id, { quick: true }),
    () => restoreBackup(store, place, id, {}),
    () => deleteBackup(place, id),
    () => pruneBackups(place, { days: 1, count: 1, dryRun: true }),
  ]) {
    await expect(work()).rejects.toMatchObject({
      code: "backup-storage-failed",
      message: expect.stringContaining(place.folder),
    });
  }
  if (process.getuid?.() === 0) return;
  const locked = join(folder, "locked");
  mkdirSync(locked, { mode: 0o500 });
  const work = createBackup(store, { ...place, folder: join(locked, "backups") }, full);
  await expect(work).rejects.toMatchObject({ code: "backup-folder-not-writable" });
  chmodSync(locked, 0o700);
});
