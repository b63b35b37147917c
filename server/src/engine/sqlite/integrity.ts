import type { DatabaseSync } from "node:sqlite";
import { summaries } from "./counts.ts";
import { prepare } from "./driver.ts";
import type { Reads } from "./reads.ts";

/**
 * Looks through all of a store: SQLite's own check of every page and index, the checksum of every
 * value, and the kept counts against what is counted now. Gives the first thing that is wrong, as a
 * clause. Throws what SQLite throws.
 */
export function findDamage(database: DatabaseSync, reads: Reads): string | undefined {
  // One transaction: counts and entries of the same moment.
  database.exec("BEGIN");
  try {
    return (
      pageDamage(database) ?? valueDamage(reads) ?? countDamage(database) ?? pastDamage(database)
    );
  } finally {
    database.exec("ROLLBACK");
  }
}

function pageDamage(database: DatabaseSync): string | undefined {
  const rows = prepare<{ integrity_check: string }>(database, "PRAGMA integrity_check(1)").all();
  const [first] = rows;
  return first?.integrity_check === "ok" ? undefined : (first?.integrity_check ?? "no answer");
}

function valueDamage(reads: Reads): string | undefined {
  const name = reads.firstDamagedValue();
  return name === undefined ? undefined : `the value of ${name} is not what was written`;
}

function countDamage(database: DatabaseSync): string | undefined {
  const sql = `
    SELECT coalesce(n.namespace, c.name) AS name FROM (${summaries("")}) n FULL JOIN
      (SELECT namespace AS name, count(*) AS keys, sum(bytes) AS bytes
        FROM entries GROUP BY namespace) c ON c.name = n.namespace
    WHERE n.keys IS NOT c.keys OR n.bytes IS NOT c.bytes LIMIT 1`;
  const row = prepare<{ name: string }>(database, sql).get();
  return row === undefined ? undefined : `the counts of namespace ${row.name} are wrong`;
}

/** Every earlier value is listed by its key, and every listed one is there; large ones belong to one. */
function pastDamage(database: DatabaseSync): string | undefined {
  const sql = `
    WITH listed AS (SELECT past FROM entries WHERE past IS NOT NULL
      UNION ALL SELECT past FROM deletions WHERE past IS NOT NULL)
    SELECT (SELECT coalesce(sum(length(past) - length(replace(past, ',', '')) + 1), 0) FROM listed)
      AS listed, (SELECT count(*) FROM changes WHERE replaced_revision IS NOT NULL) AS kept,
      (SELECT count(*) FROM large_values) AS large,
      (SELECT count(*) FROM entries WHERE value IS NULL) + (SELECT count(*) FROM changes
        WHERE replaced_revision IS NOT NULL AND replaced_value IS NULL) AS used`;
  const row = prepare<Record<"listed" | "kept" | "large" | "used", number>>(database, sql).get();
  if (row === undefined) return undefined;
  const { listed, kept, large, used } = row;
  if (listed !== kept) return `${listed} earlier values are listed, and ${kept} are kept`;
  return large === used ? undefined : `${used} large values are in use, and ${large} are kept`;
}
