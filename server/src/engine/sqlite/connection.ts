import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { openDatabase, prepare, type Query } from "./driver.ts";
import { BUSY, CANTOPEN, primaryCode, READONLY, storeFault } from "./faults.ts";
import { databaseFile, fileIdentity, makeStateFolder } from "./files.ts";
import { Reads } from "./reads.ts";
import { checkFormat, choosePageSize, createSchema } from "./schema.ts";
import { Writes } from "./writes.ts";

export interface ConnectionOptions {
  readonly folder: string;
  readonly durability: "normal" | "full";
  readonly historyLimit: number;
  readonly maxValueBytes: number;
  readonly schemaVersion: string;
  readonly busyTimeoutMs: number;
}

/** One connection to an existing store, and which file it was opened on. */
export interface Connection {
  readonly database: DatabaseSync;
  readonly reads: Reads;
  readonly identity: string;
}

/** A connection that may write. */
export interface WriteConnection extends Connection {
  readonly writes: Writes;
  readonly begin: Query<never>;
  readonly commit: Query<never>;
}

/**
 * What a connection keeps of the file in memory at most, in KB: a store of some ten thousand entries. A
 * page that is not there is read and checked anew, which costs half as much again as a load.
 */
const CACHE_KB = 8000;

/** Larger side files are cut back to this after a checkpoint, in bytes. */
const JOURNAL_LIMIT = 64 * 1024 * 1024;

/**
 * Pages of WAL after which they are moved into the database, which syncs both files: a save writes
 * about three, so this is once in some thousand saves, and the WAL has 16 MB.
 */
const CHECKPOINT_PAGES = 8000;

/**
 * Opens a store for reading; undefined when there is none: looking makes nothing.
 * @throws StateError what is wrong with the file
 */
export function openForReading(folder: string, busyTimeoutMs: number): Connection | undefined {
  const file = databaseFile(folder);
  const identity = fileIdentity(file);
  if (identity === undefined) return undefined;
  return guarded(file, () => {
    const database = openReadable(file, busyTimeoutMs);
    return closeOnFailure(database, () => {
      if (!checkFormat(database, file)) return undefined;
      database.exec(`PRAGMA cache_size = ${-CACHE_KB}`);
      return { database, reads: new Reads(database, file), identity };
    });
  });
}

/**
 * Opens a store for writing, and makes it where it is missing.
 * @param known whether it was there before
 * @throws StateError what is wrong with the folder or the file
 */
export function openForWriting(options: ConnectionOptions, known: boolean): WriteConnection {
  const file = databaseFile(options.folder);
  return guarded(file, () => {
    fileIdentity(file);
    makeStateFolder(options.folder, known);
    const database = openDatabase(file, {
      readOnly: false,
      busyTimeoutMs: options.busyTimeoutMs,
    });
    return closeOnFailure(database, () => {
      retryWhileBusy(options.busyTimeoutMs, () => prepareStore(database, file, options));
      const identity = fileIdentity(file) ?? "";
      const reads = new Reads(database, file);
      const writes = new Writes(database, reads, options);
      const begin = prepare(database, "BEGIN IMMEDIATE");
      return { database, reads, writes, identity, begin, commit: prepare(database, "COMMIT") };
    });
  });
}

/** A read-only connection. Where the side files of a WAL cannot be made, what the file itself says. */
function openReadable(file: string, busyTimeoutMs: number): DatabaseSync {
  const database = openDatabase(file, { readOnly: true, busyTimeoutMs });
  try {
    database.exec("SELECT 1 FROM sqlite_schema LIMIT 1");
    return database;
  } catch (error) {
    database.close();
    // Immutable: nobody can be writing where there is no WAL and none can be made.
    const code = primaryCode(error);
    const unwritable = code === CANTOPEN || code === READONLY;
    if (!unwritable || fileIdentity(`${file}-wal`) !== undefined) throw error;
    const url = pathToFileURL(file);
    url.search = "?mode=ro&immutable=1";
    return openDatabase(url, { readOnly: true, busyTimeoutMs });
  }
}

function prepareStore(database: DatabaseSync, file: string, options: ConnectionOptions): void {
  // Before anything else: another format must not even be switched to WAL.
  const ready = checkFormat(database, file);
  if (!ready) choosePageSize(database);
  database.exec("PRAGMA journal_mode = WAL");
  setDurability(database, options.durability);
  database.exec(`PRAGMA journal_size_limit = ${JOURNAL_LIMIT}; PRAGMA cell_size_check = ON`);
  database.exec(
    `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA cache_size = ${-CACHE_KB}`,
  );
  // What is deleted or replaced may be a secret: it must not linger in the file's free space.
  database.exec("PRAGMA secure_delete = ON");
  if (ready) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have been first.
    if (!checkFormat(database, file)) createSchema(database, options.schemaVersion);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** What survives a power cut: `full` every commit, `normal` all but the last moments, whole. */
export function setDurability(database: DatabaseSync, durability: "normal" | "full"): void {
  database.exec(`PRAGMA synchronous = ${durability === "full" ? "FULL" : "NORMAL"}`);
}

const RETRY_PAUSE = 10;

/**
 * SQLite does not wait for a lock where two processes that switch to WAL would wait for each other:
 * one has to begin again. Blocks this thread meanwhile.
 */
function retryWhileBusy(limitMs: number, work: () => void): void {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (primaryCode(error) !== BUSY || performance.now() >= end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_PAUSE);
    }
  }
}

function closeOnFailure<T>(database: DatabaseSync, work: () => T | undefined): T;
function closeOnFailure<T>(database: DatabaseSync, work: () => T): T | undefined {
  let opened: T | undefined;
  try {
    opened = work();
    return opened;
  } finally {
    if (opened === undefined) database.close();
  }
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeFault(error, file);
  }
}
