import { describeAddress } from "../../../../shared/src/database-url.ts";
import { StateError } from "../../../../shared/src/errors.ts";
import type { Ask, Database } from "./database.ts";
import { isMissingTables } from "./faults.ts";
import { FORMAT, READABLE_FROM, UPGRADES } from "./schema-sql.ts";

/** The oldest server whose functions are all there. */
const OLDEST_SERVER = 130000;
/** "LLSs": who makes or upgrades tables holds this lock of the database. */
const ADVISORY_LOCK = 0x4c4c5373;

/** A name as SQL wants it where it could be a word of the language. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL wants it, for statements that cannot have parameters. */
export function quoteLiteral(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

interface Format {
  readonly format: number;
  readonly readable_from: string;
}

/**
 * The format of the tables; 0: there are none yet.
 * @throws StateError `newer-format`
 */
export async function checkFormat(database: Database, schema: string): Promise<number> {
  try {
    const [row] = await database.call<Format>(formatQuery(schema));
    return checked(row, database, schema);
  } catch (error) {
    if (isMissingTables(error)) return 0;
    throw error;
  }
}

/**
 * Makes the tables, or brings them to the present format: one at a time, in one transaction.
 * @throws StateError `newer-format`, `unsupported-database`, `store-no-rights`
 */
export async function prepareSchema(database: Database, schema: string): Promise<void> {
  const isReady = async () => (await checkFormat(database, schema)) === FORMAT;
  if (await isReady()) return;
  const name = quoteIdentifier(schema);
  const begin = `BEGIN; SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`;
  await database.transaction(
    begin,
    async (ask) => {
      const [server] = await ask<{ version: string; encoding: string; present: boolean }>(
        `SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding,
        to_regclass($1) IS NOT NULL AS present`,
        [`${name}.format`],
      );
      if (server !== undefined) checkServer(database, Number(server.version), server.encoding);
      // Another process may have been first.
      const rows = server?.present === true ? await ask<Format>(formatQuery(schema)) : [];
      const format = checked(rows[0], database, schema);
      if (format === 0) await makeSchema(ask, schema);
      for (const upgrade of UPGRADES.slice(format)) await ask(upgrade(name));
      await ask(`UPDATE ${name}.format SET format = ${FORMAT}, readable_from = '${READABLE_FROM}'`);
    },
    isReady,
  );
}

/** CREATE SCHEMA IF NOT EXISTS wants the right to make one even where it exists. */
async function makeSchema(ask: Ask, schema: string) {
  const there = await ask("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]);
  if (there.length === 0) await ask(`CREATE SCHEMA ${quoteIdentifier(schema)}`);
}

function formatQuery(schema: string): string {
  return `SELECT format, readable_from FROM ${quoteIdentifier(schema)}.format`;
}

function checked(row: Format | undefined, { address }: Database, schema: string): number {
  const { format = 0, readable_from: version = "" } = row ?? {};
  if (format <= FORMAT) return format;
  throw new StateError(
    "newer-format",
    `The tables in schema ${schema} of ${describeAddress(address)} have format ${format}, and this version of LLMSpell State reads formats up to ${FORMAT}.`,
    `Update LLMSpell State to version ${version} or a newer one.`,
    { data: { format, supported: FORMAT, version } },
  );
}

/** The error of a look at tables that the next write upgrades: one that only looks changes nothing. */
export function olderFormat({ address }: Database, schema: string): StateError {
  return new StateError(
    "older-format",
    `The tables in schema ${schema} of ${describeAddress(address)} are those of an older version of LLMSpell State.`,
    "Change something as a user who may alter the tables, say with `llmspell-state set`: that upgrades them. Older versions cannot use them any more then.",
    { data: { supported: FORMAT } },
  );
}

function checkServer({ address }: Database, version: number, encoding: string): void {
  const where = describeAddress(address);
  if (version < OLDEST_SERVER) {
    throw new StateError(
      "unsupported-database",
      `The server of ${where} is PostgreSQL ${Math.floor(version / 10_000)}, and 13 or newer is needed.`,
      "Use a newer server.",
    );
  }
  if (encoding === "UTF8") return;
  throw new StateError(
    "unsupported-database",
    `The database ${where} has the encoding ${encoding}, which cannot hold every key and value.`,
    "Create a database with the encoding UTF8, and name that.",
  );
}
