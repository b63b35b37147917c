import type { ScriptModel, StateUse } from "../../language/model.ts";
import type { Scopes, Variable } from "../../language/scope/variables.ts";
import type { CallExpression, Expression } from "../../language/syntax/ast.ts";
import { Evaluator } from "../../language/values/evaluate.ts";
import { type Around, walkExpressions } from "./walk.ts";

/** A script's tree with what its names mean, for rules that look beyond single calls. */
export interface Script {
  readonly scopes: Scopes;
  readonly evaluator: Evaluator;
  /** The use of State that a call is itself; none for `pcall(State.save, ...)`. */
  readonly useOf: (call: CallExpression) => StateUse | undefined;
  /** Those calls, in the order of `walkExpressions`: found once, since several rules go through them. */
  readonly stateCalls: () => readonly StateCall[];
}

/** A call that is itself a use of State. */
export interface StateCall {
  readonly call: CallExpression;
  readonly use: StateUse;
  readonly around: Around;
}

/** Understands the names of a script. */
export function readScript(model: ScriptModel): Script {
  const { scopes } = model;
  const evaluator = new Evaluator(scopes);
  const calls = new Map(
    model.uses.filter(({ kind }) => kind === "call").map((use) => [placeOf(use), use]),
  );
  const useOf = (call: CallExpression) => {
    const use = calls.get(placeOf(call));
    return use !== undefined && use.memberSpan.end <= call.callee.span.end ? use : undefined;
  };
  let known: readonly StateCall[] | undefined;
  const stateCalls = () => {
    known ??= findStateCalls(model, useOf);
    return known;
  };
  return { scopes, evaluator, useOf, stateCalls };
}

function findStateCalls({ chunk }: ScriptModel, useOf: Script["useOf"]): readonly StateCall[] {
  const found: StateCall[] = [];
  walkExpressions(chunk.body, (expression, around) => {
    const use = expression.kind === "Call" ? useOf(expression) : undefined;
    if (expression.kind === "Call" && use !== undefined)
      found.push({ call: expression, use, around });
  });
  return found;
}

function placeOf({ span }: Pick<StateUse, "span">): string {
  return `${span.start}-${span.end}`;
}

/** The expression without parentheses around it. */
export function unwrap(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === "Paren") inner = inner.expression;
  return inner;
}

/** The variable that an expression names, if it is just a name. */
export function variableOf(
  { scopes }: Pick<Script, "scopes">,
  expression: Expression,
): Variable | undefined {
  const inner = unwrap(expression);
  return inner.kind === "Identifier" ? scopes.variables.get(inner) : undefined;
}

/**
 * The expression that gives a value: through parentheses and names of locals that are given a value
 * once and, where that is a table, are not changed by field. The expression itself where unsure.
 */
export function origin(script: Script, expression: Expression): Expression {
  let at = unwrap(expression);
  for (let steps = 0; steps < 10; steps++) {
    const variable = variableOf(script, at);
    const [only, ...others] = variable?.definitions ?? [];
    if (variable === undefined || variable.kind === "global" || only?.value === undefined)
      return at;
    if (others.length > 0 || variable.fields.length > 0) return at;
    at = unwrap(only.value);
  }
  return at;
}

/** Whether an expression is the global function of this name, untouched by the script. */
export function isGlobal({ evaluator }: Script, expression: Expression, path: string): boolean {
  const value = evaluator.value(expression);
  return value.kind === "global" && value.path === path;
}
