import type { Selection } from "../../engine/backup/selection.ts";
import type { BackupHead, BackupVerdict, RestoreOutcome } from "../../engine/engine.ts";
import { usageError } from "../arguments.ts";
import { describeChanges, printableChanges } from "../changes.ts";
import type { Command, CommandArguments, CommandContext, ExitCode } from "../command.ts";
import type { Printable } from "../json.ts";
import { counted, isoTime, table, withProgress } from "../output.ts";
import { storesAnything } from "../session.ts";

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

export const backupCreate: Command = {
  name: "backup create",
  usages: ["[--incremental]"],
  summary: "Back the state up",
  words: [0, 0],
  options: { incremental: { doc: "Only what changed since the last backup" } },
  run: async (context) => {
    const { session, output, args, signal } = context;
    if (!storesAnything(await session.configuration())) {
      throw usageError("There is nothing to back up: this configuration stores nothing.");
    }
    const engine = await session.engine();
    const incremental = args.flags.has("incremental");
    const head = await withProgress(output, signal, (control) =>
      engine.createBackup({ incremental }, control),
    );
    if (head.note !== undefined) output.note(head.note);
    output.answer(
      printableHead(head),
      () =>
        `${head.id}  ${head.kind}, ${counted(head.entries, "entry", "entries")}, ${head.sizeBytes} bytes`,
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
    const heads = await (await session.engine()).backups();
    output.list(
      heads.map(printableHead),
      () =>
        table(
          ["ID", "KIND", "MADE", "CREATED", "ENTRIES", "BYTES", "SCHEMA", "VERIFIED"],
          heads.map((head) => [
            head.id,
            head.kind,
            head.reason.replaceAll("-", " "),
            isoTime(head.createdAt),
            head.entries,
            head.sizeBytes,
            head.schemaVersion,
            head.verified === undefined ? "not yet" : head.verified ? "good" : "DAMAGED",
          ]),
        ),
      () => "No backups yet. Make one with backup create.",
    );
    return 0;
  },
};

export const backupVerify: Command = {
  name: "backup verify",
  usages: ["ID [--quick]"],
  summary: "Check every byte and entry of a backup, and of those it builds on",
  words: [1, 1],
  completes: ["backup"],
  options: { quick: { doc: "Only manifests, sizes and the chain" } },
  run: async (context) => {
    const { session, output, args, signal } = context;
    const [id = ""] = args.words;
    const engine = await session.engine();
    const quick = args.flags.has("quick");
    const verdict: BackupVerdict = await withProgress(output, signal, (control) =>
      engine.verifyBackup(id, { quick }, control),
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
  usages: ["ID [ID]"],
  summary: "Show what restoring a backup would change now, or what leads from it to another",
  words: [1, 2],
  completes: ["backup", "backup"],
  options: {},
  run: async (context) => {
    const [id = "", to] = context.args.words;
    const nothing =
      to === undefined ? `the state is what ${id} holds` : `${id} and ${to} hold the same`;
    return showDifference(context, id, to === undefined ? {} : { to }, nothing);
  },
};

export const backupRestore: Command = {
  name: "backup restore",
  usages: ["ID [--namespace NS]... [--key NS/KEY]... [--dry-run]", "ID --set-aside"],
  summary: "Make the state, or a part of it, exactly what a backup holds, after a safety backup",
  words: [1, 1],
  completes: ["backup"],
  options: {
    namespace: { value: "NS", multiple: true, doc: "Only this namespace; more than once for more" },
    key: { value: "NS/KEY", multiple: true, doc: "Only this key; more than once for more" },
    "dry-run": { doc: "Only show what would change" },
    "set-aside": { doc: "The state is damaged: keep its file under another name, and begin anew" },
  },
  run: async (context) => {
    const { session, output, args, signal } = context;
    const [id = ""] = args.words;
    const selection = selectionOf(args);
    const setAside = args.flags.has("set-aside");
    if (args.flags.has("dry-run")) {
      if (setAside)
        throw usageError("A damaged state cannot be compared.", "Leave one option out.");
      return showDifference(context, id, selection, `the state is what ${id} holds`);
    }
    const engine = await session.engine();
    const outcome: RestoreOutcome = await withProgress(output, signal, (control) =>
      engine.restoreBackup(id, { ...selection, setAside }, control),
    );
    output.answer(
      {
        success: true,
        entries_restored: outcome.entriesRestored,
        changed: outcome.changed,
        safety_backup_id: outcome.safetyBackupId ?? null,
        ...(outcome.setAside === undefined ? {} : { set_aside: outcome.setAside }),
      },
      () => describeRestore(id, outcome),
    );
    return 0;
  },
};

export const backupDelete: Command = {
  name: "backup delete",
  usages: ["ID"],
  summary: "Delete a backup that no other builds on",
  words: [1, 1],
  completes: ["backup"],
  options: {},
  run: async ({ session, output, args }) => {
    const [id = ""] = args.words;
    await (await session.engine()).deleteBackup(id);
    output.answer({ deleted: id }, () => `Deleted ${id}.`);
    return 0;
  },
};

export const backupPrune: Command = {
  name: "backup prune",
  usages: ["[--dry-run]"],
  summary: "Delete the backups that the configuration says are too old or too many",
  words: [0, 0],
  options: { "dry-run": { doc: "Only say which would go" } },
  run: async (context) => {
    const { session, output, args, signal } = context;
    const dryRun = args.flags.has("dry-run");
    const engine = await session.engine();
    const { deleted, retained, spaceFreed } = await withProgress(output, signal, (control) =>
      engine.pruneBackups({ dryRun }, control),
    );
    output.answer(
      {
        deleted_count: deleted.length,
        retained_count: retained.length,
        space_freed: spaceFreed,
        deleted,
        retained,
        dry_run: dryRun,
      },
      () =>
        [
          ...deleted.map((id) => `${dryRun ? "would delete" : "deleted"} ${id}`),
          `${deleted.length} of ${counted(deleted.length + retained.length, "backup", "backups")}, ${spaceFreed} bytes.`,
        ].join("\n"),
    );
    return 0;
  },
};

async function showDifference(
  context: CommandContext,
  id: string,
  options: Selection & { readonly to?: string },
  nothing: string,
): Promise<ExitCode> {
  const { session, output, signal } = context;
  const engine = await session.engine();
  const { changes } = await withProgress(output, signal, (control) =>
    engine.diffBackup(id, options, control),
  );
  output.answer({ changes: printableChanges(changes) }, () =>
    changes.length === 0 ? `No difference: ${nothing}.` : describeChanges(changes, output),
  );
  return 0;
}

/** `--namespace NS` and `--key NS/KEY`; a namespace has no slash. */
function selectionOf({ values }: CommandArguments): Selection {
  const keys = (values.get("key") ?? []).map((name) => {
    const slash = name.indexOf("/");
    if (slash === -1) throw usageError(`--key ${name} names no namespace.`, "Write --key=NS/KEY.");
    return { namespace: name.slice(0, slash), key: name.slice(slash + 1) };
  });
  return { namespaces: values.get("namespace") ?? [], keys };
}

function describeRestore(id: string, outcome: RestoreOutcome) {
  const { entriesRestored, changed, safetyBackupId, setAside } = outcome;
  const restored = `Restored ${id}: ${counted(entriesRestored, "entry", "entries")}, ${changed} changed.`;
  if (setAside !== undefined) return `${restored}\nThe damaged state is kept in ${setAside}.`;
  return safetyBackupId === undefined
    ? restored
    : `${restored}\nThe state before is in the safety backup ${safetyBackupId}.`;
}
