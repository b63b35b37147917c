import { quote } from "../../../../shared/src/names.ts";
import type { NameLists } from "../../config/types.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import { isListed } from "./name-lists.ts";
import type { Rule } from "./rule.ts";
import { isVagueNamespace } from "./vague-words.ts";

/** A namespace that does not say what belongs in it. */
export const vagueNamespace: Rule = {
  code: "vague-namespace",
  family: "naming",
  defaultSeverity: "information",
  summary: "A namespace that does not say what belongs in it",
  check: ({ model, names }) =>
    allUses(model).flatMap((use) => {
      const { namespace, namespaceArgument: argument } = touchedBy(use) ?? {};
      if (argument?.slot === undefined || argument.literal?.closed === false) return [];
      const message = namespace?.kind === "exact" ? complaint(namespace.text, names) : undefined;
      return message === undefined ? [] : [{ span: argument.span, message }];
    }),
};

function complaint(
  namespace: string,
  { allowedNamespaces, forbiddenNamespaces }: NameLists,
): string | undefined {
  if (isListed(namespace, forbiddenNamespaces)) {
    return `The namespace ${quote(namespace)} is on the list of forbidden_namespaces.`;
  }
  if (isListed(namespace, allowedNamespaces) || !isVagueNamespace(namespace)) return undefined;
  return `The namespace ${quote(namespace)} does not say what belongs in it. Name the area, e.g. "config", "user" or "cache".`;
}
