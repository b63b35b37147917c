import type {
  Chunk,
  Expression,
  FunctionExpression,
  Statement,
} from "../../language/syntax/ast.ts";
import { visitAllExpressions, visitStatements } from "../../language/syntax/walk.ts";

/** Tells in which function with a name an offset of a chunk lies. */
export class NamedFunctions {
  /** Outer ones before those inside them. */
  readonly #found: { readonly name: string; readonly node: FunctionExpression }[] = [];

  constructor(chunk: Chunk) {
    const names = new Map<FunctionExpression, string>();
    const name = (value: Expression | undefined, given: string): void => {
      if (value?.kind === "Function" && given !== "") names.set(value, given);
    };
    const look = (statement: Statement): void => nameValues(statement, name);
    visitStatements(chunk.body, look);
    visitAllExpressions(chunk.body, (expression) => {
      if (expression.kind === "Function") visitStatements(expression.body, look);
      if (expression.kind !== "Table") return;
      for (const field of expression.fields) {
        if (field.kind === "Named") name(field.value, field.name.name);
      }
    });
    for (const [node, given] of names) this.#found.push({ name: given, node });
    this.#found.sort((a, b) => a.node.span.start - b.node.span.start);
  }

  /** `M.set`, `updateUserProfile`; undefined outside of all of them. */
  at(offset: number): string | undefined {
    return this.#found.findLast(({ node: { span } }) => span.start <= offset && offset < span.end)
      ?.name;
  }
}

function nameValues(
  statement: Statement,
  name: (value: Expression | undefined, given: string) => void,
): void {
  switch (statement.kind) {
    case "LocalFunction":
      name(statement.function, statement.name.name);
      break;
    case "FunctionStatement":
      name(statement.function, pathOf(statement.target));
      break;
    case "Local":
      for (const [i, local] of statement.names.entries())
        name(statement.values[i], local.name.name);
      break;
    case "Assignment":
      for (const [i, target] of statement.targets.entries())
        name(statement.values[i], pathOf(target));
      break;
    default:
  }
}

function pathOf(target: Expression): string {
  if (target.kind === "Identifier") return target.name;
  if (target.kind !== "Member" || target.name === undefined) return "";
  const object = pathOf(target.object);
  return object === "" ? "" : `${object}${target.method ? ":" : "."}${target.name.name}`;
}
