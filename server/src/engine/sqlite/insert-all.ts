import type { DatabaseSync } from "node:sqlite";
import type { NewEntry, Origin } from "../types.ts";
import { jsonType } from "../values/value.ts";
import { enlargeCache } from "./cache.ts";
import { checksum } from "./checksum.ts";
import { Counts } from "./counts.ts";
import { prepare, type Query, type SqlValue } from "./driver.ts";
import { OP_SAVE } from "./reads.ts";
import { LARGEST_INLINE } from "./schema.ts";

const COLUMNS =
  "namespace, key, revision, created_at, updated_at, origin, plain, crc, past, type, bytes, value";
const WIDTH = COLUMNS.split(",").length;
const ONE_ROW = `(${Array(WIDTH).fill("?").join(", ")})`;
/** Rows that one statement inserts: with one each, a quarter of the time goes into calling it. */
const TOGETHER = 50;

/**
 * Inserts entries that are not there, within one transaction: as `Writes.put` one by one, but several
 * times faster. The log of changes keeps the last of them alone: whoever follows it reads again what
 * it shows.
 */
export class BulkInsert {
  readonly #database: DatabaseSync;
  readonly #origin: Origin;
  readonly #statements = new Map<string, Query<never>>();
  /** By how many rows they insert. */
  readonly #inserts = new Map<number, Query<never>>();
  #counts: Counts | undefined;

  constructor(database: DatabaseSync, origin: Origin) {
    this.#database = database;
    this.#origin = origin;
  }

  /** @returns the first one's revision; the others follow */
  insert(entries: readonly NewEntry[], at: number): number {
    const newestBefore = this.#newestRevision();
    const first = newestBefore + 1;
    if (this.#counts === undefined) {
      enlargeCache(this.#database);
      this.#counts = new Counts(this.#database);
    }
    this.#counts.settle(newestBefore);
    const insertLarge = this.#query("INSERT INTO large_values (revision, value) VALUES (?, ?)");
    const origin = this.#origin;
    const takePast = this.#pastTaker();
    let values: SqlValue[] = [];
    let revision = first;
    for (const { namespace, key, value, createdAt, updatedAt, plain: isPlain } of entries) {
      const plain = isPlain ? 1 : 0;
      const row = { revision, createdAt, updatedAt, origin, plain, value };
      const crc = checksum(namespace, key, row);
      const past = takePast(namespace, key);
      const type = jsonType(value);
      const bytes = Buffer.byteLength(value);
      const inline = bytes <= LARGEST_INLINE ? value : null;
      if (inline === null) insertLarge.run(revision, value);
      // One call, no list in between: this is done a million times.
      // biome-ignore format: in the order of COLUMNS
      values.push(namespace, key, revision, createdAt, updatedAt, origin, plain, crc, past, type, bytes, inline);
      revision++;
      if (values.length < TOGETHER * WIDTH) continue;
      this.#insertRows(values);
      values = [];
    }
    if (values.length > 0) this.#insertRows(values);
    const last = entries.at(-1);
    if (last === undefined) return first;
    this.#log(last, revision - 1, at);
    this.#count(entries, revision - 1, at);
    return first;
  }

  #insertRows(values: readonly SqlValue[]): void {
    const rows = values.length / WIDTH;
    let insert = this.#inserts.get(rows);
    if (insert === undefined) {
      const places = Array(rows).fill(ONE_ROW).join(", ");
      insert = prepare(this.#database, `INSERT INTO entries (${COLUMNS}) VALUES ${places}`);
      this.#inserts.set(rows, insert);
    }
    insert.run(...values);
  }

  /** Logs the newest change alone: those before it cannot be told any more. */
  #log({ namespace, key }: NewEntry, newest: number, at: number): void {
    this.#query(
      `INSERT INTO changes (revision, op, namespace, key, at, origin, keys, bytes)
        VALUES (?, ?, ?, ?, ?, ?, 0, 0)`,
    ).run(newest, OP_SAVE, namespace, key, at, this.#origin);
    const told = "SELECT coalesce((SELECT value FROM meta WHERE name = 'log_floor'), 0)";
    this.#query(
      `DELETE FROM changes WHERE revision > (${told}) AND revision < ? AND replaced_revision IS NULL`,
    ).run(newest);
    this.#query("INSERT OR REPLACE INTO meta (name, value) VALUES ('log_floor', ?)").run(
      newest - 1,
    );
  }

  #count(entries: readonly NewEntry[], newest: number, at: number): void {
    const sizes = new Map<string, { keys: number; bytes: number }>();
    for (const { namespace, value } of entries) {
      const size = sizes.get(namespace) ?? { keys: 0, bytes: 0 };
      size.keys++;
      size.bytes += Buffer.byteLength(value);
      sizes.set(namespace, size);
    }
    const query = this.#query(
      `INSERT INTO namespaces (name, keys, bytes, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (name)
        DO UPDATE SET keys = keys + excluded.keys, bytes = bytes + excluded.bytes,
        updated_at = excluded.updated_at`,
    );
    for (const [namespace, { keys, bytes }] of sizes) query.run(namespace, keys, bytes, at);
    this.#query("UPDATE meta SET value = ? WHERE name = 'counted'").run(newest);
  }

  #newestRevision(): number {
    const sql = "SELECT max(revision) AS revision FROM changes";
    return this.#query<{ revision: number | null }>(sql).get()?.revision ?? 0;
  }

  /** Drops what is known of a key's deletion, and gives the list of its earlier values. */
  #pastTaker(): (namespace: string, key: string) => string | null {
    const one = this.#query<{ one: number }>("SELECT 1 AS one FROM deletions LIMIT 1");
    if (one.get() === undefined) return () => null;
    const take = this.#query<{ past: string | null }>(
      "DELETE FROM deletions WHERE namespace = ? AND key = ? RETURNING past",
    );
    return (namespace, key) => take.get(namespace, key)?.past ?? null;
  }

  #query<Row = never>(sql: string): Query<Row> {
    let query = this.#statements.get(sql);
    if (query === undefined) {
      query = prepare(this.#database, sql);
      this.#statements.set(sql, query);
    }
    return query as unknown as Query<Row>;
  }
}
