import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { backupPlace } from "../../engine/backup/place.ts";
import { fileProblem } from "../../engine/transfer/file-problem.ts";
import { type Incoming, readJsonLines } from "../../engine/transfer/incoming.ts";
import { takeIn } from "../../engine/transfer/take-in.ts";
import { engineOptions } from "../../workspace/engine-options.ts";
import { usageError } from "../arguments.ts";
import { describeChanges, printableChanges } from "../changes.ts";
import type { Command, CommandContext } from "../command.ts";
import { decodeInput } from "../input.ts";
import { isDatabase, readLlmspellStore } from "../transfer/llmspell-store.ts";

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
    // It says what someone should know before the first write.
    await session.engine();
    const place = backupPlace(engineOptions(await session.configuration()));
    const { changes, safetyBackupId = null } = await takeIn(
      await session.store(),
      place,
      incoming,
      { origin: `import:${args.words[0]}`, replace, dryRun: args.flags.has("dry-run") },
      { signal },
    );
    output.answer({ changes: printableChanges(changes), safety_backup_id: safetyBackupId }, () =>
      [
        describeChanges(changes, output),
        ...(safetyBackupId === null ? [] : [`What was there is in the backup ${safetyBackupId}.`]),
      ].join("\n"),
    );
    return 0;
  },
};

async function readIncoming({ args, cwd, readInput, signal }: CommandContext): Promise<Incoming> {
  const [name = ""] = args.words;
  const file = name === "-" ? "<stdin>" : resolve(cwd, name);
  const bytes = name === "-" ? await readInput() : await readBytes(file);
  if (name !== "-" && isDatabase(bytes)) return readLlmspellStore(file, Date.now());
  const text = decodeInput(bytes, file);
  return await readJsonLines(text, name === "-" ? file : name, Date.now(), { signal });
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw fileProblem(error, file, "read");
  }
}
