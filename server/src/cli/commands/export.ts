import { checkNamespace } from "../../../../shared/src/names.ts";
import type { Entry } from "../../engine/types.ts";
import type { Command } from "../command.ts";
import { ExactJson, printJson } from "../json.ts";
import { isoTime } from "../output.ts";

export const exportState: Command = {
  name: "export",
  usages: ["[NS...]"],
  summary: "Print all entries, or some namespaces', as JSON lines, as they are at one moment",
  words: [0, Number.POSITIVE_INFINITY],
  completes: ["namespace"],
  options: {},
  run: async ({ session, output, args, signal }) => {
    const namespaces = args.words.map(checkNamespace);
    const store = await session.store();
    await store.snapshot(async (snapshot) => {
      for await (const entries of snapshot.entries(
        namespaces.length > 0 ? namespaces : undefined,
      )) {
        signal.throwIfAborted();
        if (entries.length > 0) await output.stream(entries.map(printEntry).join(""));
      }
    });
    return 0;
  },
};

function printEntry({ namespace, key, value, revision, createdAt, updatedAt }: Entry): string {
  const line = printJson({
    namespace,
    key,
    value: new ExactJson(value),
    revision,
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
  });
  return `${line}\n`;
}
