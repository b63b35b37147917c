import type { Expression } from "./ast.ts";

/**
 * Puts the expressions directly inside an expression on a stack, last first, so that it gives them
 * back in source order. A function's body is not entered.
 */
export function pushChildren(expression: Expression, stack: Expression[]): void {
  switch (expression.kind) {
    case "Binary":
      stack.push(expression.right, expression.left);
      break;
    case "Unary":
      stack.push(expression.operand);
      break;
    case "Paren":
      stack.push(expression.expression);
      break;
    case "Member":
      stack.push(expression.object);
      break;
    case "Index":
      stack.push(expression.index, expression.object);
      break;
    case "Call": {
      const { args } = expression;
      for (let i = args.length - 1; i >= 0; i -= 1) {
        const argument = args[i];
        if (argument !== undefined) stack.push(argument);
      }
      stack.push(expression.callee);
      break;
    }
    case "Table": {
      const { fields } = expression;
      for (let i = fields.length - 1; i >= 0; i -= 1) {
        const field = fields[i];
        if (field === undefined) continue;
        stack.push(field.value);
        if (field.kind === "Computed") stack.push(field.key);
      }
      break;
    }
    default:
  }
}

/** The expressions directly inside an expression, in the order of `pushChildren`. */
export function childrenOf(expression: Expression): readonly Expression[] {
  const children: Expression[] = [];
  pushChildren(expression, children);
  return children;
}
