import type { ScriptModel } from "../../language/model.ts";
import type { Expression, TableExpression } from "../../language/syntax/ast.ts";
import { type SavedPart, savedParts } from "../syntax/saved-values.ts";
import type { Fix } from "../types.ts";
import { isFieldName } from "./field-names.ts";
import {
  entriesOf,
  type FindingOfUnread,
  type NamedEntry,
  readsHere,
  withFixesOfUnread,
} from "./reads.ts";
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
  gather: ({ model, script }) => {
    const isRead = readsHere(model);
    return withFixesOfUnread(
      savedParts(model, script()).flatMap((part): FindingOfUnread[] => {
        const { use, written, expression, path } = part;
        if (path !== "value" || expression.kind !== "Table") return [];
        const groups = groupsIn(expression);
        if (groups.length === 0) return [];
        const [[group, [name = ""]]] = groups as [Group];
        const listed = groups.map(([prefix]) => prefix).join(", ");
        const message = `Fields of this table fall into groups (${listed}). Nested tables are easier to change: ${group} = { ${name} = ... }.`;
        const fixes = written === expression ? nest(model, part, expression, groups, isRead) : [];
        return [{ finding: { span: written.span, message, fixes }, entries: entriesOf(use) }];
      }),
    );
  },
};

/** A first word and the rest of the names that begin with it, in order. */
type Group = readonly [prefix: string, rests: readonly string[]];

/** Writes the groups as tables, where the script itself does not load what is saved. */
function nest(
  model: ScriptModel,
  { use }: SavedPart,
  table: TableExpression,
  groups: readonly Group[],
  isRead: (entry: NamedEntry) => boolean,
): Fix[] {
  const { text, chunk } = model;
  const [entry] = entriesOf(use);
  if (entry === undefined || isRead(entry)) return [];
  const { span, fields } = table;
  const commented = chunk.comments.some(
    (one) => one.span.start >= span.start && one.span.end <= span.end,
  );
  // Values are evaluated in another order then, which only calls can tell.
  const calls = fields.some(({ value }) => !isPlain(value));
  const names = fields.flatMap((field) => (field.kind === "Named" ? [field.name.name] : []));
  if (commented || calls || groups.some(([prefix]) => names.includes(prefix))) return [];
  const prefixes = new Map(groups.map(([prefix]) => [prefix, [] as string[]]));
  const lines: (string | string[])[] = [];
  const heads = new Map<string[], string>();
  for (const field of fields) {
    if (field.kind !== "Named") return [];
    const [, prefix = "", rest = ""] = PARTS.exec(field.name.name) ?? [];
    const value = text.slice(field.value.span.start, field.value.span.end);
    const inner = prefixes.get(prefix);
    if (inner === undefined) {
      lines.push(`${field.name.name} = ${value}`);
      continue;
    }
    const name = rest.charAt(0).toLowerCase() + rest.slice(1);
    if (!isFieldName(name) || !isFieldName(prefix)) return [];
    if (inner.length === 0) {
      lines.push(inner);
      heads.set(inner, prefix);
    }
    inner.push(`${name} = ${value}`);
  }
  const written = lines.map((line) =>
    typeof line === "string" ? line : `${heads.get(line)} = { ${line.join(", ")} }`,
  );
  const before = /^\{(\s*)/.exec(text.slice(span.start, span.end))?.[1] ?? "";
  const after = /(\s*)\}$/.exec(text.slice(span.start, span.end))?.[1] ?? "";
  const broken = before.includes("\n");
  const newText = `{${before}${written.join(broken ? `,${before}` : ", ")}${broken ? "," : ""}${after}}`;
  return [
    {
      title: `Nest ${groups.map(([prefix]) => prefix).join(" and ")}`,
      changes: [{ span, newText }],
    },
  ];
}

/** A value that can be evaluated at any time: a literal or a name. */
function isPlain({ kind }: Expression): boolean {
  return ["String", "Number", "True", "False", "Nil", "Identifier"].includes(kind);
}

/** The first word of a field's name and what follows it. */
const PARTS = /^([A-Za-z][a-z0-9]{1,})(?:_|(?=[A-Z]))(.+)$/;

/** The groups that are worth a table, each with the rests of its fields' names. */
function groupsIn({ fields }: TableExpression): readonly Group[] {
  const names = fields.flatMap((field) => (field.kind === "Named" ? [field.name.name] : []));
  const nested = fields.some(({ value }) => value.kind === "Table");
  if (names.length < FIELDS || names.length < fields.length || nested) return [];
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const [, prefix = "", rest = ""] = PARTS.exec(name) ?? [];
    if (rest !== "" && !QUALIFIERS.has(prefix.toLowerCase())) {
      groups.set(prefix, [...(groups.get(prefix) ?? []), rest]);
    }
  }
  const repeated = [...groups].filter(([, members]) => members.length > 1);
  const clear = repeated.length > 1 || repeated.some(([, members]) => members.length > 2);
  return clear ? repeated : [];
}
