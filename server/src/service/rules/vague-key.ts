import { quote } from "../../../../shared/src/names.ts";
import type { NameLists } from "../../config/types.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import { isListed } from "./name-lists.ts";
import type { Rule } from "./rule.ts";
import { isVagueKey } from "./vague-words.ts";

/** A key that does not say what is stored under it. */
export const vagueKey: Rule = {
  code: "vague-key",
  family: "naming",
  defaultSeverity: "warning",
  summary: "A key that does not say what it holds",
  check: ({ model, names }) =>
    allUses(model).flatMap((use) => {
      const touched = touchedBy(use);
      const key = touched?.key;
      const argument = touched?.keyArgument;
      if (argument?.slot === undefined || argument.literal?.closed === false) return [];
      const message = key?.kind === "exact" ? complaint(key.text, names) : undefined;
      return message === undefined ? [] : [{ span: argument.span, message }];
    }),
};

function complaint(key: string, { allowedKeys, forbiddenKeys }: NameLists): string | undefined {
  if (isListed(key, forbiddenKeys)) {
    return `The key ${quote(key)} is on the list of forbidden_keys.`;
  }
  if (isListed(key, allowedKeys) || !isVagueKey(key)) return undefined;
  return `The key ${quote(key)} does not say what it holds. Name the thing, e.g. "profile:display_name".`;
}
