import { listBackups } from "./backup/catalog.ts";
import { createBackup } from "./backup/create.ts";
import { diffBackup } from "./backup/diff.ts";
import type { BackupPlace } from "./backup/place.ts";
import { restoreBackup } from "./backup/restore.ts";
import { verifyBackup } from "./backup/verify.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import type { Store } from "./types.ts";

type BackupMethods = Pick<
  Engine,
  "backups" | "createBackup" | "verifyBackup" | "diffBackup" | "restoreBackup"
>;

/** The engine's methods about backups, over a store. */
export function backupMethods(store: Store, options: EngineOptions): BackupMethods {
  const place: BackupPlace = {
    folder: options.backupDir,
    maxValueBytes: options.maxValueBytes,
    now: Date.now,
  };
  return {
    backups: () => listBackups(place),
    createBackup: ({ incremental }, control) =>
      createBackup(store, place, { incremental, reason: "asked" }, control),
    verifyBackup: (id, control) => verifyBackup(place, id, { quick: false }, control),
    diffBackup: async (id, control) => (await diffBackup(store, place, id, {}, control)).changes,
    restoreBackup: (id, control) => restoreBackup(store, place, id, {}, control),
  };
}
