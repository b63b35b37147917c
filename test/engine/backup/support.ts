import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { BackupPlace } from "../../../server/src/engine/backup/place.ts";
import { SqliteStore } from "../../../server/src/engine/sqlite/store.ts";
import type { Entry, Store } from "../../../server/src/engine/types.ts";

/** A folder that goes when the test has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "llmspell-backup-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Workspace {
  readonly folder: string;
  readonly store: SqliteStore;
  readonly place: BackupPlace;
}

/** A store and a folder of backups, both not there yet. */
export function workspace(folder = temporaryFolder(), now: () => number = Date.now): Workspace {
  const store = openStore(join(folder, "state"));
  onTestFinished(() => store.close());
  return {
    folder,
    store,
    place: { folder: join(folder, "state", "backups"), maxValueBytes: 1 << 20, now },
  };
}

export function openStore(folder: string): SqliteStore {
  return new SqliteStore({
    backend: "sqlite",
    folder,
    durability: "normal",
    historyLimit: 3,
    maxValueBytes: 1 << 20,
    schemaVersion: "1.0.0",
  });
}

/** All that a store holds, with revisions. */
export async function contents(store: Store): Promise<readonly Entry[]> {
  return store.snapshot(async (snapshot) => {
    const all: Entry[] = [];
    for await (const batch of snapshot.entries()) all.push(...batch);
    return all;
  });
}

/** All that a store holds, as far as a restore brings it back. */
export async function state(store: Store): Promise<readonly unknown[]> {
  return (await contents(store)).map(({ namespace, key, value, createdAt, updatedAt }) => ({
    namespace,
    key,
    value,
    createdAt,
    updatedAt,
  }));
}
