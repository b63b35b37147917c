import type { Definition, Variable } from "../scope/variables.ts";
import type { Expression } from "../syntax/ast.ts";

/** A variable that is given more values than this is no constant. */
export const MAX_ALTERNATIVES = 8;

/** `X` of `variable = variable or X`. */
export function defaultIn({ value }: Definition, { name }: Variable): Expression | undefined {
  if (value?.kind !== "Binary" || value.operator !== "or") return undefined;
  return value.left.kind === "Identifier" && value.left.name === name ? value.right : undefined;
}

/** `"x"` of `(a and "x")`. */
export function giver(expression: Expression): Expression {
  if (expression.kind === "Paren") return giver(expression.expression);
  const last = expression.kind === "Binary" && expression.operator === "and";
  return last ? giver(expression.right) : expression;
}

/** `a and "x"`, also in parentheses: it may be false. */
export function isConditional(expression: Expression): boolean {
  if (expression.kind === "Paren") return isConditional(expression.expression);
  return expression.kind === "Binary" && expression.operator === "and";
}
