import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StateError } from "../../../../shared/src/errors.ts";
import type { JobControl, RestoreOutcome } from "../engine.ts";
import { openStore } from "../open-store.ts";
import { openForReading } from "../sqlite/connection.ts";
import { corruptStore, storeFault } from "../sqlite/faults.ts";
import { databaseFile } from "../sqlite/files.ts";
import { findDamage } from "../sqlite/integrity.ts";
import { replaceDatabase } from "../sqlite/replace.ts";
import type { StoreOptions } from "../types.ts";
import { loadChain } from "./chain.ts";
import { storageProblem } from "./faults.ts";
import { isAlive, syncFolder } from "./files.ts";
import type { BackupPlace } from "./place.ts";
import { restoreBackup } from "./restore.ts";
import { verifyChain } from "./verify.ts";

/**
 * Restores a backup in place of a store that is damaged, which cannot be backed up first: its file is
 * kept, under a name that the outcome tells. The new store is made beside and takes the place when it
 * is whole, or nothing happens.
 * @throws StateError `store-not-damaged`, `nothing-to-set-aside`, `store-locked`, and as `restoreBackup`
 */
export async function restoreInPlaceOfDamaged(
  options: StoreOptions,
  place: BackupPlace,
  id: string,
  control: JobControl = {},
): Promise<RestoreOutcome> {
  if (options.backend !== "sqlite") throw nothingToSetAside(options.backend);
  const { folder } = options;
  const file = databaseFile(folder);
  await checkBackup(place, id, control);
  try {
    refuseUndamaged(folder, file);
    removeLeftovers(folder);
    const building = join(folder, `${BUILDING}${process.pid}`);
    try {
      mkdirSync(building, { mode: 0o700 });
      const store = openStore({ ...options, folder: building });
      const outcome = await restoreBackup(store, place, id, {}, control).finally(() =>
        store.close(),
      );
      const setAside = freeName(join(folder, `state.damaged-${stamp(place.now())}`));
      replaceDatabase(file, databaseFile(building), setAside);
      await syncFolder(folder);
      return { ...outcome, setAside };
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  } catch (error) {
    throw storeFault(error, file);
  }
}

async function checkBackup(place: BackupPlace, id: string, control: JobControl): Promise<void> {
  try {
    await verifyChain(place, await loadChain(place.folder, id), control);
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
}

const BUILDING = ".restoring-";

/** Removes what processes that are gone were building. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(BUILDING) ? Number(name.slice(BUILDING.length)) : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(folder, name), { recursive: true });
  }
}

/** Looks at every page and value; a healthy store is backed up before it is changed. */
function refuseUndamaged(folder: string, file: string): void {
  let damage: string | undefined;
  try {
    const connection = openForReading(folder, 5000);
    try {
      damage = connection && findDamage(connection.database, connection.reads);
    } finally {
      connection?.database.close();
    }
    if (damage !== undefined) throw corruptStore(file, damage);
  } catch (error) {
    const fault = storeFault(error, file);
    if (fault instanceof StateError && fault.code === "corrupt-store") return;
    throw fault;
  }
  throw new StateError(
    "store-not-damaged",
    `Nothing is wrong with the state in ${file}, so it is not set aside.`,
    "Restore the backup the usual way: what is there now is backed up first.",
  );
}

function nothingToSetAside(backend: string): StateError {
  return new StateError(
    "nothing-to-set-aside",
    `The state is not in a file of its own (backend ${backend}), so none can be set aside.`,
    "Restore the backup the usual way.",
  );
}

/** A name that no file has: what was set aside in the same second stays. */
function freeName(name: string): string {
  for (let n = 1; ; n++) {
    const file = `${name}${n === 1 ? "" : `-${n}`}.db`;
    if (!existsSync(file) && !existsSync(`${file}-wal`)) return file;
  }
}

function stamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
}
