import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ChangeDetail } from "../../engine/types.ts";
import { usageError } from "../arguments.ts";
import { describeChanges, printableChanges } from "../changes.ts";
import type { Command } from "../command.ts";
import { missingKey } from "./get.ts";

export const rm: Command = {
  name: "rm",
  usages: ["NS KEY", "NS --all"],
  summary: "Delete a key, or all keys of a namespace",
  words: [1, 2],
  completes: ["namespace", "key"],
  options: {
    all: { doc: "All keys of the namespace; a backup is made first" },
  },
  run: async ({ session, output, args }) => {
    const [ns = "", name] = args.words;
    const namespace = checkNamespace(ns);
    const all = args.flags.has("all");
    if (all === (name !== undefined)) {
      throw usageError("rm needs a key, or --all for the whole namespace, and not both.");
    }
    const engine = await session.engine();
    const changes =
      name === undefined
        ? await removeAll(engine, namespace)
        : [await removeKey(engine, namespace, checkKey(name))];
    output.answer({ changes: printableChanges(changes) }, () => describeChanges(changes, output));
    return 0;
  },
};

async function removeKey(engine: Engine, namespace: string, key: string): Promise<ChangeDetail> {
  const change = await engine.delete("cli", namespace, key);
  if (change === undefined) throw missingKey(namespace, key);
  return change;
}

/** A backup first, for there is no other way back. */
async function removeAll(engine: Engine, namespace: string): Promise<readonly ChangeDetail[]> {
  const keys = await engine.keys(namespace);
  if (keys.length === 0) return [];
  await engine.createBackup({ incremental: false });
  const changes: ChangeDetail[] = [];
  for (const key of keys) {
    const change = await engine.delete("cli", namespace, key);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}
