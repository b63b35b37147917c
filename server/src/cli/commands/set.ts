import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import { describeChanges, printableChanges } from "../changes.ts";
import type { Command } from "../command.ts";
import { decodeInput } from "../input.ts";

export const set: Command = {
  name: "set",
  usages: ["NS KEY JSON|- [--if-revision R]"],
  summary: "Save a value, given as JSON or on standard input",
  words: [3, 3],
  completes: ["namespace", "key"],
  options: {
    "if-revision": {
      value: "R",
      doc: "Only if the entry still has this revision; 0: only if there is none",
    },
  },
  run: async ({ session, output, args, readInput }) => {
    const [ns = "", name = "", given = ""] = args.words;
    const namespace = checkNamespace(ns);
    const key = checkKey(name);
    const ifRevision = args.wholeNumber("if-revision", 0);
    const text = given === "-" ? decodeInput(await readInput(), "standard input") : given;
    const engine = await session.engine();
    const options = ifRevision === undefined ? {} : { ifRevision };
    const changes = [await engine.save("cli", namespace, key, text, options)];
    output.answer({ changes: printableChanges(changes) }, () => describeChanges(changes, output));
    return 0;
  },
};
