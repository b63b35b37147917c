import type { Block, CallExpression, Statement } from "../../language/syntax/ast.ts";
import { isGlobal, type Script, unwrap } from "./script.ts";

/** Functions that are followed to see whether they return. */
const MAX_DEPTH = 5;

/** Whether what follows a block is never reached from its end: `return`, `break`, `error(...)`. */
export function ends(script: Script, block: Block, depth = 0): boolean {
  return block.statements.some((statement) => endsStatement(script, statement, depth));
}

function endsStatement(script: Script, statement: Statement, depth: number): boolean {
  switch (statement.kind) {
    case "Return":
    case "Break":
    case "Goto":
      return true;
    case "Do":
      return ends(script, statement.body, depth);
    case "If":
      return (
        statement.otherwise !== undefined &&
        ends(script, statement.otherwise, depth) &&
        statement.clauses.every(({ body }) => ends(script, body, depth))
      );
    case "ExpressionStatement": {
      const call = unwrap(statement.expression);
      return call.kind === "Call" && neverReturns(script, call, depth);
    }
    default:
      return false;
  }
}

/** Whether a call does not come back: `error`, `os.exit`, or a function of the script that ends so. */
function neverReturns(script: Script, { callee }: CallExpression, depth = 0): boolean {
  if (isGlobal(script, callee, "error") || isGlobal(script, callee, "os.exit")) return true;
  const value = script.evaluator.value(callee);
  if (value.kind !== "function" || depth >= MAX_DEPTH) return false;
  const { statements } = value.node.body;
  const last = statements.at(-1);
  const returns = statements.some(({ kind }) => kind === "Return");
  return !returns && last !== undefined && endsStatement(script, last, depth + 1);
}
