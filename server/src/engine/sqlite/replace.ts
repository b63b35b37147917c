import { constants, copyFileSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { openDatabase } from "./driver.ts";
import { BUSY, primaryCode, storeFault } from "./faults.ts";

/**
 * Puts another database in a database's place; what was there stays under the name `aside`, whole,
 * with what its log holds. Whoever has it open finds the new one at the next look. There is a
 * database at each moment.
 * @throws StateError `store-locked` while somebody writes; else what the file system throws
 */
export function replaceDatabase(file: string, replacement: string, aside: string): void {
  const release = lockForWriting(file);
  try {
    keepAlso(file, aside);
    // A log that stayed would be taken for that of the new database.
    renameIfThere(`${file}-wal`, `${aside}-wal`);
    try {
      renameSync(replacement, file);
    } catch (error) {
      renameIfThere(`${aside}-wal`, `${file}-wal`);
      rmSync(aside, { force: true });
      throw error;
    }
    rmSync(`${file}-shm`, { force: true });
  } finally {
    release();
  }
}

/** Keeps others from writing, where the file is whole enough for anybody to write to it. */
function lockForWriting(file: string): () => void {
  let database: ReturnType<typeof openDatabase> | undefined;
  try {
    database = openDatabase(file, { readOnly: false, busyTimeoutMs: PATIENCE });
    database.exec("BEGIN IMMEDIATE");
  } catch (error) {
    if (primaryCode(error) === BUSY) {
      database?.close();
      throw storeFault(error, file);
    }
  }
  return () => database?.close();
}

/** How long to wait for somebody else's write, in ms. */
const PATIENCE = 5000;

/** A second name for a file or, where the file system has none, a copy. */
function keepAlso(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch {
    copyFileSync(file, name, constants.COPYFILE_EXCL);
  }
}

function renameIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
}
