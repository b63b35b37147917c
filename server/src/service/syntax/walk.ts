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
  const inside: Outer = { ...outer, blocks: [...outer.blocks, block] };
  for (const statement of block.statements) {
    const functions = visitStatement(statement, { ...inside, statement }, visit);
    for (const { body } of functions) {
      walkExpressions(body, visit, { ...inside, loops: [], conditional: false });
    }
    const within = isLoop(statement)
      ? { ...inside, loops: [...outer.loops, statement], conditional: false }
      : { ...inside, conditional: outer.conditional || statement.kind === "If" };
    for (const inner of blocksOf(statement)) walkExpressions(inner, visit, within);
  }
}

/** Visits what stands directly in a statement; gives the functions met, to be entered. */
function visitStatement(
  statement: Statement,
  around: Around,
  visit: (expression: Expression, around: Around) => void,
): FunctionExpression[] {
  const functions: FunctionExpression[] = [];
  const pending = expressionsOf(statement).toReversed();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    visit(next, around);
    if (next.kind === "Function") functions.push(next);
    else pushChildren(next, pending);
  }
  return functions;
}

function isLoop({ kind }: Statement): boolean {
  return kind === "While" || kind === "Repeat" || kind === "NumericFor" || kind === "GenericFor";
}
