import type { TableExpression } from "../../language/syntax/ast.ts";
import { savedParts } from "../syntax/saved-values.ts";
import type { Rule } from "./rule.ts";

/** Fewest fields of a table that is worth nesting. */
const FIELDS = 5;

/** First words that qualify what follows, and name no thing: `max_size`, `created_at`. */
const QUALIFIERS: ReadonlySet<string> = new Set(
  (
    "add all allow avg can created current default deleted did disable do enable end first get had " +
    "has in is last max mean min new next no not num number of old on prev previous set should show " +
    "start sum total updated use used was will with"
  ).split(" "),
);

/** A saved table whose field names repeat what should be tables of their own. */
export const flatTable: Rule = {
  code: "flat-table",
  family: "shape",
  defaultSeverity: "information",
  summary: "A flat table whose fields fall into groups",
  check: ({ model, script }) =>
    savedParts(model, script()).flatMap(({ written, expression, path }) => {
      if (path !== "value" || expression.kind !== "Table") return [];
      const groups = groupsIn(expression);
      if (groups.length === 0) return [];
      const [[group, name]] = groups as [readonly [string, string]];
      const listed = groups.map(([prefix]) => prefix).join(", ");
      const message = `Fields of this table fall into groups (${listed}). Nested tables are easier to change: ${group} = { ${name} = ... }.`;
      return [{ span: written.span, message }];
    }),
};

/** The groups that are worth a table, each with the rest of its first field's name. */
function groupsIn({ fields }: TableExpression): (readonly [string, string])[] {
  const names = fields.flatMap((field) => (field.kind === "Named" ? [field.name.name] : []));
  const nested = fields.some(({ value }) => value.kind === "Table");
  if (names.length < FIELDS || names.length < fields.length || nested) return [];
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const [, prefix = "", rest = ""] =
      /^([A-Za-z][a-z0-9]{1,})(?:_|(?=[A-Z]))(.+)$/.exec(name) ?? [];
    if (rest !== "" && !QUALIFIERS.has(prefix.toLowerCase())) {
      groups.set(prefix, [...(groups.get(prefix) ?? []), rest]);
    }
  }
  const repeated = [...groups].filter(([, members]) => members.length > 1);
  const clear = repeated.length > 1 || repeated.some(([, members]) => members.length > 2);
  return clear ? repeated.map(([prefix, [rest = ""]]) => [prefix, rest] as const) : [];
}
