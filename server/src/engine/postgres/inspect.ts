import { describeAddress } from "../../../../shared/src/database-url.ts";
import { StateError, toProblem } from "../../../../shared/src/errors.ts";
import type { StoreCheck } from "../inspect.ts";
import { Database } from "./database.ts";
import { isMissingTables } from "./faults.ts";
import type { PostgresOptions } from "./options.ts";
import { checkFormat, olderFormat, quoteIdentifier } from "./schema.ts";
import { FORMAT } from "./schema-sql.ts";

/**
 * Looks at the server, the tables and what they hold: takes time in proportion to the store. Changes
 * nothing and never throws.
 */
export async function inspectDatabase(options: PostgresOptions): Promise<readonly StoreCheck[]> {
  const checks: StoreCheck[] = [];
  const attempt = async (name: StoreCheck["name"], look: () => Promise<string>) => {
    const check = await looked(name, look);
    checks.push(check);
    return check.ok;
  };
  let database: Database | undefined;
  try {
    const server = async () => {
      database = new Database(options);
      return describeServer(database);
    };
    if (!(await attempt("server", server)) || database === undefined) return checks;
    const open = database;
    let format = 0;
    const sound = await attempt("format", async () => {
      format = await checkFormat(open, options.schema);
      if (format === 0) {
        return `There are no tables in schema ${options.schema} yet: the first write makes them.`;
      }
      if (format < FORMAT) throw olderFormat(open, options.schema);
      return `The tables in schema ${options.schema} have a format that this version reads and writes.`;
    });
    if (sound && format > 0) await attempt("integrity", () => checkCounts(open, options));
    return checks;
  } finally {
    await database?.close();
  }
}

async function looked(name: StoreCheck["name"], look: () => Promise<string>): Promise<StoreCheck> {
  try {
    return { name, ok: true, message: await look() };
  } catch (error) {
    const { message, next } = toProblem(error);
    return { name, ok: false, message: `${message} ${next}` };
  }
}

async function describeServer(database: Database): Promise<string> {
  const started = performance.now();
  const [server] = await database.call<{ version: string; tls: boolean; standby: boolean }>(
    `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby,
      coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS tls`,
  );
  const ms = Math.round(performance.now() - started);
  const { version = "?", tls = false, standby = false } = server ?? {};
  const how = tls ? "over TLS" : "without TLS";
  const role = standby ? ", a standby that is read only" : "";
  return `${describeAddress(database.address)} is PostgreSQL ${version}${role}, reached ${how} in ${ms} ms.`;
}

/** What is counted while writing against what is there. */
async function checkCounts(
  database: Database,
  { schema, store }: PostgresOptions,
): Promise<string> {
  const s = quoteIdentifier(schema);
  const [wrong] = await database
    .call<{ name: string }>(
      `SELECT coalesce(n.name, c.name) AS name FROM
        (SELECT name, keys, bytes FROM ${s}.namespaces WHERE store = $1) n FULL JOIN
        (SELECT namespace AS name, count(*) AS keys, sum(octet_length(value)) AS bytes
          FROM ${s}.entries WHERE store = $1 GROUP BY namespace) c ON c.name = n.name
        WHERE n.keys IS DISTINCT FROM c.keys OR n.bytes IS DISTINCT FROM c.bytes LIMIT 1`,
      [store],
    )
    .catch((error: unknown) => {
      if (isMissingTables(error)) return [];
      throw error;
    });
  if (wrong === undefined) return "Every count is that of what is there.";
  throw new StateError(
    "corrupt-store",
    `The counts of namespace ${wrong.name} are not what is there: somebody changed the tables by hand.`,
    "Go back to a backup, or copy the store into another one, which counts anew.",
  );
}
