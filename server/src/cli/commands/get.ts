import { StateError } from "../../../../shared/src/errors.ts";
import { checkKey, checkNamespace, quote } from "../../../../shared/src/names.ts";
import { parseValue } from "../../engine/values/parse.ts";
import { printIndented } from "../../engine/values/print.ts";
import type { Command } from "../command.ts";
import { ExactJson } from "../json.ts";
import { isoTime } from "../output.ts";

export const get: Command = {
  name: "get",
  usages: ["NS KEY"],
  summary: "Print a value as JSON",
  words: [2, 2],
  completes: ["namespace", "key"],
  options: {},
  run: async ({ session, output, args }) => {
    const [ns = "", name = ""] = args.words;
    const namespace = checkNamespace(ns);
    const key = checkKey(name);
    const entry = await (await session.engine()).entry(namespace, key);
    if (entry === undefined) throw missingKey(namespace, key);
    const { value, revision, createdAt, updatedAt } = entry;
    output.answer(
      {
        namespace,
        key,
        value: new ExactJson(value),
        revision,
        created_at: isoTime(createdAt),
        updated_at: isoTime(updatedAt),
        origin: entry.origin,
      },
      () => printIndented(parseValue(value)),
    );
    return 0;
  },
};

/** The answer "no" to a question for an entry: exit code 1. */
export function missingKey(namespace: string, key: string): StateError {
  return new StateError(
    "missing-key",
    `Nothing is stored under the key ${quote(key)} of the namespace ${quote(namespace)}.`,
    `See llmspell-state ls ${namespace}.`,
  );
}
