import type {
  Block,
  Expression,
  FunctionExpression,
  Statement,
} from "../../language/syntax/ast.ts";
import { pushChildren } from "../../language/syntax/children.ts";
import { blocksOf, expressionsOf } from "../../language/syntax/walk.ts";

/** What an expression stands in. */
export interface Around {
  /** The statement that it stands in directly. */
  readonly statement: Statement;
  /** The blocks around, outermost first. */
  readonly blocks: readonly Block[];
  /** The loops around, outermost first; those of the same function only. */
  readonly loops: readonly Statement[];
  /** Whether an `if` stands between the innermost loop (or function) and it. */
  readonly conditional: boolean;
}

type Outer = Omit<Around, "statement">;

const OUTERMOST: Outer = { loops: [], blocks: [], conditional: false };

/** Calls `visit` for every expression of a block, in functions too, roughly in source order. */
export function walkExpressions(
  block: Block,
  visit: (expression: Expression, around: Around) => void,
  outer: Outer = OUTERMOST,
): void {
  const blocks = [...outer.blocks, block];
  const { loops, conditional } = outer;
  for (const statement of block.statements) {
    const around = { statement, blocks, loops, conditional };
    for (const { body } of visitStatement(statement, around, visit)) {
      walkExpressions(body, visit, { blocks, loops: [], conditional: false });
    }
    const inner = blocksOf(statement);
    if (inner.length === 0) continue;
    const within = isLoop(statement)
      ? { blocks, loops: [...loops, statement], conditional: false }
      : { blocks, loops, conditional: conditional || statement.kind === "If" };
    for (const one of inner) walkExpressions(one, visit, within);
  }
}

const NONE: readonly FunctionExpression[] = [];

/** Visits what stands directly in a statement; gives the functions met, to be entered. */
function visitStatement(
  statement: Statement,
  around: Around,
  visit: (expression: Expression, around: Around) => void,
): readonly FunctionExpression[] {
  const expressions = expressionsOf(statement);
  if (expressions.length === 0) return NONE;
  let functions: FunctionExpression[] | undefined;
  const pending = expressions.toReversed();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    visit(next, around);
    if (next.kind !== "Function") pushChildren(next, pending);
    else if (functions === undefined) functions = [next];
    else functions.push(next);
  }
  return functions ?? NONE;
}

function isLoop({ kind }: Statement): boolean {
  return kind === "While" || kind === "Repeat" || kind === "NumericFor" || kind === "GenericFor";
}
