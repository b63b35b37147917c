import { memberSpan } from "../member-span.ts";
import type { Argument, StateUse, Surroundings } from "../model.ts";
import type { CallExpression, Expression } from "../syntax/ast.ts";
import { argumentsOf, type Called } from "../values/called.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { knownText, type Template } from "../values/template.ts";
import { argumentFor, type FunctionEffects, slotOf } from "./effects.ts";
import { templateFor } from "./parts.ts";
import type { Effect, EffectPart, FunctionSummary } from "./summary.ts";

/** What one call of a wrapper does to State; empty when what it calls is none. */
export function applyWrapper(
  call: CallExpression,
  called: Called,
  effects: FunctionEffects,
  evaluator: Evaluator,
): StateUse[] {
  const summary = effects.of(called);
  if (summary === undefined || summary.effects.length === 0) return [];
  const wrapper = {
    name: nameOf(called.callee),
    parameters: summary.parameters,
    ...origin(called, evaluator),
  };
  const { start, commas } = writtenArguments(call, called.skipped);
  return summary.effects.map((effect) => ({
    member: effect.member,
    memberSpan: memberSpan(called.callee),
    span: call.span,
    kind: "call",
    method: false,
    via: "wrapper",
    args: new Application(call, called, summary, evaluator).args(effect),
    argsSpan: { start, end: call.argsSpan.end },
    commas,
    wrapper,
  }));
}

/** Where the arguments of what is called begin, and the commas between them. */
export function writtenArguments(
  call: CallExpression,
  skipped: number,
): { start: number; commas: readonly number[] } {
  const comma = call.commas[skipped - 1];
  const start = comma === undefined ? call.argsSpan.start : comma + 1;
  return { start, commas: call.commas.slice(skipped) };
}

class Application {
  readonly #call: CallExpression;
  readonly #called: Called;
  readonly #summary: FunctionSummary;
  readonly #evaluator: Evaluator;

  constructor(
    call: CallExpression,
    called: Called,
    summary: FunctionSummary,
    evaluator: Evaluator,
  ) {
    this.#call = call;
    this.#called = called;
    this.#summary = summary;
    this.#evaluator = evaluator;
  }

  args(effect: Effect): Argument[] {
    return effect.args.map((parts) => this.#argument(parts));
  }

  #argument(parts: readonly EffectPart[]): Argument {
    const text = knownText(this.#template(parts));
    const at = parts.findIndex((part) => this.#slot(part) >= 0);
    const slot = this.#slot(parts[at] ?? null);
    if (slot < 0) {
      const { callee } = this.#called;
      const span = memberSpan(callee);
      return {
        span,
        expression: callee,
        text,
        literal: undefined,
        slot: undefined,
        within: undefined,
      };
    }
    const expression = argumentsOf(this.#call, this.#called.skipped)[slot] ?? this.#missing();
    const before = this.#exact(parts.slice(0, at));
    const after = this.#exact(parts.slice(at + 1));
    const within: Surroundings | undefined =
      parts.length === 1 ? undefined : { before: before ?? "", after: after ?? "" };
    const certain = before !== undefined && after !== undefined;
    return {
      span: expression.span,
      expression,
      text,
      literal: certain && expression.kind === "String" ? expression : undefined,
      slot,
      within,
    };
  }

  #slot(part: EffectPart): number {
    if (part === null || typeof part === "string") return -1;
    return slotOf(this.#called, this.#summary, part.parameter);
  }

  #template(parts: readonly EffectPart[]): Template {
    return templateFor(parts, (parameter) => {
      const argument = argumentFor(this.#call, this.#called, this.#summary, parameter);
      return argument && this.#evaluator.text(argument);
    });
  }

  /** The text of some parts when all of it is known. */
  #exact(parts: readonly EffectPart[]): string | undefined {
    const text = knownText(this.#template(parts));
    return text.kind === "exact" ? text.text : undefined;
  }

  /** Stands for an argument that is not written yet. */
  #missing(): Expression {
    const { end } = this.#call.argsSpan;
    return { kind: "Missing", span: { start: end, end } };
  }
}

function origin(called: Called, evaluator: Evaluator) {
  const { value } = called;
  if (value.kind !== "module") {
    return {
      module: undefined,
      span: value.kind === "function" ? value.node.span : called.callee.span,
    };
  }
  const found = evaluator.exported(value.name, value.path);
  return { module: value.name, span: { start: found?.start ?? 0, end: found?.end ?? 0 } };
}

/** `M.set` of the callee `M.set`. */
function nameOf(callee: Expression): string {
  if (callee.kind === "Identifier") return callee.name;
  if (callee.kind !== "Member") return "";
  const object = nameOf(callee.object);
  const separator = callee.method ? ":" : ".";
  return `${object}${object === "" ? "" : separator}${callee.name?.name ?? ""}`;
}
