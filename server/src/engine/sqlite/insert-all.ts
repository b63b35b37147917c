import type { DatabaseSync } from "node:sqlite";
import type { NewEntry, Origin } from "../types.ts";
import { checksum } from "./checksum.ts";
import { prepare } from "./driver.ts";
import { OP_SAVE } from "./reads.ts";

/**
 * Inserts entries that are not there, within the caller's transaction: as `Writes.put` one by one,
 * but several times faster. The log of changes keeps the last of them alone: whoever follows it
 * reads again what it shows. @returns the first one's revision; the others follow
 */
export function insertAll(
  database: DatabaseSync,
  origin: Origin,
  entries: readonly NewEntry[],
  at: number,
): number {
  const first = newestRevision(database) + 1;
  const insert = prepare(
    database,
    `INSERT INTO entries (namespace, key, revision, version, created_at, updated_at, origin, plain,
      crc, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const versionOf = nextVersions(database);
  const sizes = new Map<string, { keys: number; bytes: number }>();
  for (const [
    index,
    { namespace, key, value, createdAt, updatedAt, ...entry },
  ] of entries.entries()) {
    const revision = first + index;
    const plain = entry.plain ? 1 : 0;
    const crc = checksum(namespace, key, { revision, createdAt, updatedAt, origin, plain, value });
    const version = versionOf(namespace, key);
    insert.run(namespace, key, revision, version, createdAt, updatedAt, origin, plain, crc, value);
    const size = sizes.get(namespace) ?? { keys: 0, bytes: 0 };
    size.keys++;
    size.bytes += Buffer.byteLength(value);
    sizes.set(namespace, size);
  }
  const last = entries.at(-1);
  if (last === undefined) return first;
  const log =
    "INSERT INTO changes (revision, op, namespace, key, at, origin) VALUES (?, ?, ?, ?, ?, ?)";
  const newest = first + entries.length - 1;
  prepare(database, log).run(newest, OP_SAVE, last.namespace, last.key, at, origin);
  prepare(database, "DELETE FROM changes WHERE revision < ?").run(newest);
  dropDeletions(database, entries);
  const count = prepare(
    database,
    `INSERT INTO namespaces (name, keys, bytes, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO
      UPDATE SET keys = keys + excluded.keys, bytes = bytes + excluded.bytes, updated_at = excluded.updated_at`,
  );
  for (const [namespace, { keys, bytes }] of sizes) count.run(namespace, keys, bytes, at);
  return first;
}

function newestRevision(database: DatabaseSync): number {
  const sql = "SELECT max(revision) AS revision FROM changes";
  return prepare<{ revision: number | null }>(database, sql).get()?.revision ?? 0;
}

/** Versions go on from the history of a key that was deleted. */
function nextVersions(database: DatabaseSync): (namespace: string, key: string) => number {
  if (isEmpty(database, "history")) return () => 1;
  const sql = "SELECT max(version) AS version FROM history WHERE namespace = ? AND key = ?";
  const last = prepare<{ version: number | null }>(database, sql);
  return (namespace, key) => (last.get(namespace, key)?.version ?? 0) + 1;
}

function dropDeletions(database: DatabaseSync, entries: readonly NewEntry[]): void {
  if (isEmpty(database, "deletions")) return;
  const drop = prepare(database, "DELETE FROM deletions WHERE namespace = ? AND key = ?");
  for (const { namespace, key } of entries) drop.run(namespace, key);
}

function isEmpty(database: DatabaseSync, table: "history" | "deletions"): boolean {
  const sql = `SELECT 1 AS one FROM ${table} LIMIT 1`;
  return prepare<{ one: number }>(database, sql).get() === undefined;
}
