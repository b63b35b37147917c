import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { StateError } from "../../../../shared/src/errors.ts";
import { prepare } from "./driver.ts";

/** "LLSs": marks the file as ours. */
const APPLICATION_ID = 0x4c4c5373;
/** Raised when an older program could misread the tables. */
const FORMAT = 1;
/** The first version of LLMSpell State that reads this format: every store says it of its own. */
const READABLE_FROM = "0.1.0";

/**
 * Pages are smaller than SQLite's own choice: a save writes each page that it touches into the WAL,
 * and touches few bytes of it.
 */
const PAGE_BYTES = 2048;

/**
 * Values of more bytes stand in a table of their own. A search in the tree of `entries` reads each row
 * that it compares with whole, and so does a list: rows must fit into their cells.
 */
export const LARGEST_INLINE = 300;

/**
 * `changes.revision` numbers all changes of the store: the newest row is never removed, so that
 * SQLite's "largest plus one" never gives a number twice.
 * A change keeps the value that it replaced or deleted (`replaced_*`), which makes the log the
 * history too: a save writes two places, the entry and the end of the log. `past` of an entry, or of
 * the deletion of a key, names the changes that hold its earlier values, oldest first: `12,40,77`.
 * Changes up to `log_floor` (in meta) that hold no such value are gone, and none of them is told.
 * A value that is NULL is a large one: it stands in `large_values` under the revision that saved it,
 * and stays there when it is replaced.
 * `keys` and `bytes` of a change are what it adds to its namespace. The table of namespaces holds the
 * sums up to the revision `counted` (in meta): see `counts.ts`.
 * `type` and `bytes` of an entry are what its value says, for lists that do not read values.
 * `crc` covers what the row says of its value, because SQLite itself would not notice a flipped bit.
 */
const TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE namespaces (
  name TEXT PRIMARY KEY, keys INTEGER NOT NULL, bytes INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
  namespace TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, origin TEXT NOT NULL, undone_to INTEGER, plain INTEGER NOT NULL,
  crc INTEGER NOT NULL, past TEXT, type TEXT NOT NULL, bytes INTEGER NOT NULL, value TEXT,
  PRIMARY KEY (namespace, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE changes (
  revision INTEGER PRIMARY KEY, op INTEGER NOT NULL, namespace TEXT NOT NULL, key TEXT NOT NULL,
  at INTEGER NOT NULL, origin TEXT NOT NULL, keys INTEGER NOT NULL, bytes INTEGER NOT NULL,
  replaced_revision INTEGER, replaced_created_at INTEGER, replaced_at INTEGER, replaced_origin TEXT,
  replaced_plain INTEGER, replaced_crc INTEGER, replaced_value TEXT
) STRICT;
CREATE TABLE large_values (revision INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE deletions (
  namespace TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, at INTEGER NOT NULL,
  past TEXT,
  PRIMARY KEY (namespace, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX deletions_by_revision ON deletions (revision);
`;

const MARKS = `SELECT
  (SELECT application_id FROM pragma_application_id) AS application,
  (SELECT user_version FROM pragma_user_version) AS format,
  (SELECT count(*) FROM sqlite_schema) AS tables`;

/**
 * Whether the file holds a store; false: it is an empty database.
 * @throws StateError `newer-format`, `foreign-store`; else what SQLite throws
 */
export function checkFormat(database: DatabaseSync, file: string): boolean {
  // One statement, one moment: another process may be making the tables just now.
  const {
    application = 0,
    format = 0,
    tables = 0,
  } = prepare<{ application: number; format: number; tables: number }>(database, MARKS).get() ?? {};
  if (application === APPLICATION_ID) {
    if (format <= FORMAT) return true;
    throw newerFormat(database, file, format);
  }
  if (application === 0 && tables === 0) return false;
  throw new StateError(
    "foreign-store",
    `${file} is a SQLite database, but not one of LLMSpell State.`,
    "Move it away, or set another `path` in the [state] table of llmspell.toml.",
  );
}

function newerFormat(database: DatabaseSync, file: string, format: number): StateError {
  const version = readableFrom(database);
  return new StateError(
    "newer-format",
    `${file} has format ${format}, and this version of LLMSpell State reads formats up to ${FORMAT}.`,
    version === undefined
      ? "Update LLMSpell State: the version that wrote the file, or a newer one, can read it."
      : `Update LLMSpell State to version ${version} or a newer one.`,
    { data: { format, supported: FORMAT, ...(version === undefined ? {} : { version }) } },
  );
}

/** What the file itself says; undefined when this newer format says it otherwise. */
function readableFrom(database: DatabaseSync): string | undefined {
  try {
    const sql = "SELECT CAST(value AS TEXT) AS value FROM meta WHERE name = 'readable_from'";
    return prepare<{ value: string }>(database, sql).get()?.value;
  } catch {
    return undefined;
  }
}

/** Before an empty database is first written: has no effect on any other. */
export function choosePageSize(database: DatabaseSync): void {
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
}

/** Makes the tables of an empty database, within the caller's transaction. */
export function createSchema(database: DatabaseSync, schemaVersion: string): void {
  database.exec(TABLES);
  const insert = prepare(database, "INSERT INTO meta (name, value) VALUES (?, ?)");
  insert.run("store_id", randomUUID());
  insert.run("schema_version", schemaVersion);
  insert.run("readable_from", READABLE_FROM);
  insert.run("counted", 0);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}`);
}
