import { quote } from "../../../../shared/src/names.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import type { Rule } from "./rule.ts";
import { isVagueKey } from "./vague-words.ts";

/** A key that does not say what is stored under it. */
export const vagueKey: Rule = {
  code: "vague-key",
  family: "naming",
  defaultSeverity: "warning",
  summary: "A key that does not say what it holds",
  check: ({ model, configuration }) => {
    const allowed = new Set(configuration?.allowedKeys ?? []);
    return allUses(model).flatMap((use) => {
      const touched = touchedBy(use);
      const key = touched?.key;
      const argument = touched?.keyArgument;
      if (argument?.slot === undefined || argument.literal?.closed === false) return [];
      if (key?.kind !== "exact" || allowed.has(key.text) || !isVagueKey(key.text)) return [];
      const message = `The key ${quote(key.text)} does not say what it holds. Name the thing, e.g. "profile:display_name".`;
      return [{ span: argument.span, message }];
    });
  },
};
