import type { ScriptModel, Span } from "../../language/model.ts";
import type { Variable } from "../../language/scope/variables.ts";
import type { Expression, StringLiteral } from "../../language/syntax/ast.ts";
import { unwrap, variableOf } from "../syntax/script.ts";
import { openingPieces } from "../written-place.ts";

/** A string that a name begins with. */
export interface Beginning {
  readonly literal: StringLiteral;
  /** What of it the name begins with: all but what a format string puts in, and what follows that. */
  readonly text: string;
  /** It is a format string, in which `%` is written twice. */
  readonly format: boolean;
  /** The local that has it, where the name is written with one. */
  readonly variable?: Variable;
}

/** The strings that a name may begin with: `"a:" .. id`, `PREFIX .. id`, `("a:%s"):format(id)`. */
export function beginningsOf(model: ScriptModel, expression: Expression): readonly Beginning[] {
  const head = headVariable(model, expression);
  const value = head?.definitions[0]?.value;
  const format = formatOf(value ?? expression);
  const literals = format === undefined ? openingPieces(model, expression) : [format];
  return literals.map((literal) => {
    const text = format === undefined ? literal.value : (literal.value.split("%", 1)[0] ?? "");
    const isOfHead = head !== undefined && value !== undefined && within(literal.span, value.span);
    return {
      ...{ literal, text, format: format !== undefined },
      ...(isOfHead ? { variable: head } : {}),
    };
  });
}

/** Whether a span lies in another one. */
export function within(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

/** The local, given a value once, that an expression or a concatenation begins with. */
function headVariable(model: ScriptModel, expression: Expression): Variable | undefined {
  const inner = unwrap(expression);
  if (inner.kind === "Binary" && inner.operator === "..") return headVariable(model, inner.left);
  const variable = variableOf(model, inner);
  const isSet = variable?.kind === "local" && variable.definitions.length === 1;
  return isSet && variable.definitions[0]?.value !== undefined ? variable : undefined;
}

/** The format string of `string.format("...", x)` and `("..."):format(x)`. */
function formatOf(expression: Expression): StringLiteral | undefined {
  const call = unwrap(expression);
  if (call.kind !== "Call" || call.callee.kind !== "Member") return undefined;
  const { name, method, object } = call.callee;
  if (name?.name !== "format") return undefined;
  const format = method ? unwrap(object) : call.args[0];
  return format?.kind === "String" ? format : undefined;
}
