import type { ScriptModel, Span } from "../../language/model.ts";
import type { Block, Expression, Statement } from "../../language/syntax/ast.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import { presence } from "../syntax/presence.ts";
import { isGlobal, type Script } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";
import { Deletions } from "./deletions.ts";
import { type Entry, entryOf } from "./surely-stored.ts";

/**
 * Tells of a load whether a condition around it, or one that left before it, has loaded the same entry
 * and found something: `if State.load("a", "b") then print(State.load("a", "b").name) end`.
 */
export function foundBefore(model: ScriptModel, script: Script): (load: Span) => boolean {
  const reads = new Map<string, Entry>();
  for (const use of allUses(model)) {
    const entry = touchedBy(use)?.member.access === "read" ? entryOf(use, script) : undefined;
    if (entry !== undefined) reads.set(placeOf(use.span), entry);
  }
  const ask = (condition: Expression) =>
    presence(condition, ({ kind, span }) =>
      kind === "Call" ? reads.get(placeOf(span))?.name : undefined,
    );
  const found = new Map<string, Span[]>();
  const note = (names: ReadonlySet<string>, span: Span | undefined) => {
    if (span === undefined) return;
    for (const name of names) {
      const spans = found.get(name) ?? [];
      spans.push(span);
      found.set(name, spans);
    }
  };
  walkExpressions(model.chunk.body, (expression, { statement, blocks }) => {
    if (expression.kind === "Binary") {
      const { operator, left, right } = expression;
      if (operator === "and") note(ask(left).whenTrue, right.span);
      if (operator === "or") note(ask(left).whenFalse, right.span);
    }
    if (statement.kind === "While" && expression === statement.condition) {
      note(ask(expression).whenTrue, statement.body.span);
    }
    if (statement.kind !== "If") return;
    const clause = statement.clauses.find(({ condition }) => condition === expression);
    if (clause === undefined) return;
    const { whenTrue, whenFalse } = ask(expression);
    note(whenTrue, clause.body.span);
    note(whenFalse, { start: clause.body.span.end, end: statement.span.end });
    const block = leaves(clause.body, script) ? blocks.at(-1) : undefined;
    note(whenFalse, block && { start: statement.span.end, end: block.span.end });
  });
  const deletions = new Deletions(model.uses);
  return (load) => {
    const entry = reads.get(placeOf(load));
    if (entry === undefined) return false;
    return (found.get(entry.name) ?? []).some(
      (span) =>
        span.start <= load.start &&
        load.end <= span.end &&
        !deletions.between(span.start, load.start, entry),
    );
  };
}

function placeOf({ start, end }: Span): string {
  return `${start}-${end}`;
}

/** Whether what stands behind a block is not reached from its end. */
function leaves({ statements }: Block, script: Script): boolean {
  const last: Statement | undefined = statements.at(-1);
  if (last?.kind === "ExpressionStatement" && last.expression.kind === "Call") {
    return isGlobal(script, last.expression.callee, "error");
  }
  return last?.kind === "Return" || last?.kind === "Break";
}
