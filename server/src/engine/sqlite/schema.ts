import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { StateError } from "../../../../shared/src/errors.ts";
import { prepare } from "./driver.ts";

/** "LLSs": marks the file as ours. */
const APPLICATION_ID = 0x4c4c5373;
/** Raised when an older program could misread the tables. */
const FORMAT = 1;

/**
 * `changes.revision` numbers all changes of the store: the newest row is never removed, so that
 * SQLite's "largest plus one" never gives a number twice.
 * A history row is a value that was replaced or deleted; `deleted_*` tell of the deletion that ended
 * it. `version` counts the values of a key, which makes pruning one range.
 * `crc` covers what the row says of its value, because SQLite itself would not notice a flipped bit.
 */
const TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE namespaces (
  name TEXT PRIMARY KEY, keys INTEGER NOT NULL, bytes INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
  namespace TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, version INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, origin TEXT NOT NULL,
  undone_to INTEGER, plain INTEGER NOT NULL, crc INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (namespace, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE history (
  namespace TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL, at INTEGER NOT NULL, origin TEXT NOT NULL, plain INTEGER NOT NULL, crc INTEGER NOT NULL,
  value TEXT NOT NULL, deleted_revision INTEGER, deleted_at INTEGER, deleted_origin TEXT,
  PRIMARY KEY (namespace, key, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE changes (
  revision INTEGER PRIMARY KEY, op INTEGER NOT NULL, namespace TEXT NOT NULL, key TEXT NOT NULL,
  at INTEGER NOT NULL, origin TEXT NOT NULL
) STRICT;
CREATE TABLE deletions (
  namespace TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, at INTEGER NOT NULL,
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
    throw new StateError(
      "newer-format",
      `${file} has format ${format}, and this version of LLMSpell State reads formats up to ${FORMAT}.`,
      "Update LLMSpell State: the version that wrote the file, or a newer one, can read it.",
      { data: { format, supported: FORMAT } },
    );
  }
  if (application === 0 && tables === 0) return false;
  throw new StateError(
    "foreign-store",
    `${file} is a SQLite database, but not one of LLMSpell State.`,
    "Move it away, or set another `path` in the [state] table of llmspell.toml.",
  );
}

/** Makes the tables of an empty database, within the caller's transaction. */
export function createSchema(database: DatabaseSync, schemaVersion: string): void {
  database.exec(TABLES);
  const insert = prepare(database, "INSERT INTO meta (name, value) VALUES (?, ?)");
  insert.run("store_id", randomUUID());
  insert.run("schema_version", schemaVersion);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}`);
}
