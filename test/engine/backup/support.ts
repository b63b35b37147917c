import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { BackupPlace } from "../../../server/src/engine/backup/place.ts";
import type { SqliteStore } from "../../../server/src/engine/sqlite/store.ts";
import { openStore } from "./stores.ts";

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
