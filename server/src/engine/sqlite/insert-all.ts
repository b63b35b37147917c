import type { DatabaseSync } from "node:sqlite";
import type { NewEntry, Origin } from "../types.ts";
import { jsonType } from "../values/value.ts";
import { checksum } from "./checksum.ts";
import { Counts } from "./counts.ts";
import { prepare } from "./driver.ts";
import { OP_SAVE } from "./reads.ts";
import { LARGEST_INLINE } from "./schema.ts";

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
  const newestBefore = newestRevision(database);
  const first = newestBefore + 1;
  new Counts(database).settle(newestBefore);
  const insert = prepare(
    database,
    `INSERT INTO entries (namespace, key, revision, created_at, updated_at, origin, plain, crc, past,
      type, bytes, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertLarge = prepare(database, "INSERT INTO large_values (revision, value) VALUES (?, ?)");
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
    const bytes = Buffer.byteLength(value);
    const large = bytes > LARGEST_INLINE;
    if (large) insertLarge.run(revision, value);
    insert.run(
      ...[namespace, key, revision, createdAt, updatedAt, origin, plain, crc, past],
      ...[jsonType(value), bytes, large ? null : value],
    );
    const size = sizes.get(namespace) ?? { keys: 0, bytes: 0 };
    size.keys++;
    size.bytes += bytes;
    sizes.set(namespace, size);
  }
  const last = entries.at(-1);
  if (last === undefined) return first;
  const log =
    "INSERT INTO changes (revision, op, namespace, key, at, origin, keys, bytes) VALUES (?, ?, ?, ?, ?, ?, 0, 0)";
  const newest = first + entries.length - 1;
  prepare(database, log).run(newest, OP_SAVE, last.namespace, last.key, at, origin);
  const told = "SELECT coalesce((SELECT value FROM meta WHERE name = 'log_floor'), 0)";
  const cut = `DELETE FROM changes WHERE revision > (${told}) AND revision < ? AND replaced_revision IS NULL`;
  prepare(database, cut).run(newest);
  const floor = "INSERT OR REPLACE INTO meta (name, value) VALUES ('log_floor', ?)";
  prepare(database, floor).run(newest - 1);
  const count = prepare(
    database,
    `INSERT INTO namespaces (name, keys, bytes, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO
      UPDATE SET keys = keys + excluded.keys, bytes = bytes + excluded.bytes, updated_at = excluded.updated_at`,
  );
  for (const [namespace, { keys, bytes }] of sizes) count.run(namespace, keys, bytes, at);
  prepare(database, "UPDATE meta SET value = ? WHERE name = 'counted'").run(newest);
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
