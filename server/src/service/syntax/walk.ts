import type {
  Block,
  Expression,
  FunctionExpression,
  Statement,
} from "../../language/syntax/ast.ts";
import { childrenOf } from "../../language/syntax/children.ts";

/** All expressions that stand directly in a statement, in source order; blocks are not entered. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case "Local":
    case "Return":
    case "GenericFor":
      return statement.values;
    case "Assignment":
      return [...statement.targets, ...statement.values];
    case "ExpressionStatement":
      return [statement.expression];
    case "While":
    case "Repeat":
      return [statement.condition];
    case "If":
      return statement.clauses.map(({ condition }) => condition);
    case "NumericFor":
      return [
        statement.from,
        statement.to,
        ...(statement.step === undefined ? [] : [statement.step]),
      ];
    case "FunctionStatement":
      return [statement.target, statement.function];
    case "LocalFunction":
      return [statement.function];
    default:
      return [];
  }
}

/** The blocks that stand directly in a statement; bodies of functions are not among them. */
export function blocksOf(statement: Statement): readonly Block[] {
  switch (statement.kind) {
    case "Do":
    case "While":
    case "Repeat":
    case "NumericFor":
    case "GenericFor":
      return [statement.body];
    case "If":
      return [
        ...statement.clauses.map(({ body }) => body),
        ...(statement.otherwise === undefined ? [] : [statement.otherwise]),
      ];
    default:
      return [];
  }
}

export interface Around {
  /** The loops around, outermost first; those of the same function only. */
  readonly loops: readonly Statement[];
  /** The functions around, outermost first. */
  readonly functions: readonly FunctionExpression[];
  /** The blocks around, outermost first. */
  readonly blocks: readonly Block[];
  /** The statement that the expression stands in. */
  readonly statement: Statement;
}

/** Calls `visit` for every expression of a block, in functions too, roughly in source order. */
export function walkExpressions(
  block: Block,
  visit: (expression: Expression, around: Around) => void,
  outer: Omit<Around, "statement"> = { loops: [], functions: [], blocks: [] },
): void {
  const blocks = [...outer.blocks, block];
  for (const statement of block.statements) {
    const around: Around = { ...outer, blocks, statement };
    const pending = [...expressionsOf(statement)].reverse();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      visit(next, around);
      if (next.kind !== "Function") {
        pending.push(...childrenOf(next));
        continue;
      }
      const functions = [...outer.functions, next];
      walkExpressions(next.body, visit, { loops: [], functions, blocks });
    }
    const loops = isLoop(statement) ? [...outer.loops, statement] : outer.loops;
    for (const inner of blocksOf(statement)) {
      walkExpressions(inner, visit, { loops, functions: outer.functions, blocks });
    }
  }
}

function isLoop({ kind }: Statement): boolean {
  return kind === "While" || kind === "Repeat" || kind === "NumericFor" || kind === "GenericFor";
}
