import type { ScriptModel, Span } from "../../language/model.ts";
import type { Block, Expression, Statement } from "../../language/syntax/ast.ts";
import { visitAllExpressions, visitStatements } from "../../language/syntax/walk.ts";

/** Where the function that spans so has its name; the beginning of the function if it has none. */
export function functionName(model: ScriptModel, span: Span): Span {
  let found: Span | undefined;
  const named = (value: Expression | undefined, name: Span): void => {
    if (value?.span.start === span.start && value.span.end === span.end) found = name;
  };
  const look = (block: Block): void =>
    visitStatements(block, (statement) => lookAt(statement, named));
  look(model.chunk.body);
  visitAllExpressions(model.chunk.body, (expression) => {
    if (expression.kind === "Function") look(expression.body);
    if (expression.kind !== "Table") return;
    for (const field of expression.fields) {
      if (field.kind === "Named") named(field.value, field.name.span);
    }
  });
  return found ?? { start: span.start, end: span.start };
}

function lookAt(
  statement: Statement,
  named: (value: Expression | undefined, name: Span) => void,
): void {
  if (statement.kind === "LocalFunction") named(statement.function, statement.name.span);
  else if (statement.kind === "FunctionStatement") {
    const { target } = statement;
    named(statement.function, (target.kind === "Member" && target.name?.span) || target.span);
  } else if (statement.kind === "Local") {
    for (const [i, { name }] of statement.names.entries()) named(statement.values[i], name.span);
  } else if (statement.kind === "Assignment") {
    for (const [i, target] of statement.targets.entries()) named(statement.values[i], target.span);
  }
}
