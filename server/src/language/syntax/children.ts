import type { Expression } from "./ast.ts";

/**
 * The expressions directly inside an expression, last first, so that a stack gives them back in
 * source order. A function's body is not entered.
 */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "Binary":
      return [expression.right, expression.left];
    case "Unary":
      return [expression.operand];
    case "Paren":
      return [expression.expression];
    case "Member":
      return [expression.object];
    case "Index":
      return [expression.index, expression.object];
    case "Call":
      return [...expression.args.toReversed(), expression.callee];
    case "Table":
      return expression.fields
        .flatMap((field) => (field.kind === "Computed" ? [field.key, field.value] : [field.value]))
        .reverse();
    default:
      return [];
  }
}
