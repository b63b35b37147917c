import { quote } from "../../../../shared/src/names.ts";
import { keyUses } from "./key-uses.ts";
import type { Rule } from "./rule.ts";

/** Fewest keys of the usual style, and how many of them stand against one of another. */
const USUAL = 3;

type Style = "snake_case" | "camelCase" | "kebab-case";

/** A key written in another style than the others of its namespace. */
export const inconsistentKeyStyle: Rule = {
  code: "inconsistent-key-style",
  family: "naming",
  defaultSeverity: "information",
  summary: "A key in another style than its neighbours",
  check: ({ model }) => {
    const styled = keyUses(model).flatMap(({ namespace, key, argument }) => {
      const text = key.kind === "exact" ? key.text : "";
      const style = styleOf(text);
      return style === undefined ? [] : [{ namespace, text, style, argument }];
    });
    const namespaces = Map.groupBy(styled, ({ namespace }) => namespace);
    return [...namespaces.values()].flatMap((group) => {
      const usual = usualStyle(group);
      return group
        .filter(({ style }) => usual !== undefined && style !== usual)
        .map(({ argument, text, namespace }) => ({
          span: argument.span,
          message: `Other keys of ${quote(namespace)} are written in ${usual}, and ${quote(text)} is not.`,
        }));
    });
  },
};

/** The style of a key's words; undefined when single words or a mixture give none away. */
function styleOf(key: string): Style | undefined {
  const styles = new Set(
    key.split(/[:./]/).flatMap((segment): Style[] => {
      if (/^[a-z0-9]+(?:_[a-z0-9]+)+$/.test(segment)) return ["snake_case"];
      if (/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(segment) && /[a-z]-[a-z]/.test(segment)) {
        return ["kebab-case"];
      }
      return /^[a-z]+(?:[A-Z][a-z0-9]*)+$/.test(segment) ? ["camelCase"] : [];
    }),
  );
  const [only, ...others] = styles;
  return others.length === 0 ? only : undefined;
}

/** The style of at least three keys and of three times as many as have any other one. */
function usualStyle(group: readonly { text: string; style: Style }[]): Style | undefined {
  const keys = new Map(group.map(({ text, style }) => [text, style]));
  const counts = [...Map.groupBy([...keys.values()], (style) => style)]
    .map(([style, of]) => ({ style, count: of.length }))
    .sort((a, b) => b.count - a.count);
  const [first] = counts;
  if (first === undefined || first.count < USUAL) return undefined;
  const others = keys.size - first.count;
  return others * USUAL <= first.count ? first.style : undefined;
}
