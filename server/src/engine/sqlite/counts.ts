import type { DatabaseSync } from "node:sqlite";
import { prepare, type Query } from "./driver.ts";

/**
 * The counts of namespaces are kept up in steps: a save would otherwise write a third page. What came
 * after the last step stands in the log of changes, which is never cut that far.
 */
const COUNTED = "(SELECT value FROM meta WHERE name = 'counted')";

/** The sums of namespaces as they are now, as {@link NamespaceSummary}; one's with `AND name = ?`. */
export function summaries(condition: string): string {
  return `SELECT name AS namespace, sum(keys) AS keys, sum(bytes) AS bytes, max(at) AS updatedAt FROM
    (SELECT name, keys, bytes, updated_at AS at FROM namespaces
      UNION ALL SELECT namespace AS name, keys, bytes, at FROM changes WHERE revision > ${COUNTED})
    WHERE true ${condition} GROUP BY name HAVING sum(keys) > 0 ORDER BY name`;
}

/** Brings the table of namespaces up to date, within the caller's transaction. */
export class Counts {
  readonly #add: Query<never>;
  readonly #dropEmpty: Query<never>;
  readonly #remember: Query<never>;

  constructor(database: DatabaseSync) {
    this.#add = prepare(
      database,
      `INSERT INTO namespaces (name, keys, bytes, updated_at)
        SELECT namespace, sum(keys), sum(bytes), max(at) FROM changes WHERE revision > ${COUNTED}
          GROUP BY namespace
        ON CONFLICT (name) DO UPDATE SET keys = keys + excluded.keys,
          bytes = bytes + excluded.bytes, updated_at = max(updated_at, excluded.updated_at)`,
    );
    this.#dropEmpty = prepare(
      database,
      `DELETE FROM namespaces WHERE keys = 0
        AND name IN (SELECT namespace FROM changes WHERE revision > ${COUNTED})`,
    );
    this.#remember = prepare(database, "UPDATE meta SET value = ? WHERE name = 'counted'");
  }

  /** @param newest the revision of the newest change */
  settle(newest: number): void {
    this.#add.run();
    this.#dropEmpty.run();
    this.#remember.run(newest);
  }
}
