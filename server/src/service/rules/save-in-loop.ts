import type { Span, StateUse } from "../../language/model.ts";
import type { Expression, Statement } from "../../language/syntax/ast.ts";
import { touchedBy } from "../../language/touched.ts";
import { ends } from "../syntax/endings.ts";
import { type Script, unwrap } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";
import type { Rule } from "./rule.ts";

/** One and the same entry saved in every round of a loop. */
export const saveInLoop: Rule = {
  code: "save-in-loop",
  family: "use",
  defaultSeverity: "information",
  summary: "The same entry saved in every round of a loop",
  check: ({ model, script }) => {
    if (!model.uses.some(isWrite)) return [];
    const known = script();
    const found: { readonly span: Span; readonly loop: Statement }[] = [];
    const working = new Set<Statement>();
    walkExpressions(model.chunk.body, (expression, { loops, blocks, conditional }) => {
      const loop = loops.at(-1);
      const use = expression.kind === "Call" ? known.useOf(expression) : undefined;
      if (use === undefined || loop === undefined || !changes(use)) return;
      for (const around of loops) if (!isSameEveryRound(known, use, around)) working.add(around);
      if (conditional || !isWrite(use)) return;
      const block = blocks.at(-1);
      const once = block !== undefined && ends(known, block);
      if (!once && !isEndless(loop) && isSameEveryRound(known, use, loop)) {
        found.push({ span: use.span, loop });
      }
    });
    // Beside entries that each round works on, it says how far the work has come.
    const idle = found.filter(({ loop }) => !working.has(loop));
    return idle.map(({ span }) => ({
      span,
      message:
        "This entry is saved again in every round. Change the value in the loop and save it once behind it.",
    }));
  },
};

function changes(use: StateUse): boolean {
  return isWrite(use) || use.member === "delete";
}

function isWrite(use: StateUse): boolean {
  return touchedBy(use)?.member.access === "write";
}

/** `while true do`: a loop that serves, and has no place behind it to save. */
function isEndless(loop: Statement): boolean {
  return loop.kind === "While" && unwrap(loop.condition).kind === "True";
}

function isSameEveryRound(script: Script, use: StateUse, loop: Statement): boolean {
  const names = [touchedBy(use)?.namespaceArgument, touchedBy(use)?.keyArgument];
  return names.every(
    (argument) => argument !== undefined && isFixed(script, argument.expression, loop.span),
  );
}

/** Whether an expression is made of texts and of names that the loop gives no value. */
function isFixed(script: Script, expression: Expression, loop: Span): boolean {
  const at = unwrap(expression);
  if (at.kind === "String" || at.kind === "Number") return true;
  if (at.kind === "Binary" && at.operator === "..") {
    return isFixed(script, at.left, loop) && isFixed(script, at.right, loop);
  }
  if (at.kind !== "Identifier") return false;
  const variable = script.scopes.variables.get(at);
  const inside = ({ start }: Span) => start >= loop.start && start < loop.end;
  if (variable === undefined || variable.kind === "global") return false;
  if (variable.declaration !== undefined && inside(variable.declaration.span)) return false;
  return variable.definitions.every(({ at: { span } }) => !inside(span));
}
