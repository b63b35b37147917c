import type { ScriptModel, StateUse } from "../../language/model.ts";
import { unwrap } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";

/**
 * How a call stands in a script: as a `statement`; as the whole of a `value` that is assigned or
 * returned, or of a condition; or `inside` another expression, where operators may be around it.
 */
export type CallPlace = "statement" | "value" | "inside";

/** How the call of a use stands. */
export function callPlace({ chunk }: ScriptModel, { span }: StateUse): CallPlace {
  let place: CallPlace = "inside";
  walkExpressions(chunk.body, (expression, { statement }) => {
    if (expression.kind !== "Call" || expression.span.start !== span.start) return;
    if (expression.span.end !== span.end) return;
    switch (statement.kind) {
      case "ExpressionStatement":
        if (unwrap(statement.expression) === expression) place = "statement";
        break;
      case "Local":
      case "Assignment":
      case "Return":
        if (statement.values.includes(expression)) place = "value";
        break;
      case "If":
        if (statement.clauses.some(({ condition }) => condition === expression)) place = "value";
        break;
      case "While":
      case "Repeat":
        if (statement.condition === expression) place = "value";
        break;
      default:
    }
  });
  return place;
}
