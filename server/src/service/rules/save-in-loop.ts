import type { Span, StateUse } from "../../language/model.ts";
import type { Expression, Statement } from "../../language/syntax/ast.ts";
import { touchedBy } from "../../language/touched.ts";
import { ends } from "../syntax/endings.ts";
import { isGlobal, type Script, unwrap, variableOf } from "../syntax/script.ts";
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
    for (const { use, around } of known.stateCalls()) {
      const { loops, blocks, conditional } = around;
      const loop = loops.at(-1);
      if (loop === undefined || !changes(use)) continue;
      for (const outer of loops) if (!isSameEveryRound(known, use, outer)) working.add(outer);
      if (conditional || !isWrite(use)) continue;
      const block = blocks.at(-1);
      const once = block !== undefined && ends(known, block);
      if (!once && !isEndless(loop) && isSameEveryRound(known, use, loop)) {
        found.push({ span: use.span, loop });
      }
    }
    if (found.length === 0) return [];
    // What others do may fail, take long, or need to see how far it is: each round is worth saving.
    const outside = outsideNames(known);
    walkExpressions(model.chunk.body, (expression, { loops }) => {
      if (outside.has(expression)) for (const around of loops) working.add(around);
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

/** rs-llmspell's globals that reach models, tools and services, and what hands control to others. */
const OUTSIDE = [
  ..."Agent LocalLLM Provider RAG Session Tool Workflow".split(" "),
  ..."coroutine.yield io.read os.execute io.popen".split(" "),
];

/**
 * Every mention of what works outside of the script, or of a local that one of those gave, and every
 * call of a function that was handed over: nobody knows what that does.
 */
function outsideNames(script: Script): ReadonlySet<Expression> {
  const found = new Set<Expression>();
  for (const path of OUTSIDE) {
    const [root = "", field] = path.split(".");
    for (const { at } of script.scopes.globals.get(root)?.references ?? []) {
      if (field === undefined) found.add(at);
    }
  }
  walkExpressions(script.scopes.chunk.body, (expression) => {
    const outside =
      expression.kind === "Member" && OUTSIDE.some((path) => isGlobal(script, expression, path));
    if (outside || (expression.kind === "Call" && isHandedOver(script, expression.callee)))
      found.add(expression);
  });
  for (const { definitions, references } of script.scopes.locals) {
    const made = definitions.some(({ value }) => value !== undefined && found.has(rootOf(value)));
    if (made) for (const { at } of references) found.add(at);
  }
  return found;
}

/** `steps[i]`, or in a loop over steps, or as a parameter: `step`, `step.run`; no method of a text. */
function isHandedOver(script: Script, callee: Expression): boolean {
  const at = unwrap(callee);
  if (at.kind === "Index") return unwrap(at.index).kind !== "String";
  const holder = at.kind === "Member" && !at.method ? at.object : at;
  const kind = variableOf(script, holder)?.kind;
  return kind === "parameter" || kind === "loop";
}

/** `Agent` of `Agent.builder():model("m"):build()`. */
function rootOf(expression: Expression): Expression {
  let at = unwrap(expression);
  for (;;) {
    if (at.kind === "Call") at = unwrap(at.callee);
    else if (at.kind === "Member") at = unwrap(at.object);
    else return at;
  }
}

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
