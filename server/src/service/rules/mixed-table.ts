import type { Span } from "../../language/model.ts";
import type { Expression, TableExpression, TableField } from "../../language/syntax/ast.ts";
import { numeralText } from "../../language/values/numbers.ts";
import { savedParts } from "../syntax/saved-values.ts";
import { isGlobal, type Script, unwrap } from "../syntax/script.ts";
import { faultOfGrown, insertsIn } from "./grown-table.ts";
import type { Rule } from "./rule.ts";

/** A saved table that is neither an array nor an object. */
export const mixedTable: Rule = {
  code: "mixed-table",
  family: "shape",
  defaultSeverity: "error",
  summary: "A saved table that is neither an array nor an object",
  check: ({ model, script }) => {
    const inserts = insertsIn(script());
    return savedParts(model, script()).flatMap((part) => {
      const { expression, path } = part;
      const fault = faultOf(expression, script()) ?? faultOfGrown(part, script(), inserts);
      if (fault === undefined) return [];
      const message = `${path} cannot be stored: ${fault.reason}. A table is stored when its keys are exactly 1..n or all strings.`;
      return [{ span: fault.span, message }];
    });
  },
};

interface Fault {
  readonly span: Span;
  readonly reason: string;
}

function faultOf(expression: Expression, script: Script): Fault | undefined {
  if (expression.kind === "Table") return faultOfTable(expression);
  if (expression.kind !== "Call" || !isGlobal(script, expression.callee, "table.pack")) return;
  const [first] = expression.args;
  // Calls and `...` may give nothing, and then only n is there.
  if (first === undefined || first.kind === "Vararg" || unwrap(first).kind === "Call") return;
  return { span: expression.span, reason: "table.pack puts n beside the positions" };
}

function faultOfTable({ fields }: TableExpression): Fault | undefined {
  const sure = fields.filter(isPresent);
  const odd = sure.find((field) => field.kind === "Computed" && isOddKey(field.key));
  if (odd !== undefined) return { span: odd.span, reason: "this key is no string and no position" };
  const named = sure.filter(isNamed);
  const numbered = sure.flatMap((field) => numberOf(field) ?? []);
  const positional = fields.filter((field) => field.kind === "Positional");
  const listed = [...sure.filter(({ kind }) => kind === "Positional"), ...fieldsOf(numbered)];
  const [firstNamed] = named;
  const [firstListed] = listed;
  if (firstNamed !== undefined && firstListed !== undefined) {
    const later = firstNamed.span.start > firstListed.span.start ? firstNamed : firstListed;
    return { span: later.span, reason: "it mixes positions and names" };
  }
  return gapIn(positional) ?? sparse(numbered, positional, fields);
}

function fieldsOf(numbered: readonly Numbered[]): TableField[] {
  return numbered.map(({ field }) => field);
}

/** Whether a field certainly is there: its value is not nil, nor anything that can be nothing. */
function isPresent({ value }: TableField): boolean {
  return value.kind !== "Nil" && value.kind !== "Vararg" && value.kind !== "Missing";
}

function isNamed(field: TableField): boolean {
  return field.kind === "Named" || (field.kind === "Computed" && field.key.kind === "String");
}

/** Keys that are certainly neither a string nor a whole number. */
function isOddKey(key: Expression): boolean {
  if (key.kind === "True" || key.kind === "False" || key.kind === "Table") return true;
  return key.kind === "Function" || (key.kind === "Number" && wholeNumber(key.raw) === undefined);
}

interface Numbered {
  readonly field: TableField;
  readonly number: bigint;
}

function numberOf(field: TableField): Numbered | undefined {
  if (field.kind !== "Computed") return undefined;
  const { key } = field;
  const negative = key.kind === "Unary" && key.operator === "-" && key.operand.kind === "Number";
  const raw = key.kind === "Number" ? key.raw : negative ? rawOf(key.operand) : undefined;
  const number = raw === undefined ? undefined : wholeNumber(raw);
  return number === undefined ? undefined : { field, number: negative ? -number : number };
}

function rawOf(expression: Expression): string | undefined {
  return expression.kind === "Number" ? expression.raw : undefined;
}

/** `3` and `3.0` are the same key to Lua; undefined for `1.5`. */
function wholeNumber(raw: string): bigint | undefined {
  const text = numeralText(raw)?.replace(/\.0$/, "");
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined;
}

/** `{1, nil, 3}` */
function gapIn(positional: readonly TableField[]): Fault | undefined {
  const last = positional.findLastIndex(isPresent);
  const gap = positional.slice(0, Math.max(last, 0)).find(({ value }) => value.kind === "Nil");
  return gap === undefined
    ? undefined
    : { span: gap.span, reason: "it has a hole, for nil is nothing" };
}

/** `{[1] = a, [3] = b}`, `{[0] = a}` */
function sparse(
  numbered: readonly Numbered[],
  positional: readonly TableField[],
  all: readonly TableField[],
): Fault | undefined {
  const known = new Set(numbered.map(({ number }) => number));
  positional.forEach((_, i) => {
    known.add(BigInt(i + 1));
  });
  const below = numbered.find(({ number }) => number < 1n);
  if (below !== undefined) return { span: below.field.span, reason: "positions begin at 1" };
  // A key that is computed, or values whose number is not known, may fill any gap.
  const open = all.some(
    (field) =>
      field.value.kind === "Vararg" ||
      (field.kind === "Positional" && field.value.kind === "Call") ||
      (field.kind === "Computed" && numberOf(field) === undefined && field.key.kind !== "String"),
  );
  if (open) return undefined;
  const beyond = numbered.find(({ number }) => number > BigInt(known.size));
  return beyond === undefined
    ? undefined
    : { span: beyond.field.span, reason: "positions before this one are missing" };
}
