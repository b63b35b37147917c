import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StateError } from "../../../../shared/src/errors.ts";

/** What runs this process: enough to judge whether it may touch a store. */
export interface Runtime {
  readonly node: string;
  readonly sqlite: string;
}

type SqliteModule = typeof import("node:sqlite");

/** The versions of Node and its SQLite. @throws StateError `unsupported-runtime` without `node:sqlite` */
export function currentRuntime(): Runtime {
  requireSqlite();
  return { node: process.versions.node, sqlite: process.versions["sqlite"] ?? "0.0.0" };
}

/**
 * Refuses a SQLite that can corrupt a WAL database when two connections write and checkpoint at
 * once: 3.7.0 to 3.51.2, except the repaired 3.44.6 and 3.50.7.
 * @throws StateError `unsupported-runtime`
 */
export function checkRuntime(runtime: Runtime): void {
  const [major = 0, minor = 0, patch = 0] = runtime.sqlite.split(".").map(Number);
  if (major > 3 || (major === 3 && minor >= 52)) return;
  if (major === 3 && minor === 51 && patch >= 3) return;
  if (runtime.sqlite === "3.44.6" || runtime.sqlite === "3.50.7") return;
  throw unsupported(
    `Node ${runtime.node} contains SQLite ${runtime.sqlite}, which can damage a database that two processes write.`,
  );
}

/**
 * Opens a database file; one that does not exist is made unless `readOnly`.
 * @throws StateError `unsupported-runtime`; else what SQLite throws
 */
export function openDatabase(
  location: string | URL,
  options: { readonly readOnly: boolean; readonly busyTimeoutMs: number },
): DatabaseSync {
  const { DatabaseSync } = requireSqlite();
  checkRuntime(currentRuntime());
  return new DatabaseSync(location, {
    readOnly: options.readOnly,
    timeout: options.busyTimeoutMs,
    enableForeignKeyConstraints: false,
    enableDoubleQuotedStringLiterals: false,
  });
}

function requireSqlite(): SqliteModule {
  // Not an import: a runtime without the module must be able to say so in words.
  const loaded = process.getBuiltinModule?.("node:sqlite");
  if (loaded !== undefined) return loaded;
  throw unsupported(`Node ${process.versions.node} has no SQLite (the module node:sqlite).`);
}

function unsupported(message: string): StateError {
  return new StateError(
    "unsupported-runtime",
    message,
    "Use Node 22.23.3 or newer of 22, or 24.17 or newer; in VS Code: a current version.",
  );
}

/** A statement whose rows are of type `Row`; the SQL and this type are kept side by side. */
export interface Query<Row> {
  get(...parameters: readonly SqlValue[]): Row | undefined;
  all(...parameters: readonly SqlValue[]): Row[];
  iterate(...parameters: readonly SqlValue[]): Iterable<Row>;
  run(...parameters: readonly SqlValue[]): {
    changes: number | bigint;
    lastInsertRowid: number | bigint;
  };
}

/** A statement whose rows are given as lists of their columns: the fastest way. */
export interface RowQuery<Row extends readonly SqlValue[]> {
  get(...parameters: readonly SqlValue[]): Row | undefined;
  all(...parameters: readonly SqlValue[]): Row[];
}

export type SqlValue = string | number | null;

/** Prepares a statement whose rows have the given type. */
export function prepare<Row = never>(database: DatabaseSync, sql: string): Query<Row> {
  const statement: StatementSync = database.prepare(sql);
  return statement as unknown as Query<Row>;
}

/** Prepares a statement whose row has the given types, column by column. */
export function prepareRow<Row extends readonly SqlValue[]>(
  database: DatabaseSync,
  sql: string,
): RowQuery<Row> {
  const statement: StatementSync = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement as unknown as RowQuery<Row>;
}
