import type {
  Block,
  Expression,
  FunctionExpression,
  Statement,
} from "../../language/syntax/ast.ts";
import { pushChildren } from "../../language/syntax/children.ts";
import type { Span } from "../../language/syntax/span.ts";
import { blocksOf, expressionsOf } from "../../language/syntax/walk.ts";

/** The innermost function with a name around an offset: `M.set`; undefined outside of all of them. */
export function enclosingFunction(block: Block, offset: number): string | undefined {
  let name: string | undefined;
  let at: Block | undefined = block;
  while (at !== undefined) {
    const statement: Statement | undefined = statementAt(at, offset);
    if (statement === undefined) return name;
    const found = functionAround(statement, offset);
    if (found === undefined) {
      at = blocksOf(statement).find(({ span }) => contains(span, offset));
    } else {
      name = found.name ?? name;
      at = found.node.body;
    }
  }
  return name;
}

/** The statement around an offset; they stand in source order, and there may be thousands of them. */
function statementAt({ statements }: Block, offset: number): Statement | undefined {
  let low = 0;
  let high = statements.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((statements[middle]?.span.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const found = statements[low];
  return found !== undefined && contains(found.span, offset) ? found : undefined;
}

/** The outermost function of a statement's own expressions around an offset. */
function functionAround(
  statement: Statement,
  offset: number,
): { node: FunctionExpression; name: string | undefined } | undefined {
  const names = namesGiven(statement);
  const pending = [...expressionsOf(statement)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!contains(next.span, offset)) continue;
    if (next.kind === "Function") return { node: next, name: names.get(next) };
    if (next.kind === "Table") {
      for (const field of next.fields) {
        if (field.kind === "Named") names.set(field.value, field.name.name);
      }
    }
    pushChildren(next, pending);
  }
  return undefined;
}

/** The names by which a statement's values can be called. */
function namesGiven(statement: Statement): Map<Expression, string> {
  const names = new Map<Expression, string>();
  const give = (value: Expression | undefined, name: string | undefined): void => {
    if (value !== undefined && name !== undefined) names.set(value, name);
  };
  switch (statement.kind) {
    case "LocalFunction":
      give(statement.function, statement.name.name);
      break;
    case "FunctionStatement":
      give(statement.function, pathOf(statement.target));
      break;
    case "Local":
      for (const [i, { name }] of statement.names.entries()) give(statement.values[i], name.name);
      break;
    case "Assignment":
      for (const [i, target] of statement.targets.entries()) {
        give(statement.values[i], pathOf(target));
      }
      break;
    default:
  }
  return names;
}

function pathOf(target: Expression): string | undefined {
  if (target.kind === "Identifier") return target.name;
  if (target.kind !== "Member" || target.name === undefined) return undefined;
  const object = pathOf(target.object);
  return object && `${object}${target.method ? ":" : "."}${target.name.name}`;
}

function contains({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset < end;
}
