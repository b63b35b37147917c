import {
  databaseAddress,
  databaseSecrets,
  describeAddress,
} from "../../../../shared/src/database-url.ts";
import { type Kind, label, sqlName } from "../../config/kinds.ts";
import { copyStore } from "../../engine/copy.ts";
import { openStore } from "../../engine/open-store.ts";
import type { PostgresOptions } from "../../engine/postgres/options.ts";
import type { Store } from "../../engine/types.ts";
import { engineOptions } from "../../workspace/engine-options.ts";
import { usageError } from "../arguments.ts";
import type { Command, CommandContext } from "../command.ts";
import { withProgress } from "../output.ts";

export const copy: Command = {
  name: "copy",
  usages: ["--to URL [--schema S] [--store NAME]", "--from URL [--schema S] [--store NAME]"],
  summary: "Copy the state into or out of a PostgreSQL database, and compare the two afterwards",
  words: [0, 0],
  options: {
    to: { value: "URL", doc: `The database to copy into; '\${NAME}' is read from the environment` },
    from: { value: "URL", doc: "The database to copy out of, into the store of this workspace" },
    schema: { value: "S", doc: 'The schema of the tables there; "llmspell_state" by default' },
    store: { value: "NAME", doc: 'Which of the stores there; "default" by default' },
  },
  run: async (context) => {
    const { session, output, args, signal } = context;
    const [to, from] = [args.value("to"), args.value("from")];
    if ((to === undefined) === (from === undefined)) {
      throw usageError("copy takes either --to URL or --from URL.");
    }
    const postgres = databaseOptions(context, to ?? from ?? "");
    const options = engineOptions(await session.configuration());
    const there = openStore({ ...options, backend: "postgres", postgres });
    try {
      const here = await session.store();
      const [source, target] = to === undefined ? [there, here] : [here, there];
      const place = `${describeAddress(databaseAddress(postgres.url))}, ${postgres.schema}.${postgres.store}`;
      const { entries, namespaces, schemaVersion } = await withProgress(output, signal, (control) =>
        copyStore(source, target, originOf(source), control),
      );
      output.answer(
        { database: place, entries, namespaces, schema_version: schemaVersion, verified: true },
        () =>
          `Copied ${entries} entries in ${namespaces} namespaces ${to === undefined ? "from" : "to"} ${place}; compared, and they are the same. Their history stays where it was.`,
      );
      return 0;
    } finally {
      await there.close();
    }
  },
};

function originOf(source: Store): string {
  return `copy:${source.backend}`;
}

function databaseOptions(
  { args, environment, output }: CommandContext,
  given: string,
): PostgresOptions {
  const url = fromEnvironment(given, environment);
  databaseAddress(url);
  if (url === given && databaseSecrets(url).length > 1) {
    output.note(
      `warning: other programs can read the command line: better name a variable, as in '\${NAME}'.`,
    );
  }
  return {
    url,
    schema: checked("schema", args.value("schema"), sqlName) ?? "llmspell_state",
    store: checked("store", args.value("store"), label) ?? "default",
    poolSize: 2,
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 60_000,
  };
}

function fromEnvironment(given: string, environment: CommandContext["environment"]): string {
  const name = /^\$\{(\w+)\}$/.exec(given)?.[1];
  if (name === undefined) return given;
  const value = environment[name];
  if (value === undefined) throw usageError(`The environment variable ${name} is not set.`);
  return value;
}

function checked(
  option: string,
  given: string | undefined,
  kind: Kind<string>,
): string | undefined {
  if (given === undefined) return undefined;
  const value = kind.read(given);
  if (value === undefined) throw usageError(`--${option} must be ${kind.expected}.`);
  return value;
}
