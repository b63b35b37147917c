import { checkNamespace } from "../../../../shared/src/names.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Entry } from "../../engine/types.ts";
import { usageError } from "../arguments.ts";
import type { Command, CommandContext, ExitCode } from "../command.ts";
import { isoTime, table } from "../output.ts";

/** Entries that are read at a time. */
const PAGE = 1000;

export const ls: Command = {
  name: "ls",
  usages: ["", "NAMESPACE [--prefix P] [--limit N] [--after KEY]"],
  summary: "List the namespaces, or the keys of one",
  words: [0, 1],
  completes: ["namespace"],
  options: {
    prefix: { value: "P", doc: "Only keys that start so" },
    limit: { value: "N", doc: "At most N keys" },
    after: { value: "KEY", doc: "Only keys after this one" },
  },
  run: async (context) => {
    const [namespace] = context.args.words;
    const narrowed = ["prefix", "limit", "after"].find((name) => context.args.value(name));
    if (namespace === undefined && narrowed !== undefined) {
      throw usageError(
        `--${narrowed} is about the keys of a namespace, and none is named.`,
        "Write ls NAMESPACE with it.",
      );
    }
    const engine = await context.session.engine();
    return namespace === undefined
      ? listNamespaces(context, engine)
      : listKeys(context, engine, checkNamespace(namespace));
  },
};

async function listNamespaces(
  { output, session }: CommandContext,
  engine: Engine,
): Promise<ExitCode> {
  const folder = await session.folder();
  const rows = (await engine.namespaces()).map(({ namespace, keys, bytes, updatedAt }) => ({
    namespace,
    keys,
    bytes,
    updated_at: isoTime(updatedAt),
  }));
  // A database that was deleted, or emptied by an accident, looks like one that never was.
  const backups = rows.length > 0 || output.json ? [] : await engine.backups().catch(() => []);
  output.list(
    rows,
    () =>
      table(
        ["NAMESPACE", "KEYS", "BYTES", "UPDATED"],
        rows.map((row) => [row.namespace, row.keys, row.bytes, row.updated_at]),
      ),
    () =>
      `No state is stored for ${folder}.${backups.length > 0 ? " There are backups: llmspell-state backup list." : ""}`,
  );
  return 0;
}

function keyRow({ key, type, bytes, revision, updatedAt }: Entry) {
  return { key, type, bytes, revision, updated_at: isoTime(updatedAt) };
}

async function listKeys(
  { output, args }: CommandContext,
  engine: Engine,
  namespace: string,
): Promise<ExitCode> {
  const limit = args.wholeNumber("limit", 1) ?? Number.POSITIVE_INFINITY;
  const rows: ReturnType<typeof keyRow>[] = [];
  const after = args.value("after")?.normalize("NFC");
  for await (const entry of entries(engine, namespace, args.value("prefix"), after)) {
    if (rows.length >= limit) break;
    rows.push(keyRow(entry));
  }
  const narrowed = args.value("prefix") !== undefined || args.value("after") !== undefined;
  output.list(
    rows,
    () =>
      table(
        ["KEY", "TYPE", "BYTES", "REVISION", "UPDATED"],
        rows.map((row) => [row.key, row.type, row.bytes, row.revision, row.updated_at]),
      ),
    () => (narrowed ? `No such key is in ${namespace}.` : `${namespace} holds no keys.`),
  );
  return 0;
}

/** The entries of a namespace, page by page. */
async function* entries(
  engine: Engine,
  namespace: string,
  prefix: string | undefined,
  after: string | undefined,
): AsyncGenerator<Entry> {
  let last = after;
  for (;;) {
    const page = await engine.page(namespace, {
      limit: PAGE,
      maxValueBytes: 0,
      ...(prefix === undefined ? {} : { prefix }),
      ...(last === undefined ? {} : { after: last }),
    });
    yield* page;
    last = page.at(-1)?.key;
    if (page.length < PAGE || last === undefined) return;
  }
}
