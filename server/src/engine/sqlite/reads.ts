import type { DatabaseSync } from "node:sqlite";
import type { StateError } from "../../../../shared/src/errors.ts";
import type { Change, NamespaceSummary, ValueType } from "../../../../shared/src/protocol.ts";
import type { PastValue } from "../history.ts";
import { successor } from "../successor.ts";
import {
  type ChangesSince,
  type Deletion,
  type Entry,
  type EntryHead,
  type HistoryItem,
  type KeyLinesQuery,
  LARGEST_BEGUN,
  type PageQuery,
  type SchemaChange,
} from "../types.ts";
import { jsonType } from "../values/value.ts";
import { isIntact, type Sealed } from "./checksum.ts";
import { summaries } from "./counts.ts";
import { prepare, prepareRow, type Query, type RowQuery } from "./driver.ts";
import { intactEntry } from "./entry.ts";
import { corruptStore } from "./faults.ts";

interface EntryRow extends Sealed {
  readonly namespace: string;
  readonly key: string;
  readonly crc: number;
}

/** {@link SEALED} */
type SealedColumns = readonly [
  revision: number,
  createdAt: number,
  updatedAt: number,
  origin: string,
  plain: number,
  crc: number,
];

interface ChangeRow extends Omit<Change, "op"> {
  readonly op: number;
}

/** An entry with what the row says for lists. */
interface ListedRow extends EntryRow {
  readonly type: ValueType;
  readonly bytes: number;
}

/** An entry whose value was not read when it is null. */
interface HeadRow extends Omit<ListedRow, "value"> {
  readonly value: string | null;
}

/** A change with the value that it replaced or deleted. */
interface ReplacedRow extends Sealed {
  readonly namespace: string;
  readonly key: string;
  readonly crc: number;
  readonly op: number;
  /** The change's own. */
  readonly change: number;
  readonly changedAt: number;
  readonly changedBy: string;
}

/** The present value of a key, with what history and undo need to know. */
export interface Present extends Sealed {
  readonly crc: number;
  /** Of the value. */
  readonly bytes: number;
  /** The value stands in the table of large ones. */
  readonly large: boolean;
  /** The changes that hold the key's earlier values: see `schema.ts`. */
  readonly past: string | null;
  /** The revision whose value an undo brought back; further undos go on from there. */
  readonly undoneTo: number | null;
}

/** `changes.op` of a save; a deletion has 1. */
export const OP_SAVE = 0;
export const OP_DELETE = 1;

const VALUE = "ifnull(e.value, (SELECT l.value FROM large_values l WHERE l.revision = e.revision))";
const COLUMNS = `e.namespace, e.key, e.revision, e.created_at AS createdAt,
  e.updated_at AS updatedAt, e.origin, e.plain, e.crc, ${VALUE} AS value`;
const SEALED = "e.revision, e.created_at, e.updated_at, e.origin, e.plain, e.crc";
const ONE_ENTRY = "FROM entries e WHERE e.namespace = ? AND e.key = ?";
const ENTRY = `SELECT ${COLUMNS} FROM entries e`;
const REPLACED = `SELECT namespace, key, op, revision AS change, at AS changedAt, origin AS changedBy,
  replaced_revision AS revision, replaced_created_at AS createdAt, replaced_at AS updatedAt,
  replaced_origin AS origin, replaced_plain AS plain, replaced_crc AS crc, ifnull(replaced_value,
    (SELECT l.value FROM large_values l WHERE l.revision = replaced_revision)) AS value FROM changes`;
/** As ENTRY, but of values beyond a length the beginning is read, or nothing. */
const HEAD = `SELECT e.namespace, e.key, e.revision, e.created_at AS createdAt, e.updated_at AS updatedAt,
  e.origin, e.plain, e.crc, CASE WHEN e.bytes <= ? THEN ${VALUE}
  WHEN e.bytes <= ? THEN substr(${VALUE}, 1, ?) END AS value, e.type, e.bytes FROM entries e`;

/** Rows per batch of a stream. */
const BATCH = 500;

/**
 * Every question that a store answers, on one connection. Statements are prepared when first used.
 * Methods throw what SQLite throws, and StateError `corrupt-store` for a value that changed on disk.
 */
export class Reads {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #prepared = new Map<string, Query<never>>();
  readonly #entry: RowQuery<readonly [...SealedColumns, value: string]>;
  readonly #present: RowQuery<
    readonly [
      ...SealedColumns,
      value: string | null,
      bytes: number,
      past: string | null,
      undoneTo: number | null,
    ]
  >;

  /** @param file for messages */
  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
    this.#entry = prepareRow(database, `SELECT ${SEALED}, ${VALUE} ${ONE_ENTRY}`);
    this.#present = prepareRow(
      database,
      `SELECT ${SEALED}, e.value, e.bytes, e.past, e.undone_to ${ONE_ENTRY}`,
    );
  }

  #query<Row>(sql: string): Query<Row> {
    let query = this.#prepared.get(sql);
    if (query === undefined) {
      query = prepare(this.#database, sql);
      this.#prepared.set(sql, query);
    }
    return query as unknown as Query<Row>;
  }

  /** A statement of its own: one that is stepped through must not be started again meanwhile. */
  #stream<Row>(sql: string): Query<Row> {
    return prepare<Row>(this.#database, sql);
  }

  revision(): number {
    const sql = "SELECT max(revision) AS revision FROM changes";
    return this.#query<{ revision: number | null }>(sql).get()?.revision ?? 0;
  }

  /** A number that changes when another connection has committed: the cheapest look there is. */
  dataVersion(): number {
    return this.#query<{ data_version: number }>("PRAGMA data_version").get()?.data_version ?? 0;
  }

  storeId(): string {
    return this.#meta("store_id") ?? "";
  }

  schemaVersion(): string {
    const version = this.#meta("schema_version");
    if (version === undefined) throw corruptStore(this.#file, "it has no schema version");
    return version;
  }

  /** As {@link Store.schemaHistory}. */
  schemaHistory(): SchemaChange[] {
    // Written by this program alone, as a list of such changes.
    return JSON.parse(this.#meta("schema_history") ?? "[]") as SchemaChange[];
  }

  #meta(name: string): string | undefined {
    const sql = "SELECT CAST(value AS TEXT) AS value FROM meta WHERE name = ?";
    return this.#query<{ value: string }>(sql).get(name)?.value;
  }

  entry(namespace: string, key: string): Entry | undefined {
    const row = this.#entry.get(namespace, key);
    if (row === undefined) return undefined;
    const [revision, createdAt, updatedAt, origin, plain, crc, value] = row;
    const entry = intactEntry(
      namespace,
      key,
      revision,
      createdAt,
      updatedAt,
      origin,
      plain,
      crc,
      value,
    );
    if (entry !== undefined) return entry;
    // SQLite finds half a surrogate pair as the character that stands for what cannot be written.
    if (!key.isWellFormed()) return undefined;
    throw this.#damaged(namespace, key);
  }

  namespaces(): NamespaceSummary[] {
    return this.#query<NamespaceSummary>(summaries("")).all().map(copy);
  }

  namespace(name: string): NamespaceSummary | undefined {
    const row = this.#query<NamespaceSummary>(summaries("AND name = ?")).get(name);
    return row === undefined ? undefined : copy(row);
  }

  page(namespace: string, { maxValueBytes, beginning, ...query }: PageQuery): Entry[] {
    const [range, ...bounds] = keyRange(namespace, query);
    if (maxValueBytes === undefined) {
      return this.#query<EntryRow>(`${ENTRY} ${range}`)
        .all(...bounds)
        .map((row) => this.#toEntry(row));
    }
    return this.#query<HeadRow>(`${HEAD} ${range}`)
      .all(maxValueBytes, beginning === undefined ? 0 : LARGEST_BEGUN, beginning ?? 0, ...bounds)
      .map((row) =>
        row.value === null || row.bytes > maxValueBytes
          ? toHead(row)
          : this.#toEntry({ ...row, value: row.value }),
      );
  }

  keyLines(namespace: string, query: KeyLinesQuery): string {
    const [range, ...bounds] = keyRange(namespace, query);
    const sql = `SELECT group_concat(key, char(10)) AS lines FROM (SELECT key FROM entries ${range})`;
    return this.#query<{ lines: string | null }>(sql).get(...bounds)?.lines ?? "";
  }

  keys(namespace: string): string[] {
    const sql = "SELECT key FROM entries WHERE namespace = ? ORDER BY key";
    return this.#query<{ key: string }>(sql)
      .all(namespace)
      .map(({ key }) => key);
  }

  changesSince(revision: number, limit: number): ChangesSince {
    const newest = this.revision();
    if (revision > newest || revision < this.logFloor()) return { gap: true, revision: newest };
    const sql =
      "SELECT revision, op, namespace, key, at, origin FROM changes WHERE revision > ? ORDER BY revision LIMIT ?";
    const changes = this.#query<ChangeRow>(sql)
      .all(revision, limit)
      .map((row): Change => ({ ...row, op: row.op === OP_DELETE ? "delete" : "save" }));
    return { gap: false, changes };
  }

  /** Changes up to this revision are not told any more. */
  logFloor(): number {
    return Number(this.#meta("log_floor") ?? 0);
  }

  /** Within a transaction: a large value is asked for by itself. */
  present(namespace: string, key: string): Present | undefined {
    const row = this.#present.get(namespace, key);
    if (row === undefined) return undefined;
    const [revision, createdAt, updatedAt, origin, plain, crc, inline, bytes, past, undoneTo] = row;
    return {
      revision,
      createdAt,
      updatedAt,
      origin,
      plain,
      crc,
      value: inline ?? this.#largeValue(namespace, key, revision),
      bytes,
      large: inline === null,
      past,
      undoneTo,
    };
  }

  #largeValue(namespace: string, key: string, revision: number): string {
    const sql = "SELECT value FROM large_values WHERE revision = ?";
    const row = this.#query<{ value: string }>(sql).get(revision);
    if (row !== undefined) return row.value;
    throw corruptStore(this.#file, `the value of ${namespace}/${key} is missing`);
  }

  /** Earlier values of a key, newest first; what is stored now is not among them. */
  past(namespace: string, key: string): PastValue[] {
    return this.pastChanges(namespace, key)
      .reverse()
      .map((change) => this.#replacedBy(change, namespace, key));
  }

  /** The changes that hold earlier values of a key, stored or deleted; oldest first. */
  pastChanges(namespace: string, key: string): number[] {
    const sql = `SELECT past FROM entries WHERE namespace = ?1 AND key = ?2
      UNION ALL SELECT past FROM deletions WHERE namespace = ?1 AND key = ?2`;
    const row = this.#query<{ past: string | null }>(sql).get(namespace, key);
    return parsePast(row?.past ?? null);
  }

  #replacedBy(change: number, namespace: string, key: string): PastValue {
    const row = this.#query<ReplacedRow>(`${REPLACED} WHERE revision = ?`).get(change);
    if (row === undefined || row.namespace !== namespace || row.key !== key) {
      throw corruptStore(this.#file, `an earlier value of ${namespace}/${key} is missing`);
    }
    this.#check(namespace, key, row);
    const { revision, updatedAt: at, origin, value } = row;
    return { revision, at, origin, value, deleted: deletionOf(row) };
  }

  /** What is known of all entries, in batches; no value is read. */
  *heads(): Generator<readonly EntryHead[]> {
    yield* inBatches(this.#stream<HeadRow>(HEAD).iterate(0, 0, 0), toHead);
  }

  /**
   * Entries saved after `revision`, ascending by namespace and key, in batches: found through the
   * log of changes while that reaches back far enough, else by reading all.
   */
  *entriesSince(revision: number): Generator<readonly Entry[]> {
    const logged = !this.changesSince(revision, 0).gap;
    const sql = logged
      ? `SELECT ${COLUMNS} FROM changes c CROSS JOIN entries e
          ON e.namespace = c.namespace AND e.key = c.key AND e.revision = c.revision
          WHERE c.revision > ? ORDER BY e.namespace, e.key`
      : `${ENTRY} WHERE revision > ? ORDER BY namespace, key`;
    yield* inBatches(this.#stream<EntryRow>(sql).iterate(revision), (row) => this.#toEntry(row));
  }

  /** Keys deleted after `revision` that do not exist now; undefined when not all are known. */
  deletionsSince(revision: number): Deletion[] | undefined {
    if (revision < Number(this.#meta("deletions_floor") ?? 0)) return undefined;
    const sql =
      "SELECT namespace, key, revision, at FROM deletions WHERE revision > ? ORDER BY namespace, key";
    return this.#query<Deletion>(sql).all(revision).map(copy);
  }

  /** Whether every stored value, earlier ones too, is as it was written; the first that is not. */
  firstDamagedValue(): string | undefined {
    const entries = `SELECT ${COLUMNS}, e.type, e.bytes FROM entries e`;
    for (const row of this.#stream<ListedRow>(entries).iterate()) {
      const intact = isIntact(row.namespace, row.key, row) && saysWhatItHolds(row);
      if (!intact) return `${row.namespace}/${row.key}`;
    }
    const replaced = `${REPLACED} WHERE replaced_revision IS NOT NULL`;
    const past = this.#stream<ReplacedRow>(replaced).iterate();
    for (const row of past) {
      if (!isIntact(row.namespace, row.key, row)) {
        return `${row.namespace}/${row.key} (revision ${row.revision})`;
      }
    }
    return undefined;
  }

  #toEntry(row: EntryRow): Entry {
    const { namespace, key, revision, createdAt, updatedAt, origin, plain, crc, value } = row;
    const entry = intactEntry(
      namespace,
      key,
      revision,
      createdAt,
      updatedAt,
      origin,
      plain,
      crc,
      value,
    );
    if (entry !== undefined) return entry;
    throw this.#damaged(namespace, key);
  }

  #check(namespace: string, key: string, row: Sealed & { readonly crc: number }): void {
    if (!isIntact(namespace, key, row)) throw this.#damaged(namespace, key);
  }

  #damaged(namespace: string, key: string): StateError {
    return corruptStore(this.#file, `the value of ${namespace}/${key} is not what was written`);
  }
}

function* inBatches<Row, T>(rows: Iterable<Row>, make: (row: Row) => T): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const row of rows) {
    batch.push(make(row));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function toHead({
  namespace,
  key,
  type,
  bytes,
  revision,
  createdAt,
  updatedAt,
  origin,
  value,
}: HeadRow): Entry {
  const head = { namespace, key, type, bytes, revision, createdAt, updatedAt, origin };
  return { ...head, value: value ?? "", plain: false };
}

function saysWhatItHolds({ value, type, bytes }: ListedRow): boolean {
  return type === jsonType(value) && bytes === Buffer.byteLength(value);
}

function deletionOf(row: ReplacedRow): Omit<HistoryItem, "value"> | undefined {
  if (row.op !== OP_DELETE) return undefined;
  return { op: "delete", revision: row.change, at: row.changedAt, origin: row.changedBy };
}

/** The revisions that a column `past` lists, oldest first. */
export function parsePast(past: string | null): number[] {
  return past === null ? [] : past.split(",").map(Number);
}

/** Rows come without a prototype, which some callers cannot compare or send. */
function copy<T extends object>(row: T): T {
  return { ...row };
}

/** The condition and order of a page's rows, and its parameters. */
function keyRange(
  namespace: string,
  { prefix: given = "", after, limit }: KeyLinesQuery,
): [range: string, ...bounds: (string | number)[]] {
  const prefix = given.normalize("NFC");
  const end = successor(prefix);
  // The range is what makes this independent of the store's size; LIKE would read it all.
  const [from, start] =
    after !== undefined && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) >= 0
      ? (["key > ?", after] as const)
      : (["key >= ?", prefix] as const);
  const tail = "ORDER BY key LIMIT ?";
  return end === undefined
    ? [`WHERE namespace = ? AND ${from} ${tail}`, namespace, start, limit]
    : [`WHERE namespace = ? AND ${from} AND key < ? ${tail}`, namespace, start, end, limit];
}
