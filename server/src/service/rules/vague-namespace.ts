import { quote } from "../../../../shared/src/names.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import type { Rule } from "./rule.ts";
import { isVagueNamespace } from "./vague-words.ts";

/** A namespace that does not say what belongs in it. */
export const vagueNamespace: Rule = {
  code: "vague-namespace",
  family: "naming",
  defaultSeverity: "information",
  summary: "A namespace that does not say what belongs in it",
  check: ({ model, configuration }) => {
    const allowed = new Set(configuration?.allowedNamespaces ?? []);
    return allUses(model).flatMap((use) => {
      const touched = touchedBy(use);
      const { namespace, namespaceArgument: argument } = touched ?? {};
      if (argument?.slot === undefined || argument.literal?.closed === false) return [];
      if (namespace?.kind !== "exact" || allowed.has(namespace.text)) return [];
      if (!isVagueNamespace(namespace.text)) return [];
      const message = `The namespace ${quote(namespace.text)} does not say what belongs in it. Name the area, e.g. "config", "user" or "cache".`;
      return [{ span: argument.span, message }];
    });
  },
};
