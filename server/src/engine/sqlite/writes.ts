import type { DatabaseSync } from "node:sqlite";
import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { Change } from "../../../../shared/src/protocol.ts";
import { checkRevision, checkSize } from "../refusals.ts";
import type {
  ChangeDetail,
  DeleteOptions,
  Json,
  Origin,
  PastEntry,
  SaveOptions,
  SchemaChange,
} from "../types.ts";
import { undoTarget } from "../undo.ts";
import { type CheckedValue, checkValue } from "../values/check.ts";
import { keepEmptyArrays } from "../values/empty-arrays.ts";
import { checksum } from "./checksum.ts";
import { prepare, type Query } from "./driver.ts";
import { OP_DELETE, OP_SAVE, type Present, type Reads } from "./reads.ts";

/** Changes that the log keeps; who asks for older ones must read again what it shows. */
const LOG_LENGTH = 10_000;
/** Changes of the schema version that are remembered. */
const SCHEMA_HISTORY = 100;
/** The log is cut once in so many changes. */
const PRUNE_EVERY = 64;

interface WriteOptions {
  readonly historyLimit: number;
  readonly maxValueBytes: number;
}

/** What is written with a value besides the value. */
interface Circumstances {
  readonly at: number;
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly undoneTo?: number;
}

/** Every change that a store makes, on one connection, within the caller's transaction. */
export class Writes {
  readonly #reads: Reads;
  readonly #options: WriteOptions;
  readonly #logChange: Query<never>;
  readonly #insert: Query<never>;
  readonly #update: Query<never>;
  readonly #delete: Query<never>;
  readonly #keepPast: Query<never>;
  readonly #prunePast: Query<never>;
  readonly #forgetPast: Query<never>;
  readonly #lastVersion: Query<{ version: number | null }>;
  readonly #countNamespace: Query<never>;
  readonly #insertNamespace: Query<never>;
  readonly #dropNamespace: Query<never>;
  readonly #noteDeletion: Query<never>;
  readonly #dropDeletion: Query<never>;
  readonly #pruneLog: Query<never>;
  readonly #pruneDeletions: Query<{ revision: number }>;
  readonly #setMeta: Query<never>;
  readonly #getMeta: Query<{ value: string }>;

  constructor(database: DatabaseSync, reads: Reads, options: WriteOptions) {
    this.#reads = reads;
    this.#options = options;
    const sql = <Row = never>(text: string): Query<Row> => prepare<Row>(database, text);
    this.#logChange = sql(
      "INSERT INTO changes (op, namespace, key, at, origin) VALUES (?, ?, ?, ?, ?)",
    );
    this.#insert = sql(
      `INSERT INTO entries (revision, version, created_at, updated_at, origin, undone_to, plain, crc,
        value, namespace, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = sql(
      `UPDATE entries SET revision = ?, version = ?, created_at = ?, updated_at = ?, origin = ?,
        undone_to = ?, plain = ?, crc = ?, value = ? WHERE namespace = ? AND key = ?`,
    );
    this.#delete = sql("DELETE FROM entries WHERE namespace = ? AND key = ?");
    this.#keepPast = sql(
      `INSERT INTO history (namespace, key, version, revision, created_at, at, origin, plain, crc,
        value, deleted_revision, deleted_at, deleted_origin)
        SELECT namespace, key, version, revision, created_at, updated_at, origin, plain, crc, value, ?, ?, ?
        FROM entries WHERE namespace = ? AND key = ?`,
    );
    this.#prunePast = sql("DELETE FROM history WHERE namespace = ? AND key = ? AND version <= ?");
    this.#forgetPast = sql("DELETE FROM history WHERE namespace = ? AND key = ?");
    this.#lastVersion = sql(
      "SELECT max(version) AS version FROM history WHERE namespace = ? AND key = ?",
    );
    this.#countNamespace = sql(
      "UPDATE namespaces SET keys = keys + ?, bytes = bytes + ?, updated_at = ? WHERE name = ?",
    );
    this.#insertNamespace = sql(
      "INSERT INTO namespaces (keys, bytes, updated_at, name) VALUES (?, ?, ?, ?)",
    );
    this.#dropNamespace = sql("DELETE FROM namespaces WHERE name = ? AND keys = 0");
    this.#noteDeletion = sql(
      "INSERT OR REPLACE INTO deletions (namespace, key, revision, at) VALUES (?, ?, ?, ?)",
    );
    this.#dropDeletion = sql("DELETE FROM deletions WHERE namespace = ? AND key = ?");
    this.#pruneLog = sql("DELETE FROM changes WHERE revision <= ?");
    this.#pruneDeletions = sql("DELETE FROM deletions WHERE revision <= ? RETURNING revision");
    this.#setMeta = sql("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)");
    this.#getMeta = sql("SELECT CAST(value AS TEXT) AS value FROM meta WHERE name = ?");
  }

  /** @throws StateError `invalid-namespace`, `invalid-key`, `invalid-value`, `value-too-large`, `conflict` */
  save(
    origin: Origin,
    givenNamespace: string,
    givenKey: string,
    value: Json,
    options: SaveOptions = {},
  ): ChangeDetail {
    const namespace = checkNamespace(givenNamespace);
    const key = checkKey(givenKey);
    let checked = checkValue(value);
    const present = this.#reads.present(namespace, key);
    checkRevision(options.ifRevision, present?.revision ?? 0, namespace, key);
    if (options.keepEmptyArrays === true && present !== undefined) {
      const json = keepEmptyArrays(checked.json, present.value);
      checked = { ...checked, json };
    }
    checkSize(checked.json, this.#options.maxValueBytes, namespace, key);
    return this.#write(origin, namespace, key, checked, present, { at: Date.now() });
  }

  /** As {@link Store.undo}. @throws StateError `nothing-to-undo`, `unknown-revision` */
  undo(
    origin: Origin,
    givenNamespace: string,
    givenKey: string,
    to: number | undefined,
  ): ChangeDetail {
    const namespace = checkNamespace(givenNamespace);
    const key = checkKey(givenKey);
    const present = this.#reads.present(namespace, key);
    const from = present && (present.undoneTo ?? present.revision);
    const target = undoTarget(namespace, key, this.#reads.past(namespace, key), from, to);
    return this.#write(origin, namespace, key, checkValue(target.value), present, {
      at: Date.now(),
      undoneTo: target.revision,
    });
  }

  /** As {@link Transaction.put}. @throws StateError `invalid-namespace`, `invalid-key`, `invalid-value` */
  put(origin: Origin, entry: PastEntry): Change {
    const namespace = checkNamespace(entry.namespace);
    const key = checkKey(entry.key);
    const present = this.#reads.present(namespace, key);
    const { createdAt, updatedAt } = entry;
    const checked = checkValue(entry.value);
    const change = this.#write(origin, namespace, key, checked, present, {
      at: Date.now(),
      createdAt,
      updatedAt,
    });
    return { op: "save", namespace, key, revision: change.revision, at: change.at, origin };
  }

  /** As {@link Transaction.delete}. @throws StateError `invalid-namespace`, `invalid-key`, `conflict` */
  delete(
    origin: Origin,
    givenNamespace: string,
    givenKey: string,
    options: DeleteOptions = {},
  ): ChangeDetail | undefined {
    const namespace = checkNamespace(givenNamespace);
    const key = checkKey(givenKey);
    const present = this.#reads.present(namespace, key);
    checkRevision(options.ifRevision, present?.revision ?? 0, namespace, key);
    if (options.forget === true) this.#forgetPast.run(namespace, key);
    if (present === undefined) return undefined;
    const at = Date.now();
    const revision = this.#log(OP_DELETE, namespace, key, at, origin);
    if (options.forget !== true) {
      this.#keep(namespace, key, present, { revision, at, origin });
    }
    this.#delete.run(namespace, key);
    this.#noteDeletion.run(namespace, key, revision, at);
    this.#count(namespace, -1, -Buffer.byteLength(present.value), at);
    this.#dropNamespace.run(namespace);
    return { op: "delete", namespace, key, revision, at, origin, before: present.value };
  }

  /** As {@link Transaction.setSchemaVersion}. */
  setSchemaVersion(origin: Origin, version: string): void {
    const from = this.#reads.schemaVersion();
    if (from === version) return;
    const change: SchemaChange = { from, to: version, at: Date.now(), origin };
    const history = [change, ...this.#reads.schemaHistory()].slice(0, SCHEMA_HISTORY);
    this.#setMeta.run("schema_version", version);
    this.#setMeta.run("schema_history", JSON.stringify(history));
  }

  /** As {@link Store.keepDeletions}. */
  keepDeletions(revision: number | undefined): void {
    this.#setMeta.run("deletions_wanted_since", revision ?? null);
  }

  #write(
    origin: Origin,
    namespace: string,
    key: string,
    { json: value, plain: isPlain }: CheckedValue,
    present: Present | undefined,
    { at, createdAt = present?.createdAt ?? at, updatedAt = at, undoneTo }: Circumstances,
  ): ChangeDetail {
    const revision = this.#log(OP_SAVE, namespace, key, at, origin);
    const version = this.#nextVersion(namespace, key, present);
    if (present !== undefined) this.#keep(namespace, key, present, undefined);
    const plain = isPlain ? 1 : 0;
    const crc = checksum(namespace, key, { revision, createdAt, updatedAt, origin, plain, value });
    const statement = present === undefined ? this.#insert : this.#update;
    statement.run(
      revision,
      version,
      createdAt,
      updatedAt,
      origin,
      undoneTo ?? null,
      plain,
      crc,
      value,
      namespace,
      key,
    );
    const bytes = Buffer.byteLength(value);
    if (present === undefined) {
      this.#dropDeletion.run(namespace, key);
      this.#count(namespace, 1, bytes, at);
    } else {
      this.#count(namespace, 0, bytes - Buffer.byteLength(present.value), at);
    }
    const change = { op: "save", namespace, key, revision, at, origin, after: value } as const;
    return present === undefined ? change : { ...change, before: present.value };
  }

  /** Values of a key are numbered on, over deletions too, while any earlier one is kept. */
  #nextVersion(namespace: string, key: string, present: Present | undefined): number {
    if (present === undefined) return (this.#lastVersion.get(namespace, key)?.version ?? 0) + 1;
    return this.#options.historyLimit === 0 ? 1 : present.version + 1;
  }

  /** Moves the present value into the history, and out of it what is beyond the limit. */
  #keep(
    namespace: string,
    key: string,
    present: Present,
    deletion: { revision: number; at: number; origin: Origin } | undefined,
  ): void {
    const { historyLimit } = this.#options;
    if (historyLimit > 0) {
      const { revision = null, at = null, origin = null } = deletion ?? {};
      this.#keepPast.run(revision, at, origin, namespace, key);
    }
    // Version 1 has nothing before it; without history every value is that.
    const oldest = present.version - historyLimit;
    if (oldest > 0 && present.version > 1) this.#prunePast.run(namespace, key, oldest);
  }

  #log(op: number, namespace: string, key: string, at: number, origin: Origin): number {
    const revision = Number(this.#logChange.run(op, namespace, key, at, origin).lastInsertRowid);
    if (revision % PRUNE_EVERY === 0) this.#prune(revision - LOG_LENGTH);
    return revision;
  }

  /** Cuts what no reader asks for any more: changes up to `bound`, and deletions that no backup needs. */
  #prune(bound: number): void {
    if (bound <= 0) return;
    this.#pruneLog.run(bound);
    const wanted = this.#getMeta.get("deletions_wanted_since")?.value;
    const upTo = Math.min(bound, Number(wanted ?? bound));
    if (this.#pruneDeletions.all(upTo).length > 0) this.#setMeta.run("deletions_floor", upTo);
  }

  #count(namespace: string, keys: number, bytes: number, at: number): void {
    if (this.#countNamespace.run(keys, bytes, at, namespace).changes !== 0) return;
    this.#insertNamespace.run(keys, bytes, at, namespace);
  }
}
