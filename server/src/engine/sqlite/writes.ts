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
import { jsonType } from "../values/value.ts";
import { checksum } from "./checksum.ts";
import { Counts } from "./counts.ts";
import { prepare, type Query } from "./driver.ts";
import { OP_DELETE, OP_SAVE, type Present, parsePast, type Reads } from "./reads.ts";
import { LARGEST_INLINE } from "./schema.ts";

/** Changes that the log keeps; who asks for older ones must read again what it shows. */
const LOG_LENGTH = 10_000;
/** Changes of the schema version that are remembered. */
const SCHEMA_HISTORY = 100;
/** The log is cut, and namespaces are counted, once in so many changes. */
const TIDY_EVERY = 256;

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

/** A change as the log has it. */
interface LoggedChange {
  readonly op: number;
  readonly namespace: string;
  readonly key: string;
  readonly at: number;
  readonly origin: Origin;
  /** What it adds to its namespace. */
  readonly keys: number;
  readonly bytes: number;
}

/** Every change that a store makes, on one connection, within the caller's transaction. */
export class Writes {
  readonly #reads: Reads;
  readonly #options: WriteOptions;
  readonly #logChange: Query<never>;
  readonly #logReplacing: Query<never>;
  readonly #insert: Query<never>;
  readonly #update: Query<never>;
  readonly #delete: Query<never>;
  readonly #dropChange: Query<never>;
  readonly #dropReplaced: Query<never>;
  readonly #heldBy: Query<{ revision: number; large: number; told: number }>;
  readonly #insertLarge: Query<never>;
  readonly #dropLarge: Query<never>;
  readonly #counts: Counts;
  readonly #noteDeletion: Query<never>;
  readonly #takeDeletion: Query<{ past: string | null }>;
  readonly #forgetDeleted: Query<never>;
  readonly #pruneLog: Query<never>;
  readonly #pruneDeletions: Query<{ revision: number }>;
  readonly #setMeta: Query<never>;
  readonly #getMeta: Query<{ value: string }>;

  constructor(database: DatabaseSync, reads: Reads, options: WriteOptions) {
    this.#reads = reads;
    this.#options = options;
    const sql = <Row = never>(text: string): Query<Row> => prepare<Row>(database, text);
    this.#logChange = sql(
      "INSERT INTO changes (op, namespace, key, at, origin, keys, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#logReplacing = sql(
      `INSERT INTO changes (op, namespace, key, at, origin, keys, bytes, replaced_revision,
        replaced_created_at, replaced_at, replaced_origin, replaced_plain, replaced_crc, replaced_value)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insert = sql(
      `INSERT INTO entries (revision, created_at, updated_at, origin, undone_to, plain, crc, past,
        type, bytes, value, namespace, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = sql(
      `UPDATE entries SET revision = ?, created_at = ?, updated_at = ?, origin = ?, undone_to = ?,
        plain = ?, crc = ?, past = ?, type = ?, bytes = ?, value = ? WHERE namespace = ? AND key = ?`,
    );
    this.#delete = sql("DELETE FROM entries WHERE namespace = ? AND key = ?");
    this.#dropChange = sql("DELETE FROM changes WHERE revision = ?");
    this.#dropReplaced = sql(
      `UPDATE changes SET replaced_revision = NULL, replaced_created_at = NULL, replaced_at = NULL,
        replaced_origin = NULL, replaced_plain = NULL, replaced_crc = NULL, replaced_value = NULL
        WHERE revision = ?`,
    );
    this.#heldBy = sql(
      `SELECT replaced_revision AS revision, replaced_value IS NULL AS large,
        revision > ifnull((SELECT value FROM meta WHERE name = 'log_floor'), 0) AS told
        FROM changes WHERE revision = ?`,
    );
    this.#insertLarge = sql("INSERT INTO large_values (revision, value) VALUES (?, ?)");
    this.#dropLarge = sql("DELETE FROM large_values WHERE revision = ?");
    this.#counts = new Counts(database);
    this.#noteDeletion = sql(
      "INSERT OR REPLACE INTO deletions (namespace, key, revision, at, past) VALUES (?, ?, ?, ?, ?)",
    );
    this.#takeDeletion = sql(
      "DELETE FROM deletions WHERE namespace = ? AND key = ? RETURNING past",
    );
    this.#forgetDeleted = sql("UPDATE deletions SET past = NULL WHERE namespace = ? AND key = ?");
    this.#pruneLog = sql(
      "DELETE FROM changes WHERE revision > ? AND revision <= ? AND replaced_revision IS NULL",
    );
    this.#pruneDeletions = sql(
      "DELETE FROM deletions WHERE revision > ? AND revision <= ? AND past IS NULL RETURNING revision",
    );
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
    const forget = options.forget === true;
    if (forget) this.#forget(namespace, key);
    if (present === undefined) return undefined;
    const at = Date.now();
    const change = { op: OP_DELETE, namespace, key, at, origin, keys: -1, bytes: -present.bytes };
    const { revision, past } = this.#log(change, present, forget);
    this.#delete.run(namespace, key);
    this.#noteDeletion.run(namespace, key, revision, at, past);
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
    const bytes = Buffer.byteLength(value);
    const logged: LoggedChange = {
      op: OP_SAVE,
      namespace,
      key,
      at,
      origin,
      keys: present === undefined ? 1 : 0,
      bytes: present === undefined ? bytes : bytes - present.bytes,
    };
    const { revision, past } = this.#log(logged, present);
    const plain = isPlain ? 1 : 0;
    const row = { revision, createdAt, updatedAt, origin, plain, value };
    const crc = checksum(namespace, key, row);
    const [statement, list] =
      present === undefined
        ? [this.#insert, this.#takeDeletion.get(namespace, key)?.past ?? null]
        : [this.#update, past];
    const large = bytes > LARGEST_INLINE;
    if (large) this.#insertLarge.run(revision, value);
    // Nothing is expected back: `get` makes no report of what was changed, as `run` does.
    statement.get(
      revision,
      createdAt,
      updatedAt,
      origin,
      undoneTo ?? null,
      plain,
      crc,
      list,
      jsonType(value),
      bytes,
      large ? null : value,
      namespace,
      key,
    );
    if (present === undefined) {
      return { op: "save", namespace, key, revision, at, origin, after: value };
    }
    const before = present.value;
    return { op: "save", namespace, key, revision, at, origin, before, after: value };
  }

  /**
   * Notes a change, with the value that it replaces where that is to be kept. Gives its revision,
   * and the list of the changes that now hold the key's earlier values.
   */
  #log(
    { op, namespace, key, at, origin, keys, bytes }: LoggedChange,
    replaced: Present | undefined,
    forget = false,
  ): { revision: number; past: string | null } {
    const kept = forget || this.#options.historyLimit === 0 ? undefined : replaced;
    const { lastInsertRowid } =
      kept === undefined
        ? this.#logChange.run(op, namespace, key, at, origin, keys, bytes)
        : this.#logReplacing.run(
            op,
            namespace,
            key,
            at,
            origin,
            keys,
            bytes,
            kept.revision,
            kept.createdAt,
            kept.updatedAt,
            kept.origin,
            kept.plain,
            kept.crc,
            kept.large ? null : kept.value,
          );
    if (kept === undefined && replaced?.large === true) this.#dropLarge.run(replaced.revision);
    const revision = Number(lastInsertRowid);
    if (revision % TIDY_EVERY === 0) this.#tidy(revision);
    const past = forget ? null : (replaced?.past ?? null);
    return { revision, past: this.#withinLimit(past, kept && revision) };
  }

  /** The list of earlier values with one more, cut to the limit; what is cut is dropped. */
  #withinLimit(past: string | null, added: number | undefined): string | null {
    if (past === null) return added === undefined ? null : String(added);
    if (added !== undefined && lengthOf(past) < this.#options.historyLimit) {
      return `${past},${added}`;
    }
    const changes = parsePast(past);
    if (added !== undefined) changes.push(added);
    const surplus = Math.max(0, changes.length - this.#options.historyLimit);
    for (const change of changes.splice(0, surplus)) this.#drop(change);
    return changes.length === 0 ? null : changes.join(",");
  }

  /** Drops the value that a change replaced, and the change where it is not told any more. */
  #drop(change: number): void {
    const held = this.#heldBy.get(change);
    if (held === undefined) return;
    if (held.large === 1) this.#dropLarge.run(held.revision);
    (held.told === 1 ? this.#dropReplaced : this.#dropChange).run(change);
  }

  /** Drops all earlier values of a key, whether it is stored or deleted. */
  #forget(namespace: string, key: string): void {
    for (const change of this.#reads.pastChanges(namespace, key)) this.#drop(change);
    this.#forgetDeleted.run(namespace, key);
  }

  /**
   * What need not be done with every change: namespaces are counted, and what no reader asks for any
   * more goes, old changes and deletions that no backup needs.
   */
  #tidy(revision: number): void {
    this.#counts.settle(revision);
    const bound = revision - LOG_LENGTH;
    const floor = this.#reads.logFloor();
    if (bound <= floor) return;
    this.#pruneLog.run(floor, bound);
    this.#setMeta.run("log_floor", bound);
    const wanted = this.#getMeta.get("deletions_wanted_since")?.value;
    const upTo = Math.min(bound, Number(wanted ?? bound));
    const seen = Number(this.#getMeta.get("deletions_seen")?.value ?? 0);
    if (this.#pruneDeletions.all(seen, upTo).length > 0) this.#setMeta.run("deletions_floor", upTo);
    // Those of keys with earlier values stay: they need not be looked at again.
    this.#setMeta.run("deletions_seen", Math.max(seen, upTo));
  }
}

/** How many changes a list names. */
function lengthOf(past: string): number {
  let length = 1;
  for (let at = past.indexOf(","); at !== -1; at = past.indexOf(",", at + 1)) length++;
  return length;
}
