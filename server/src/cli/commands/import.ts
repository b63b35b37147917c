import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { StateError } from "../../../../shared/src/errors.ts";
import { type Incoming, readJsonLines } from "../../engine/transfer/incoming.ts";
import type { Entry, PastEntry, StateView } from "../../engine/types.ts";
import { usageError } from "../arguments.ts";
import { describeChanges, printableChanges, type ShownChange } from "../changes.ts";
import type { Command, CommandContext } from "../command.ts";
import { decodeInput } from "../input.ts";
import { isDatabase, readLlmspellStore } from "../transfer/llmspell-store.ts";

/** Entries that are read at a time. */
const PAGE = 1000;

export const importState: Command = {
  name: "import",
  usages: ["FILE|- [--merge|--replace] [--dry-run]"],
  summary: "Take entries in from JSON lines or rs-llmspell's own SQLite file, all or none",
  words: [1, 1],
  options: {
    merge: { doc: "Keep what the file does not have (the default)" },
    replace: { doc: "Delete what the file does not have, after a backup" },
    "dry-run": { doc: "Only show what would change" },
  },
  run: async (context) => {
    const { session, output, args, signal } = context;
    const replace = args.flags.has("replace");
    if (replace && args.flags.has("merge")) {
      throw usageError("import takes --merge or --replace, and not both.");
    }
    const incoming = await readIncoming(context);
    const engine = await session.engine();
    let changes: readonly ShownChange[] = await plan(engine, incoming, replace);
    let backup: string | undefined;
    if (!args.flags.has("dry-run") && changes.length > 0) {
      if (changes.some(({ before }) => before !== undefined)) {
        const made = await engine.createBackup(
          { incremental: false, reason: "before-deletion" },
          { signal },
        );
        backup = made.id;
      }
      changes = await apply(context, incoming, replace);
    }
    output.answer({ changes: printableChanges(changes), safety_backup_id: backup ?? null }, () =>
      [
        describeChanges(changes, output),
        ...(backup === undefined ? [] : [`What was there is in the backup ${backup}.`]),
      ].join("\n"),
    );
    return 0;
  },
};

async function readIncoming({ args, cwd, readInput }: CommandContext): Promise<Incoming> {
  const [name = ""] = args.words;
  const file = name === "-" ? "<stdin>" : resolve(cwd, name);
  const bytes = name === "-" ? await readInput() : await readBytes(file);
  if (name !== "-" && isDatabase(bytes)) return readLlmspellStore(file, Date.now());
  return readJsonLines(decodeInput(bytes, file), name === "-" ? file : name, Date.now());
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StateError(
      "unreadable-file",
      `${file} cannot be read: ${reason}.`,
      "Check the file.",
    );
  }
}

/** One thing that the import does. */
interface Step extends ShownChange {
  /** What is put in place; undefined for a deletion. */
  readonly entry: PastEntry | undefined;
}

/** What the import changes as things are; `before` is what is stored. */
async function plan(
  view: StateView,
  incoming: Incoming,
  replace: boolean,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const entry of incoming.entries) {
    const { namespace, key, value } = entry;
    const present = await view.entry(namespace, key);
    if (present?.value === value) continue;
    const before = present === undefined ? {} : { before: present.value };
    steps.push({ op: "save", namespace, key, ...before, after: value, entry });
  }
  if (!replace) return steps;
  for await (const { namespace, key, value } of allEntries(view)) {
    if (incoming.has(namespace, key)) continue;
    steps.push({ op: "delete", namespace, key, before: value, entry: undefined });
  }
  return steps;
}

/** Does it in one transaction, which decides anew what there is to do. */
async function apply(
  { session, args }: CommandContext,
  incoming: Incoming,
  replace: boolean,
): Promise<readonly ShownChange[]> {
  const [name = ""] = args.words;
  const store = await session.store();
  return store.transact(`import:${name}`, async (transaction) => {
    const changes: ShownChange[] = [];
    for (const { entry, ...step } of await plan(transaction, incoming, replace)) {
      const change =
        entry === undefined
          ? await transaction.delete(step.namespace, step.key)
          : await transaction.put(entry);
      changes.push({ ...step, ...change });
    }
    return changes;
  });
}

/** Every entry of a state, page by page. */
async function* allEntries(view: StateView): AsyncGenerator<Entry> {
  for (const { namespace } of await view.namespaces()) {
    let page = await view.page(namespace, { limit: PAGE });
    while (page.length > 0) {
      yield* page;
      page = await view.page(namespace, { limit: PAGE, after: page.at(-1)?.key ?? "" });
    }
  }
}
