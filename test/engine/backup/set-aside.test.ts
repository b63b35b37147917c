import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import type { Engine, EngineOptions } from "../../../server/src/engine/engine.ts";
import { openEngine } from "../../../server/src/engine/open.ts";
import { smallDisk, temporaryFolder } from "./support.ts";

const TRIALS = process.env["LLMSPELL_LONG"] ? 50 : 4;

interface Bench {
  readonly engine: Engine;
  readonly options: EngineOptions;
  /** The database file. */
  readonly file: string;
  readonly id: string;
}

function optionsIn(folder: string): EngineOptions {
  return {
    backend: "sqlite",
    folder: join(folder, "state"),
    durability: "normal",
    historyLimit: 3,
    maxValueBytes: 1 << 20,
    schemaVersion: "1.0.0",
    backupDir: join(folder, "state", "backups"),
    backupRetentionDays: 30,
    maxBackups: undefined,
  };
}

function open(options: EngineOptions): Engine {
  const engine = openEngine(options);
  onTestFinished(() => engine.close());
  return engine;
}

/** A state with one entry, a backup of it, and a later write that the backup does not hold. */
async function backedUp(folder = temporaryFolder()): Promise<Bench> {
  const options = optionsIn(folder);
  const engine = open(options);
  await engine.save("cli", "n", "k", '"precious"');
  const { id } = await engine.createBackup({ incremental: false });
  await engine.save("cli", "n", "later", "1");
  return { engine, options, file: join(options.folder, "state.db"), id };
}

/** Writes over the middle of the first page, where everybody looks. */
function damage(file: string): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, "no database any more".repeat(20), 40);
  closeSync(descriptor);
}

const asideOf = (folder: string) =>
  readdirSync(folder).filter((name) => name.startsWith("state.damaged-"));

it("a damaged state is kept under another name, and the backup takes its place for everybody", async () => {
  const { engine, options, file, id } = await backedUp();
  const other = open(options);
  expect((await other.entry("n", "later"))?.value).toBe("1");
  await other.close();
  await engine.close();
  damage(file);
  const bytes = readFileSync(file);
  const again = open(options);
  const bystander = open(options);
  await expect(bystander.entry("n", "k")).rejects.toMatchObject({ code: "corrupt-store" });
  await expect(again.restoreBackup(id)).rejects.toMatchObject({
    code: "corrupt-store",
    next: expect.stringContaining(`backup restore ${id} --set-aside`),
  });
  const { setAside, ...outcome } = await again.restoreBackup(id, { setAside: true });
  expect(outcome).toMatchObject({ entriesRestored: 1, safetyBackupId: undefined });
  expect(readFileSync(String(setAside)).equals(bytes)).toBe(true);
  expect(asideOf(options.folder)).toContain(basename(String(setAside)));
  expect((await bystander.entry("n", "k"))?.value).toBe('"precious"');
  await again.save("cli", "n", "more", "2");
  expect((await bystander.page("n", { limit: 9 })).map(({ key }) => key)).toEqual(["k", "more"]);
  expect(readdirSync(options.folder).filter((name) => name.startsWith("."))).toEqual([
    ".gitignore",
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("a value that rotted is damage enough, and what the log held is kept too", async () => {
  const { engine, options, file, id } = await backedUp();
  await engine.close();
  const bytes = readFileSync(file);
  bytes[bytes.indexOf("precious")] = 0x50;
  writeFileSync(file, bytes);
  // Somebody has it open, so what is written now stays in the log.
  const writer = open(options);
  await writer.save("cli", "n", "in-the-log", "1");
  const { setAside } = await open(options).restoreBackup(id, { setAside: true });
  expect(readdirSync(options.folder)).toContain(`${basename(String(setAside))}-wal`);
  await writer.save("cli", "n", "after", "1");
  expect((await writer.page("n", { limit: 9 })).map(({ key }) => key)).toEqual(["after", "k"]);
});

it("a healthy state is not set aside, nor one that is in no file, nor for a part", async () => {
  const { engine, options, id } = await backedUp();
  const asked = { setAside: true };
  await expect(engine.restoreBackup(id, asked)).rejects.toMatchObject({
    code: "store-not-damaged",
  });
  await expect(engine.restoreBackup(id, { ...asked, namespaces: ["n"] })).rejects.toMatchObject({
    code: "invalid-selection",
  });
  await expect(
    open({ ...options, backend: "memory" }).restoreBackup(id, asked),
  ).rejects.toMatchObject({ code: "nothing-to-set-aside" });
  expect(asideOf(options.folder)).toEqual([]);
  expect((await engine.entry("n", "later"))?.value).toBe("1");
});

it("nothing is set aside for a backup that is damaged, or for which there is no space", async ({
  skip,
}) => {
  const disk = smallDisk(256 * 1024);
  if (disk === undefined) return skip("no tmpfs can be mounted here");
  const { engine, options, file, id } = await backedUp(disk);
  const data = join(options.backupDir, `${id}.jsonl.zst`);
  const good = readFileSync(data);
  await engine.close();
  damage(file);
  const before = readFileSync(file);
  const again = open(options);
  writeFileSync(data, good.subarray(1));
  const asked = { setAside: true };
  await expect(again.restoreBackup(id, asked)).rejects.toMatchObject({ code: "damaged-backup" });
  writeFileSync(data, good);
  const ballast = join(disk, "ballast");
  for (let size = 4096; ; size += 4096) {
    try {
      writeFileSync(ballast, Buffer.alloc(size));
    } catch {
      break;
    }
  }
  await expect(again.restoreBackup(id, asked)).rejects.toMatchObject({ code: "disk-full" });
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(asideOf(options.folder)).toEqual([]);
  expect(readdirSync(options.folder).filter((name) => name.startsWith(".r"))).toEqual([]);
});

it(
  "a kill -9 leaves the damaged state or the restored one, and never none",
  async () => {
    for (const delay of fc.sample(fc.integer({ min: 0, max: 60 }), { numRuns: TRIALS, seed: 3 })) {
      const folder = temporaryFolder();
      const { engine, options, file, id } = await backedUp(folder);
      await engine.close();
      damage(file);
      const damaged = readFileSync(file);
      const script = join(import.meta.dirname, "set-aside.process.ts");
      const child = spawn(process.execPath, [script, folder, id], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      await once(createInterface(child.stdout), "line");
      await setTimeout(delay);
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      const after = open(options);
      if (!readFileSync(file).equals(damaged)) {
        expect((await after.page("n", { limit: 9 })).map(({ key }) => key)).toEqual(["k"]);
        damage(file);
      }
      await after.restoreBackup(id, { setAside: true });
      expect((await after.page("n", { limit: 9 })).map(({ key }) => key)).toEqual(["k"]);
      expect(readdirSync(options.folder).filter((name) => name.startsWith(".r"))).toEqual([]);
    }
  },
  TRIALS * 10_000,
);
