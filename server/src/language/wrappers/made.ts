import type { StateUse } from "../model.ts";
import type { CallExpression, Expression } from "../syntax/ast.ts";
import { calledBy } from "../values/called.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { applyWrapper } from "./apply.ts";
import type { FunctionEffects } from "./effects.ts";

/** Methods of one object that are looked at. */
const MAX_METHODS = 50;

/**
 * The uses of State behind a call of what `call` makes, were it called without arguments: what the
 * call gives is their arguments' `origin`.
 */
export function usesOfMade(
  call: CallExpression,
  effects: FunctionEffects,
  evaluator: Evaluator,
): readonly StateUse[] {
  return calleesOf(call, evaluator).flatMap((callee) => {
    const { end } = call.span;
    const argsSpan = { start: end, end };
    const made = { ...call, callee, args: [], argsSpan, commas: [] };
    return applyWrapper(made, calledBy(made, evaluator), effects, evaluator);
  });
}

/** What may be called of what a call makes: itself, or its fields and methods by their names. */
function calleesOf(call: CallExpression, evaluator: Evaluator): readonly Expression[] {
  const value = evaluator.value(call);
  if (value.kind === "function") return value.bound === undefined ? [] : [call];
  if (value.kind === "module" && value.made !== undefined) {
    const names = value.made.exports.flatMap(({ path: [name] }) => name ?? []);
    return [call, ...names.slice(0, MAX_METHODS).map((name) => methodOf(call, name))];
  }
  if (value.kind !== "table") return [];
  const shared = evaluator.fields.inheritedBy(value);
  const names = new Set([
    ...evaluator.fields.single(value).keys(),
    ...(shared === undefined ? [] : evaluator.fields.single(shared).keys()),
  ]);
  return [...names].slice(0, MAX_METHODS).map((name) => methodOf(call, name));
}

function methodOf(object: CallExpression, name: string): Expression {
  const { end } = object.span;
  const span = { start: end, end };
  return {
    kind: "Member",
    span: object.span,
    object,
    dot: end,
    method: true,
    name: { kind: "Identifier", span, name },
    nameSpan: span,
  };
}
