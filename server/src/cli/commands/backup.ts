import type { BackupHead, BackupVerdict, RestoreOutcome } from "../../engine/engine.ts";
import { describeChanges, printableChanges } from "../changes.ts";
import type { Command, CommandContext } from "../command.ts";
import type { Printable } from "../json.ts";
import { isoTime, table } from "../output.ts";

function printableHead(head: BackupHead) {
  return {
    id: head.id,
    kind: head.kind,
    parent_id: head.parentId ?? null,
    created_at: isoTime(head.createdAt),
    entries: head.entries,
    size_bytes: head.sizeBytes,
    schema_version: head.schemaVersion,
    verified: head.verified ?? null,
  } satisfies Printable;
}

/** Long work with its progress on a terminal. */
async function withProgress<T>(
  { output, signal }: CommandContext,
  work: (control: ReturnType<CommandContext["output"]["progress"]>["control"]) => Promise<T>,
): Promise<T> {
  const { control, done } = output.progress(signal);
  try {
    return await work(control);
  } finally {
    done();
  }
}

export const backupCreate: Command = {
  name: "backup create",
  usages: ["[--incremental]"],
  summary: "Back the state up",
  words: [0, 0],
  options: { incremental: { doc: "Only what changed since the last backup" } },
  run: async (context) => {
    const { session, output, args } = context;
    const engine = await session.engine();
    const incremental = args.flags.has("incremental");
    const head = await withProgress(context, (control) =>
      engine.createBackup({ incremental }, control),
    );
    if (head.note !== undefined) output.note(head.note);
    output.answer(
      printableHead(head),
      () => `${head.id}  ${head.kind}, ${head.entries} entries, ${head.sizeBytes} bytes`,
    );
    return 0;
  },
};

export const backupList: Command = {
  name: "backup list",
  usages: [""],
  summary: "List the backups, newest first",
  words: [0, 0],
  options: {},
  run: async ({ session, output }) => {
    const heads = (await (await session.engine()).backups()).map(printableHead);
    output.answer(heads, () =>
      table(
        ["ID", "KIND", "CREATED", "ENTRIES", "BYTES", "SCHEMA", "VERIFIED"],
        heads.map((head) => [
          head.id,
          head.kind,
          head.created_at,
          head.entries,
          head.size_bytes,
          head.schema_version,
          head.verified === null ? "not yet" : head.verified ? "good" : "DAMAGED",
        ]),
      ),
    );
    return 0;
  },
};

export const backupVerify: Command = {
  name: "backup verify",
  usages: ["ID"],
  summary: "Check every byte and entry of a backup",
  words: [1, 1],
  completes: ["backup"],
  options: {},
  run: async (context) => {
    const { session, output, args } = context;
    const [id = ""] = args.words;
    const engine = await session.engine();
    const verdict: BackupVerdict = await withProgress(context, (control) =>
      engine.verifyBackup(id, {}, control),
    );
    output.answer({ is_valid: verdict.isValid, errors: verdict.errors }, () =>
      verdict.isValid
        ? `${id} is good.`
        : [`${id} is damaged:`, ...verdict.errors.map((error) => `  ${error}`)].join("\n"),
    );
    return verdict.isValid ? 0 : 1;
  },
};

export const backupDiff: Command = {
  name: "backup diff",
  usages: ["ID"],
  summary: "Show what restoring a backup would change now",
  words: [1, 1],
  completes: ["backup"],
  options: {},
  run: async (context) => {
    const { session, output, args } = context;
    const [id = ""] = args.words;
    const engine = await session.engine();
    const { changes } = await withProgress(context, (control) =>
      engine.diffBackup(id, {}, control),
    );
    output.answer({ changes: printableChanges(changes) }, () =>
      changes.length === 0
        ? `Nothing: the state is what ${id} holds.`
        : describeChanges(changes, output),
    );
    return 0;
  },
};

export const backupRestore: Command = {
  name: "backup restore",
  usages: ["ID"],
  summary: "Make the state exactly what a backup holds, after a safety backup",
  words: [1, 1],
  completes: ["backup"],
  options: {},
  run: async (context) => {
    const { session, output, args } = context;
    const [id = ""] = args.words;
    const engine = await session.engine();
    const outcome: RestoreOutcome = await withProgress(context, (control) =>
      engine.restoreBackup(id, {}, control),
    );
    output.answer(
      {
        success: true,
        entries_restored: outcome.entriesRestored,
        changed: outcome.changed,
        safety_backup_id: outcome.safetyBackupId ?? null,
      },
      () => describeRestore(id, outcome),
    );
    return 0;
  },
};

function describeRestore(id: string, { entriesRestored, changed, safetyBackupId }: RestoreOutcome) {
  const restored = `Restored ${id}: ${entriesRestored} entries, ${changed} changed.`;
  return safetyBackupId === undefined
    ? restored
    : `${restored}\nThe state before is in the safety backup ${safetyBackupId}.`;
}
