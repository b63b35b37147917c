import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import { usageError } from "../arguments.ts";
import { describeChanges, printableChanges } from "../changes.ts";
import type { Command, CommandContext, ExitCode } from "../command.ts";
import { missingKey } from "./get.ts";

export const rm: Command = {
  name: "rm",
  usages: ["NS KEY [--forget]", "NS --all"],
  summary: "Delete a key, or all keys of a namespace",
  words: [1, 2],
  completes: ["namespace", "key"],
  options: {
    forget: { doc: "Its earlier values too; names the backups that still hold it" },
    all: { doc: "All keys of the namespace, after a backup" },
  },
  run: async (context) => {
    const [ns = "", name] = context.args.words;
    const { flags } = context.args;
    const namespace = checkNamespace(ns);
    if (flags.has("all") === (name !== undefined)) {
      throw usageError("rm needs a key, or --all for the whole namespace, and not both.");
    }
    if (name === undefined) {
      if (flags.has("forget")) throw usageError("rm --all cannot --forget: do it key by key.");
      return removeAll(context, namespace);
    }
    const key = checkKey(name);
    return flags.has("forget") ? forget(context, namespace, key) : remove(context, namespace, key);
  },
};

async function remove(
  { session, output }: CommandContext,
  namespace: string,
  key: string,
): Promise<ExitCode> {
  const change = await (await session.engine()).delete("cli", namespace, key);
  if (change === undefined) throw missingKey(namespace, key);
  output.answer({ changes: printableChanges([change]) }, () => describeChanges([change], output));
  return 0;
}

async function forget(
  { session, output, signal }: CommandContext,
  namespace: string,
  key: string,
): Promise<ExitCode> {
  const engine = await session.engine();
  const known = await engine.history(namespace, key);
  if (known.length === 0) throw missingKey(namespace, key);
  const change = await engine.delete("cli", namespace, key, { forget: true });
  const changes = change === undefined ? [] : [change];
  const backups = await engine.backupsHolding(namespace, key, { signal });
  output.answer({ changes: printableChanges(changes), backups }, () =>
    [
      describeChanges(changes, output),
      ...backups.map((id) => `The backup ${id} still holds it.`),
    ].join("\n"),
  );
  return 0;
}

/** All at once, after a backup: there is no other way back for so many. */
async function removeAll(
  { session, output, signal }: CommandContext,
  namespace: string,
): Promise<ExitCode> {
  const engine = await session.engine();
  const { changes, safetyBackupId } = await engine.clearNamespace("cli", namespace, { signal });
  const backup = safetyBackupId ?? null;
  output.answer({ changes: printableChanges(changes), safety_backup_id: backup }, () =>
    safetyBackupId === undefined
      ? ""
      : `${describeChanges(changes, output)}\nThey are in the backup ${safetyBackupId}.`,
  );
  return 0;
}
