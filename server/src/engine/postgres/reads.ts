import type { Change, NamespaceSummary, ValueType } from "../../../../shared/src/protocol.ts";
import type { PastValue } from "../history.ts";
import { successor } from "../successor.ts";
import {
  type ChangesSince,
  type Deletion,
  type Entry,
  LARGEST_BEGUN,
  type PageQuery,
  type SchemaChange,
} from "../types.ts";
import { jsonType } from "../values/value.ts";
import type { Ask } from "./database.ts";

/** A row of `entries`; of `value` nothing where it was not asked for. */
interface EntryRow {
  readonly namespace: string;
  readonly key: string;
  readonly revision: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly origin: string;
  readonly plain: boolean;
  readonly type: ValueType;
  readonly bytes: number;
  readonly value: string | null;
}

/** Of one entry, whose name is known. */
type BareRow = Omit<EntryRow, "namespace" | "key" | "type" | "bytes" | "value"> & {
  readonly value: string;
};

interface PresentRow extends EntryRow {
  readonly undone_to: number | null;
}

interface PastRow {
  readonly revision: number;
  readonly updated_at: number;
  readonly origin: string;
  readonly value: string;
  readonly ended_by: number;
  readonly deleted_at: number | null;
  readonly deleted_by: string | null;
}

/** What is known of a key: its present entry, and its earlier values, newest first. */
export interface KeyState {
  readonly entry: Entry | undefined;
  /** The revision whose value an undo brought back; further undos go on from there. */
  readonly undoneTo: number | undefined;
  readonly past: readonly PastValue[];
}

/** What a store says of itself. */
export interface StoreRow {
  readonly store_id: string;
  readonly revision: number;
  readonly schema_version: string;
  readonly schema_history: string;
  readonly log_floor: number;
  readonly deletions_floor: number;
}

/** Which entries a stream is of; all where nothing is said. */
interface Stretch {
  readonly namespace?: string;
  /** Those that were saved after this revision. */
  readonly since?: number;
  /** Values are not read: they are empty. */
  readonly heads?: boolean;
  /** The log of changes reaches back to `since`: it is the faster way to them. */
  readonly logged?: boolean;
}

const COLUMNS =
  "e.namespace, e.key, e.revision, e.created_at, e.updated_at, e.origin, e.plain, e.type, e.bytes";
/** Rows per batch of a stream. */
const BATCH = 500;

/** Every question that a store answers, over one way of asking: each is one round trip. */
export class Reads {
  readonly #ask: Ask;
  readonly #schema: string;
  readonly #store: string;

  /** @param schema quoted */
  constructor(ask: Ask, schema: string, store: string) {
    this.#ask = ask;
    this.#schema = schema;
    this.#store = store;
  }

  /** undefined: there is no such store yet. */
  async store(): Promise<StoreRow | undefined> {
    const [row] = await this.#rows<StoreRow>(
      `SELECT * FROM ${this.#schema}.stores WHERE store = $1`,
    );
    return row;
  }

  async entry(namespace: string, key: string): Promise<Entry | undefined> {
    // What can be told from the rest is not sent.
    const [row] = await this.#ask<BareRow>(
      `SELECT e.revision, e.created_at, e.updated_at, e.origin, e.plain, e.value
        FROM ${this.#schema}.entries e WHERE e.store = $1 AND e.namespace = $2 AND e.key = $3`,
      [this.#store, namespace, key],
      true,
    );
    if (row === undefined) return undefined;
    const { value } = row;
    const bytes = Buffer.byteLength(value);
    return toEntry({ namespace, key, type: jsonType(value), bytes, ...row });
  }

  async namespaces(): Promise<NamespaceSummary[]> {
    return this.#rows<NamespaceSummary>(
      `SELECT name AS namespace, keys, bytes, updated_at AS "updatedAt" FROM ${this.#schema}.namespaces
        WHERE store = $1 ORDER BY name`,
    );
  }

  async namespace(name: string): Promise<NamespaceSummary | undefined> {
    const [row] = await this.#rows<NamespaceSummary>(
      `SELECT name AS namespace, keys, bytes, updated_at AS "updatedAt" FROM ${this.#schema}.namespaces
        WHERE store = $1 AND name = $2`,
      name,
    );
    return row;
  }

  async page(
    namespace: string,
    { prefix: given = "", after, limit, maxValueBytes, beginning }: PageQuery,
  ): Promise<Entry[]> {
    const prefix = given.normalize("NFC");
    const rows = await this.#rows<EntryRow>(
      `SELECT ${COLUMNS}, CASE WHEN e.bytes <= $7 THEN e.value
        WHEN e.bytes <= $8 THEN substr(e.value, 1, $9) END AS value
        FROM ${this.#schema}.entries e WHERE e.store = $1 AND e.namespace = $2
        AND e.key >= $3 AND ($4::text IS NULL OR e.key < $4) AND ($5::text IS NULL OR e.key > $5)
        ORDER BY e.key LIMIT $6`,
      namespace,
      prefix,
      successor(prefix) ?? null,
      after ?? null,
      limit,
      Math.min(maxValueBytes ?? MAX_INT4, MAX_INT4),
      beginning === undefined ? 0 : LARGEST_BEGUN,
      beginning ?? 0,
    );
    const whole = maxValueBytes ?? MAX_INT4;
    return rows
      .map(toEntry)
      .map((entry) => (entry.bytes > whole ? { ...entry, plain: false } : entry));
  }

  async keys(namespace: string): Promise<string[]> {
    // One row: the driver takes each apart, and there may be many.
    const [row] = await this.#ask<{ keys: string }>(
      `SELECT array_to_json(ARRAY(SELECT key FROM ${this.#schema}.entries
        WHERE store = $1 AND namespace = $2 ORDER BY key))::text AS keys`,
      [this.#store, namespace],
      true,
    );
    return JSON.parse(row?.keys ?? "[]") as string[];
  }

  async changesSince(revision: number, limit: number): Promise<ChangesSince> {
    const rows = await this.#rows<Partial<ChangeRow> & { newest: number; log_floor: number }>(
      `SELECT s.revision AS newest, s.log_floor, c.* FROM ${this.#schema}.stores s LEFT JOIN LATERAL
        (SELECT t.revision, t.deleted, t.namespace, t.key, t.at, t.origin FROM ${this.#schema}.changes t
          WHERE t.store = s.store AND t.revision > $2 ORDER BY t.revision LIMIT $3) c ON true
        WHERE s.store = $1 ORDER BY c.revision`,
      revision,
      limit,
    );
    const { newest, log_floor: floor } = rows[0] ?? { newest: 0, log_floor: 0 };
    if (revision > newest || revision < floor) return { gap: true, revision: newest };
    return { gap: false, changes: rows.flatMap((row) => (isChange(row) ? [toChange(row)] : [])) };
  }

  /** A key with at most `limit` earlier values. */
  async keyState(namespace: string, key: string, limit: number): Promise<KeyState> {
    // One statement, one moment: else a value could be in both, or in neither.
    const rows = await this.#rows<PresentRow & PastRow & { past: boolean }>(
      `SELECT false AS past, ${COLUMNS}, e.undone_to, e.value, NULL::bigint AS ended_by,
          NULL::bigint AS deleted_at, NULL AS deleted_by
        FROM ${this.#schema}.entries e WHERE e.store = $1 AND e.namespace = $2 AND e.key = $3
        UNION ALL (SELECT true, h.namespace, h.key, h.revision, h.created_at, h.updated_at, h.origin,
          false, '', 0, NULL, h.value, h.ended_by, h.deleted_at, h.deleted_by FROM ${this.#schema}.history h
        WHERE h.store = $1 AND h.namespace = $2 AND h.key = $3 ORDER BY h.revision DESC LIMIT $4)`,
      namespace,
      key,
      limit,
    );
    const present = rows.find(({ past }) => !past);
    const past = rows.filter((row) => row.past).sort((a, b) => b.revision - a.revision);
    return {
      entry: present && toEntry(present),
      undoneTo: present?.undone_to ?? undefined,
      past: past.map(toPast),
    };
  }

  /** Entries ascending by namespace and key, in batches. */
  async *entries({
    namespace,
    since,
    heads = false,
    logged = false,
  }: Stretch = {}): AsyncGenerator<readonly Entry[]> {
    const entries = `${this.#schema}.entries e`;
    const from = logged
      ? `${this.#schema}.changes c JOIN ${entries} ON e.store = c.store AND e.namespace = c.namespace
          AND e.key = c.key AND e.revision = c.revision AND c.store = $1 AND c.revision > $5`
      : entries;
    let [ns, key] = [namespace ?? "", ""];
    for (;;) {
      const rows = await this.#rows<EntryRow>(
        `SELECT ${COLUMNS}, ${heads ? "NULL AS value" : "e.value"} FROM ${from} WHERE e.store = $1
          AND (e.namespace, e.key) > ($2, $3) AND ($4::text IS NULL OR e.namespace = $4)
          AND e.revision > $5 ORDER BY e.namespace, e.key LIMIT $6`,
        ns,
        key,
        namespace ?? null,
        since ?? 0,
        BATCH,
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(toEntry);
      if (rows.length < BATCH) return;
      [ns, key] = [last.namespace, last.key];
    }
  }

  /** Keys deleted after `revision` that do not exist now, as far as is known. */
  async deletionsSince(revision: number): Promise<Deletion[]> {
    return this.#rows<Deletion>(
      `SELECT namespace, key, revision, at FROM ${this.#schema}.deletions
        WHERE store = $1 AND revision > $2 ORDER BY namespace, key`,
      revision,
    );
  }

  #rows<Row extends object>(sql: string, ...values: readonly unknown[]): Promise<Row[]> {
    return this.#ask<Row>(sql, [this.#store, ...values]);
  }
}

const MAX_INT4 = 2 ** 31 - 1;

interface ChangeRow extends Omit<Change, "op"> {
  readonly deleted: boolean;
}

function isChange(row: Partial<ChangeRow>): row is ChangeRow {
  return row.revision !== undefined && row.revision !== null;
}

function toChange({ deleted, namespace, key, revision, at, origin }: ChangeRow): Change {
  return { op: deleted ? "delete" : "save", namespace, key, revision, at, origin };
}

function toEntry(row: EntryRow): Entry {
  const { namespace, key, type, bytes, revision, origin, plain, value } = row;
  return {
    namespace,
    key,
    type,
    bytes,
    revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    origin,
    value: value ?? "",
    plain: value !== null && plain,
  };
}

function toPast(row: PastRow): PastValue {
  const { revision, updated_at: at, origin, value, ended_by, deleted_at, deleted_by } = row;
  const deleted =
    deleted_at === null
      ? undefined
      : { op: "delete" as const, revision: ended_by, at: deleted_at, origin: deleted_by ?? "" };
  return { revision, at, origin, value, deleted };
}

/** What a store's row remembers of changes of the schema version, newest first. */
export function schemaChanges(row: StoreRow | undefined): SchemaChange[] {
  // Written by this program alone, as a list of such changes.
  return JSON.parse(row?.schema_history ?? "[]") as SchemaChange[];
}
