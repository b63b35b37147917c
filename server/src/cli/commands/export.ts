import { checkNamespace } from "../../../../shared/src/names.ts";
import { exportLine } from "../../engine/transfer/export-line.ts";
import type { Command } from "../command.ts";

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
        if (entries.length > 0) await output.stream(entries.map(exportLine).join(""));
      }
    });
    return 0;
  },
};
