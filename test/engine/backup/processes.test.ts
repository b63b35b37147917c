import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { listBackups } from "../../../server/src/engine/backup/catalog.ts";
import { chainEntries, loadChain } from "../../../server/src/engine/backup/chain.ts";
import { createBackup } from "../../../server/src/engine/backup/create.ts";
import { restoreBackup } from "../../../server/src/engine/backup/restore.ts";
import { verifyBackup } from "../../../server/src/engine/backup/verify.ts";
import type { SqliteStore } from "../../../server/src/engine/sqlite/store.ts";
import { contents, openStore, state } from "./stores.ts";
import { temporaryFolder } from "./support.ts";

const TRIALS = process.env["LLMSPELL_LONG"] ? 200 : 8;
const BACKUPS = process.env["LLMSPELL_LONG"] ? 50 : 10;
const full = { incremental: false, reason: "asked" } as const;

/** A process that has said it is ready; it is killed when the test has finished at the latest. */
async function start(script: string, ...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.stdout === null) throw new Error("no output");
  await once(createInterface(child.stdout), "line");
  return child;
}

/** What a store holds, and at which schema version; when it was last changed does not count. */
async function picture(store: SqliteStore): Promise<string> {
  const lines = (await contents(store)).map(
    ({ namespace, key, value, createdAt }) => `${namespace}/${key}=${value}@${createdAt}`,
  );
  return [await store.schemaVersion(), ...lines.sort()].join("\n");
}

async function kill(child: ChildProcess): Promise<void> {
  expect(child.exitCode).toBe(null);
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

it(
  "a kill -9 in backup, restore, prune or migrate leaves the state before or after, and good backups only",
  async () => {
    const moments = fc.sample(fc.integer({ min: 0, max: 120 }), { numRuns: TRIALS, seed: 9 });
    for (const [trial, delay] of moments.entries()) {
      const folder = temporaryFolder();
      const place = { folder: join(folder, "backups"), maxValueBytes: 1 << 20, now: Date.now };
      const store = openStore(join(folder, "state"));
      const states: string[] = [];
      for (const round of [1, 2]) {
        await store.transact("cli", async (transaction) => {
          for (let index = round; index < 400; index += round) {
            await transaction.save(`space:${index % 3}`, `key-${index}`, `"round ${round}"`);
          }
        });
        await createBackup(store, place, { incremental: round > 1, reason: "asked" });
        const present = await picture(store);
        states.push(present, present.replace("1.0.0", "2.0.0").replaceAll("space:", "moved:"));
      }

      const child = await start(
        "restless.process.ts",
        ["backup", "restore", "prune", "migrate"][trial % 4] ?? "",
        folder,
      );
      await setTimeout(delay);
      await kill(child);

      expect(states).toContain(await picture(store));
      for (const { id } of await listBackups(place)) {
        expect(await verifyBackup(place, id, { quick: false })).toEqual({
          isValid: true,
          errors: [],
        });
        await restoreBackup(store, place, id, {});
        expect(states).toContain(await picture(store));
      }
      await createBackup(store, place, full);
      const ids = (await listBackups(place)).map(({ id }) => id);
      const others = readdirSync(place.folder).filter(
        (name) => !ids.some((id) => name.startsWith(id)),
      );
      expect(others).toEqual([]);
      await store.close();
    }
  },
  TRIALS * 10_000,
);

it(
  "each backup taken while two processes write is a prefix of what they wrote",
  async () => {
    const folder = temporaryFolder();
    const place = { folder: join(folder, "backups"), maxValueBytes: 1 << 20, now: Date.now };
    const store = openStore(join(folder, "state"));
    onTestFinished(() => store.close());
    await store.save("cli", "writer:0", "00000000", "0");
    const writers = [
      await start("writer.process.ts", join(folder, "state"), "1"),
      await start("writer.process.ts", join(folder, "state"), "2"),
    ];
    for (let count = 0; count < BACKUPS; count++) {
      const { id, revision } = await createBackup(store, place, {
        incremental: count % 5 > 0,
        reason: "asked",
      });
      let entries = 0;
      let newest = 0;
      const gaps: string[] = [];
      const next = new Map<string, number>();
      const chain = await loadChain(place.folder, id);
      for await (const batch of chainEntries(place.folder, chain, 1 << 20)) {
        for (const entry of batch) {
          // Every save made a new key: a writer's keys are counted up without a gap.
          const index = next.get(entry.namespace) ?? 0;
          if (Number(entry.key) !== index) gaps.push(`${entry.namespace}/${entry.key}`);
          next.set(entry.namespace, index + 1);
          newest = Math.max(newest, entry.revision);
          entries++;
        }
      }
      expect(gaps).toEqual([]);
      // And all revisions up to the backup's are there, so nothing between them is missing.
      expect([entries, newest]).toEqual([revision, revision]);
      expect((await verifyBackup(place, id, { quick: false })).isValid).toBe(true);
    }
    for (const writer of writers) await kill(writer);
  },
  BACKUPS * 20_000,
);

it("a restore among busy writers keeps every write in the safety backup", async () => {
  const folder = temporaryFolder();
  const place = { folder: join(folder, "backups"), maxValueBytes: 1 << 20, now: Date.now };
  const store = openStore(join(folder, "state"));
  onTestFinished(() => store.close());
  await store.save("cli", "writer:1", "before", '"x"');
  const backup = await createBackup(store, place, full);
  const writer = await start("writer.process.ts", join(folder, "state"), "1");
  const { safetyBackupId, changes } = await restoreBackup(store, place, backup.id, {});
  await kill(writer);
  const safety = (await loadChain(place.folder, String(safetyBackupId)))[0];
  // The first change of the restore follows directly on what the safety backup holds.
  expect(changes[0]?.revision).toBe(Number(safety?.toRevision) + 1);
}, 60_000);

it("restores in two processes at once each happen whole", async () => {
  const folder = temporaryFolder();
  const place = { folder: join(folder, "backups"), maxValueBytes: 1 << 20, now: Date.now };
  const store = openStore(join(folder, "state"));
  onTestFinished(() => store.close());
  const states: string[] = [];
  for (const value of ["1", "2"]) {
    for (let index = 0; index < 50; index++) await store.save("cli", "n", `key-${index}`, value);
    await createBackup(store, place, full);
    states.push(JSON.stringify(await state(store)));
  }
  const ids = (await listBackups(place)).map(({ id }) => id);
  const other = await start("restless.process.ts", "restore", folder);
  for (let turn = 0; turn < 6; turn++) {
    await restoreBackup(store, place, ids[turn % 2] ?? "", {});
    expect(states).toContain(JSON.stringify(await state(store)));
  }
  await kill(other);
  expect(states).toContain(JSON.stringify(await state(store)));
}, 60_000);
