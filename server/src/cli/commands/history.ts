import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { HistoryItem } from "../../engine/types.ts";
import { describeChanges, shortJson } from "../changes.ts";
import type { Command } from "../command.ts";
import { ExactJson, type Printable } from "../json.ts";
import { isoTime, table } from "../output.ts";
import { missingKey } from "./get.ts";

export const history: Command = {
  name: "history",
  usages: ["NS KEY"],
  summary: "List a key's earlier values, the current one first",
  words: [2, 2],
  completes: ["namespace", "key"],
  options: {},
  run: async ({ session, output, args }) => {
    const [ns = "", name = ""] = args.words;
    const namespace = checkNamespace(ns);
    const key = checkKey(name);
    const items = await (await session.engine()).history(namespace, key);
    if (items.length === 0) throw missingKey(namespace, key);
    output.answer(printableHistory(items), () =>
      table(
        ["REVISION", "AT", "ORIGIN", "OP", "VALUE"],
        items.map(({ revision, at, origin, op, value }) => [
          revision,
          isoTime(at),
          origin,
          op,
          value === undefined ? "" : shortJson(value),
        ]),
      ),
    );
    return 0;
  },
};

export const undo: Command = {
  name: "undo",
  usages: ["NS KEY [--to R]"],
  summary: "Bring a key's earlier value back; once more goes one further back",
  words: [2, 2],
  completes: ["namespace", "key"],
  options: { to: { value: "R", doc: "The revision whose value comes back" } },
  run: async ({ session, output, args }) => {
    const [ns = "", name = ""] = args.words;
    const namespace = checkNamespace(ns);
    const key = checkKey(name);
    const to = args.wholeNumber("to", 1);
    const engine = await session.engine();
    const change = await engine.undo("cli", namespace, key, to);
    const items = await engine.history(namespace, key);
    output.answer(printableHistory(items), () => describeChanges([change], output));
    return 0;
  },
};

function printableHistory(items: readonly HistoryItem[]): Printable {
  return items.map(({ revision, at, origin, op, value }) => ({
    revision,
    at: isoTime(at),
    origin,
    op,
    value: value === undefined ? undefined : new ExactJson(value),
  }));
}
