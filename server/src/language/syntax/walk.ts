import type { Block, Expression, Statement } from "./ast.ts";
import { pushChildren } from "./children.ts";
import type { Span } from "./span.ts";

/** The expressions that stand directly in a statement, not those of blocks inside it. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case "Local":
    case "Return":
      return statement.values;
    case "Assignment":
      return [...statement.targets, ...statement.values];
    case "ExpressionStatement":
      return [statement.expression];
    case "While":
    case "Repeat":
      return [statement.condition];
    case "If":
      return statement.clauses.map((clause) => clause.condition);
    case "NumericFor":
      return [
        statement.from,
        statement.to,
        ...(statement.step === undefined ? [] : [statement.step]),
      ];
    case "GenericFor":
      return statement.values;
    case "FunctionStatement":
      return [statement.target, statement.function];
    case "LocalFunction":
      return [statement.function];
    default:
      return [];
  }
}

/** The blocks directly inside a statement; functions' bodies are not among them. */
export function blocksOf(statement: Statement): readonly Block[] {
  switch (statement.kind) {
    case "Do":
    case "While":
    case "Repeat":
    case "NumericFor":
    case "GenericFor":
      return [statement.body];
    case "If": {
      const bodies = statement.clauses.map((clause) => clause.body);
      return statement.otherwise === undefined ? bodies : [...bodies, statement.otherwise];
    }
    default:
      return [];
  }
}

/** Visits every statement of a block and of the blocks in it, functions' bodies left out. */
export function visitStatements(block: Block, visit: (statement: Statement) => void): void {
  for (const statement of block.statements) {
    visit(statement);
    for (const inner of blocksOf(statement)) visitStatements(inner, visit);
  }
}

/**
 * Visits an expression and all inside it, parents first. Functions are visited, their bodies are
 * not. Chains may be thousands long: it keeps its own stack.
 */
export function visitExpressions(expression: Expression, visit: (e: Expression) => void): void {
  const pending = [expression];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    visit(next);
    if (next.kind !== "Function") pushChildren(next, pending);
  }
}

/** Visits the expressions whose text an offset touches, in functions' bodies too, parents first. */
export function visitExpressionsAt(
  block: Block,
  offset: number,
  visit: (e: Expression) => void,
): void {
  const touches = ({ start, end }: Span) => offset >= start && offset <= end;
  for (const statement of block.statements) {
    if (!touches(statement.span)) continue;
    const pending = [...expressionsOf(statement)];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (!touches(next.span)) continue;
      visit(next);
      if (next.kind === "Function") visitExpressionsAt(next.body, offset, visit);
      else pushChildren(next, pending);
    }
    for (const inner of blocksOf(statement)) visitExpressionsAt(inner, offset, visit);
  }
}

/** Visits every expression of a block, those in functions' bodies too, parents first. */
export function visitAllExpressions(block: Block, visit: (e: Expression) => void): void {
  visitStatements(block, (statement) => {
    for (const expression of expressionsOf(statement)) {
      visitExpressions(expression, (inner) => {
        visit(inner);
        if (inner.kind === "Function") visitAllExpressions(inner.body, visit);
      });
    }
  });
}
