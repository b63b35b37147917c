import type { DatabaseSync } from "node:sqlite";
import { StateError } from "../../../../shared/src/errors.ts";
import { openDatabase, prepare, type Query } from "../sqlite/driver.ts";
import { isDiskFull } from "../sqlite/faults.ts";
import type { Entry, Json } from "../types.ts";
import type { MigrationEntry } from "./steps.ts";

/** What a migration does under one name. Times are ms since 1970. */
export interface StagedChange {
  readonly namespace: string;
  readonly key: string;
  /** Absent: there is no such entry now. */
  readonly before: Json | null;
  /** Absent: there will be none. */
  readonly after: Json | null;
  /** When the entry was first made, under whatever name. */
  readonly createdAt: number | null;
}

const TABLES = `
CREATE TABLE sources (
  namespace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (namespace, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE outputs (
  namespace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, created_at INTEGER NOT NULL,
  from_namespace TEXT NOT NULL, from_key TEXT NOT NULL, PRIMARY KEY (namespace, key)
) STRICT, WITHOUT ROWID;
BEGIN`;

interface OutputRow {
  readonly fromNamespace: string;
  readonly fromKey: string;
}

/**
 * What a migration will do, before it does it: as large as what it changes, so it lies in a
 * temporary file that SQLite removes by itself.
 */
export class Staging {
  readonly #database: DatabaseSync;
  readonly #addSource: Query<never>;
  readonly #addOutput: Query<never>;
  readonly #output: Query<OutputRow>;
  readonly #isSource: Query<{ one: number }>;

  constructor() {
    this.#database = openDatabase("", { readOnly: false, busyTimeoutMs: 0 });
    guarded(() => this.#database.exec(TABLES));
    this.#addSource = prepare(this.#database, "INSERT INTO sources VALUES (?, ?, ?)");
    this.#addOutput = prepare(this.#database, "INSERT INTO outputs VALUES (?, ?, ?, ?, ?, ?)");
    this.#output = prepare(
      this.#database,
      "SELECT from_namespace AS fromNamespace, from_key AS fromKey FROM outputs WHERE namespace = ? AND key = ?",
    );
    this.#isSource = prepare(
      this.#database,
      "SELECT 1 AS one FROM sources WHERE namespace = ? AND key = ?",
    );
  }

  /** An entry that becomes another one or, with null, goes. @throws StateError `migration-collision` */
  add(source: Entry, result: MigrationEntry | null): void {
    guarded(() => {
      this.#addSource.run(source.namespace, source.key, source.value);
      if (result === null) return;
      const { namespace, key, value } = result;
      const rival = this.#output.get(namespace, key);
      if (rival !== undefined) {
        throw collision({ namespace: rival.fromNamespace, key: rival.fromKey }, source, result);
      }
      this.#addOutput.run(namespace, key, value, source.createdAt, source.namespace, source.key);
    });
  }

  /** Namespaces in which entries get new names. */
  renamedTo(): readonly string[] {
    const sql = `SELECT DISTINCT namespace FROM outputs
      WHERE namespace <> from_namespace OR key <> from_key ORDER BY namespace`;
    const rows = guarded(() => prepare<{ namespace: string }>(this.#database, sql).all());
    return rows.map(({ namespace }) => namespace);
  }

  /**
   * Makes sure that no renamed entry falls on this one, which is there now.
   * @throws StateError `migration-collision`
   */
  checkName({ namespace, key }: Name): void {
    guarded(() => {
      const rival = this.#output.get(namespace, key);
      if (rival === undefined || this.#isSource.get(namespace, key) !== undefined) return;
      const name = { namespace, key };
      throw collision(name, { namespace: rival.fromNamespace, key: rival.fromKey }, name);
    });
  }

  /** How many entries are changed, renamed or dropped. */
  count(): number {
    return this.#counted("SELECT count(*) AS count FROM sources");
  }

  /** How many names are touched: a renamed entry touches two. */
  total(): number {
    return this.#counted(
      "SELECT count(*) AS count FROM (SELECT namespace, key FROM sources UNION SELECT namespace, key FROM outputs)",
    );
  }

  #counted(sql: string): number {
    return guarded(() => prepare<{ count: number }>(this.#database, sql).get()?.count ?? 0);
  }

  /** All that happens, ascending by name. */
  *changes(): Generator<StagedChange> {
    const query = prepare<StagedChange>(
      this.#database,
      `SELECT coalesce(o.namespace, s.namespace) AS namespace, coalesce(o.key, s.key) AS key,
        s.value AS before, o.value AS after, o.created_at AS createdAt
        FROM sources s FULL OUTER JOIN outputs o ON o.namespace = s.namespace AND o.key = s.key
        ORDER BY 1, 2`,
    );
    try {
      yield* query.iterate();
    } catch (error) {
      throw temporaryFileFault(error);
    }
  }

  close(): void {
    this.#database.close();
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw temporaryFileFault(error);
  }
}

/** An error of the temporary file, which must not be taken for one of the store. */
function temporaryFileFault(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_SQLITE_ERROR") {
    return error;
  }
  const elsewhere =
    "TMPDIR (Windows: TMP) names its folder, which may be on another disk; the state and its schema version are as they were.";
  return isDiskFull(error)
    ? new StateError(
        "disk-full",
        "There is no space left for the temporary file in which a migration is prepared.",
        `Free some space: ${elsewhere}`,
        { cause: error },
      )
    : new StateError(
        "temporary-file-failed",
        `The temporary file in which a migration is prepared cannot be used: ${error.message}.`,
        `Check that it can be written: ${elsewhere}`,
        { cause: error },
      );
}

interface Name {
  readonly namespace: string;
  readonly key: string;
}

function collision(one: Name, other: Name, name: Name): StateError {
  const spelled = ({ namespace, key }: Name) => `${namespace}/${key}`;
  return new StateError(
    "migration-collision",
    `The migration gives two entries the name ${spelled(name)}: ${spelled(one)} and ${spelled(other)}.`,
    "Limit the step that renames, or drop one of them; the state and its schema version are as they were.",
    { data: { namespace: name.namespace, key: name.key } },
  );
}
