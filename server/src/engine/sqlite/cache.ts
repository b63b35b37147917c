import type { DatabaseSync } from "node:sqlite";

/**
 * Room for the pages that a large transaction changes, in KB: with less they go to the log and come
 * back again and again. It is taken as it is needed.
 */
const ROOMY = 64 * 1024;
/** SQLite's own choice. */
const USUAL = 2000;

/** Before very much is inserted in one transaction. */
export function enlargeCache(database: DatabaseSync): void {
  database.exec(`PRAGMA cache_size = -${ROOMY}`);
}

/** After a transaction, whatever it was. */
export function resetCache(database: DatabaseSync): void {
  database.exec(`PRAGMA cache_size = -${USUAL}`);
}
