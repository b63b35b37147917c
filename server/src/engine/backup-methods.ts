import { basename, dirname } from "node:path";
import { StateError } from "../../../shared/src/errors.ts";
import { carryBackup } from "./backup/carry.ts";
import { listBackups } from "./backup/catalog.ts";
import { clearNamespace } from "./backup/clear.ts";
import { createBackup } from "./backup/create.ts";
import { diffBackup } from "./backup/diff.ts";
import { backupsHolding } from "./backup/holding.ts";
import { backupPlace } from "./backup/place.ts";
import { deleteBackup } from "./backup/remove.ts";
import { restoreBackup } from "./backup/restore.ts";
import { pruneBackups, tidySafetyBackups, tidyUp } from "./backup/retention.ts";
import { isWhole } from "./backup/selection.ts";
import { restoreInPlaceOfDamaged } from "./backup/set-aside.ts";
import { backupUsage } from "./backup/usage.ts";
import { verifyBackup } from "./backup/verify.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import type { Store } from "./types.ts";

type BackupMethods = Pick<
  Engine,
  | "backups"
  | "createBackup"
  | "verifyBackup"
  | "diffBackup"
  | "restoreBackup"
  | "deleteBackup"
  | "pruneBackups"
  | "exportBackup"
  | "importBackup"
  | "backupUsage"
  | "backupsHolding"
  | "clearNamespace"
>;

/** The engine's methods about backups, over a store. */
export function backupMethods(store: Store, options: EngineOptions): BackupMethods {
  const place = backupPlace(options);
  const configured = { days: options.backupRetentionDays, count: options.maxBackups };

  return {
    backups: () => listBackups(place),
    createBackup: async ({ incremental, reason = "asked" }, control) => {
      const { revision: _, ...backup } = await createBackup(
        store,
        place,
        { incremental, reason },
        control,
      );
      await tidyUp(place, { ...configured, good: backup.id }, control);
      return backup;
    },
    verifyBackup: (id, { quick = false, keep = true } = {}, control) =>
      verifyBackup(place, id, { quick, keep }, control),
    diffBackup: (id, diffing = {}, control) => diffBackup(store, place, id, diffing, control),
    restoreBackup: async (id, { setAside = false, ...selection } = {}, control) => {
      if (setAside) {
        if (!isWhole(selection)) throw partInPlaceOfAll();
        return restoreInPlaceOfDamaged(options, place, id, control);
      }
      const outcome = await restoreBackup(store, place, id, selection, control);
      await tidySafetyBackups(place, configured, outcome.safetyBackupId);
      return outcome;
    },
    deleteBackup: (id) => deleteBackup(place, id),
    pruneBackups: ({ dryRun, ...chosen }, control) =>
      pruneBackups(place, { ...configured, ...chosen, dryRun }, control),
    exportBackup: (id, folder, control) => carryBackup(place.folder, folder, id, control),
    importBackup: (file, control) => {
      const [id = ""] = basename(file).split(".");
      return carryBackup(dirname(file), place.folder, id, control);
    },
    backupUsage: () => backupUsage(place),
    backupsHolding: (namespace, key, control) => backupsHolding(place, namespace, key, control),
    clearNamespace: async (origin, namespace, control) => {
      const cleared = await clearNamespace(store, place, origin, namespace, control);
      await tidySafetyBackups(place, configured, cleared.safetyBackupId);
      return cleared;
    },
  };
}

function partInPlaceOfAll(): StateError {
  return new StateError(
    "invalid-selection",
    "A part of a backup cannot take the place of a damaged state.",
    "Restore all of it, without naming namespaces or keys.",
  );
}
