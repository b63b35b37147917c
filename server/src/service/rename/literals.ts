import type { ScriptModel } from "../../language/model.ts";
import type { Variable } from "../../language/scope/variables.ts";
import type { Expression, StringLiteral } from "../../language/syntax/ast.ts";

/** The literal that an expression or a concatenation begins with. */
export function firstLiteral(expression: Expression): StringLiteral | undefined {
  if (expression.kind === "String") return expression;
  if (expression.kind === "Paren") return firstLiteral(expression.expression);
  if (expression.kind !== "Binary" || expression.operator !== "..") return undefined;
  return firstLiteral(expression.left);
}

/** A string that a variable always holds, and the variable. */
export interface Constant {
  readonly literal: StringLiteral;
  readonly variable: Variable;
}

/** The constant that an expression names: `KEY` of `local KEY = "preferences"`. */
export function constantOf(model: ScriptModel, expression: Expression): Constant | undefined {
  if (expression.kind === "Paren") return constantOf(model, expression.expression);
  if (expression.kind !== "Identifier") return undefined;
  const variable = model.scopes.variables.get(expression);
  const [only, ...others] = variable?.definitions ?? [];
  if (variable?.kind !== "local" || others.length > 0 || only?.value?.kind !== "String") {
    return undefined;
  }
  return { literal: only.value, variable };
}
