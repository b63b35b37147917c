import type { DatabaseSync } from "node:sqlite";
import type { NewEntry, Origin } from "../types.ts";
import { jsonType } from "../values/value.ts";
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
    `INSERT INTO entries (namespace, key, revision, created_at, updated_at, origin, plain, crc, past,
      type, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const takePast = pastTaker(database);
  const sizes = new Map<string, { keys: number; bytes: number }>();
  for (const [
    index,
    { namespace, key, value, createdAt, updatedAt, ...entry },
  ] of entries.entries()) {
    const revision = first + index;
    const plain = entry.plain ? 1 : 0;
    const crc = checksum(namespace, key, { revision, createdAt, updatedAt, origin, plain, value });
    const past = takePast(namespace, key);
    insert.run(
      ...[namespace, key, revision, createdAt, updatedAt, origin, plain, crc, past],
      ...[jsonType(value), value],
    );
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
  const told = "SELECT coalesce((SELECT value FROM meta WHERE name = 'log_floor'), 0)";
  const cut = `DELETE FROM changes WHERE revision > (${told}) AND revision < ? AND replaced_value IS NULL`;
  prepare(database, cut).run(newest);
  const floor = "INSERT OR REPLACE INTO meta (name, value) VALUES ('log_floor', ?)";
  prepare(database, floor).run(newest - 1);
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

/** Drops what is known of a key's deletion, and gives the list of its earlier values. */
function pastTaker(database: DatabaseSync): (namespace: string, key: string) => string | null {
  const one = prepare<{ one: number }>(database, "SELECT 1 AS one FROM deletions LIMIT 1");
  if (one.get() === undefined) return () => null;
  const sql = "DELETE FROM deletions WHERE namespace = ? AND key = ? RETURNING past";
  const take = prepare<{ past: string | null }>(database, sql);
  return (namespace, key) => take.get(namespace, key)?.past ?? null;
}
