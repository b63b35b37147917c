import { memberSpan } from "../member-span.ts";
import type { Argument, StateUse, Surroundings } from "../model.ts";
import type { CallExpression, Expression } from "../syntax/ast.ts";
import { argumentsOf, type Called } from "../values/called.ts";
import type { Evaluator } from "../values/evaluate.ts";
import type { KnownText } from "../values/known-text.ts";
import { ANYTHING, knownText, type Template } from "../values/template.ts";
import type { Given, Value } from "../values/value.ts";
import { variantsOf } from "../variants.ts";
import { type FunctionEffect, type FunctionEffects, slotOf } from "./effects.ts";
import type { LocalEffect, LocalPart } from "./parts.ts";
import type { GivenPart } from "./summary.ts";

/**
 * What one call of a wrapper does to State; empty when what it calls is none.
 * @param object whose method it is, where the text of the call does not tell that
 */
export function applyWrapper(
  call: CallExpression,
  called: Called,
  effects: FunctionEffects,
  evaluator: Evaluator,
  object?: Value,
): StateUse[] {
  const summary = effects.of(called);
  const made = called.value.kind === "function" && called.value.bound !== undefined;
  if (summary === undefined || summary.effects.length === 0) return [];
  const written = effects.givenBy(call, called, summary);
  const isObject = (parameter: number) => slotOf(called, summary, parameter) === -1;
  const given: Given = object === undefined ? written : withObject(written, isObject, object);
  // What a function does with what those around it are given is told at the call inside it.
  const told = summary.effects.flatMap((effect) => {
    if (isOfMore(effect, summary, given)) return [];
    if (effect.callee !== undefined) return effects.givenCalls(effect, given);
    return made || effect.args.some((parts) => parts.some(isGiven)) ? [effect] : [];
  });
  if (told.length === 0) return [];
  const wrapper = {
    name: nameOf(called.callee),
    parameters: summary.parameters,
    ...origin(called, evaluator),
  };
  const { start, commas } = writtenArguments(call, called.skipped);
  const application = new Application(call, called, summary, evaluator, given);
  return told.map(({ member, args }) => {
    const templates = application.templates({ member, args });
    const either = variantsOf(member, templates);
    return {
      member,
      memberSpan: memberSpan(called.callee),
      span: call.span,
      kind: "call",
      method: false,
      via: "wrapper",
      args: application.args({ member, args }, templates),
      ...(either === undefined ? {} : { either }),
      argsSpan: { start, end: call.argsSpan.end },
      commas,
      wrapper,
    };
  });
}

/** For `f("a")`, what is done with a second text in `for _, key in ipairs({...})`, beside a first one. */
function isOfMore(effect: LocalEffect, { effects, parameters }: FunctionEffect, given: Given) {
  return effect.args.some(([part = null], i) => {
    if (!isGiven(part) || part.outer === true || part.parameter <= parameters.length) return false;
    if (given.parameter(part.parameter) !== undefined) return false;
    return effects.some(({ member, args }) => {
      const [before = null] = args[i] ?? [];
      return member === effect.member && isGiven(before) && before.parameter < part.parameter;
    });
  });
}

function withObject(given: Given, isObject: (parameter: number) => boolean, object: Value): Given {
  return {
    ...given,
    parameter: (parameter) => (isObject(parameter) ? object : given.parameter(parameter)),
  };
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
  readonly #summary: FunctionEffect;
  readonly #evaluator: Evaluator;
  readonly #given: Given;

  constructor(
    call: CallExpression,
    called: Called,
    summary: FunctionEffect,
    evaluator: Evaluator,
    given: Given,
  ) {
    this.#call = call;
    this.#called = called;
    this.#summary = summary;
    this.#evaluator = evaluator;
    this.#given = given;
  }

  args(effect: LocalEffect, templates: readonly Template[]): Argument[] {
    return effect.args.map((parts, i) =>
      this.#argument(parts, knownText(templates[i] ?? ANYTHING)),
    );
  }

  templates(effect: LocalEffect): readonly Template[] {
    const templates = effect.args.map((parts) => this.#template(parts));
    return this.#evaluator.sites.namespaced(templates);
  }

  #argument(parts: readonly LocalPart[], text: KnownText): Argument {
    const at = parts.findIndex((part) => this.#slot(part) >= 0);
    const part = parts[at];
    const slot = this.#slot(part ?? null);
    const expression = slot < 0 ? undefined : this.#written(slot, pathOf(part ?? null));
    if (expression === undefined) return this.#setByCallee(parts, text);
    const { within, certain } = this.#around(parts, at);
    return {
      span: expression.span,
      expression,
      text,
      literal: certain && expression.kind === "String" ? expression : undefined,
      slot,
      ...(pathOf(part ?? null).length > 0 ? { field: true as const } : {}),
      within,
    };
  }

  #around(parts: readonly LocalPart[], at: number) {
    const before = this.#exact(parts.slice(0, at));
    const after = this.#exact(parts.slice(at + 1));
    const within: Surroundings | undefined =
      parts.length === 1 ? undefined : { before: before ?? "", after: after ?? "" };
    return { within, certain: before !== undefined && after !== undefined };
  }

  /** What was given where the function or its object was made, or stands in the function itself. */
  #setByCallee(parts: readonly LocalPart[], text: Argument["text"]): Argument {
    const { callee } = this.#called;
    const span = memberSpan(callee);
    const origins = parts.map((part) => this.#evaluator.fields.filling.origin(part, this.#given));
    const whole = parts.length === 1;
    const origin = origins.find((found) => found !== undefined && (whole || !found.shared));
    if (origin !== undefined) {
      const { before = "", after = "" } = this.#around(parts, origins.indexOf(origin)).within ?? {};
      const around = { before: before + origin.before, after: origin.after + after };
      return {
        span,
        expression: callee,
        text,
        literal: undefined,
        slot: undefined,
        within: around.before + around.after === "" && whole ? undefined : around,
        origin: origin.at,
      };
    }
    return {
      span,
      expression: callee,
      text,
      literal: undefined,
      slot: undefined,
      within: undefined,
    };
  }

  /** The argument, or the field in the table that it is; undefined: the field is not written. */
  #written(slot: number, path: readonly string[]): Expression | undefined {
    const args = argumentsOf(this.#call, this.#called.skipped);
    // Where no comma is typed for it, a default is what counts.
    if (slot > args.length) return undefined;
    const begun = slot === 0 || this.#call.commas.length >= slot + this.#called.skipped;
    if (args[slot] === undefined && !begun) return undefined;
    let at = args[slot] ?? this.#missing();
    for (const name of path) {
      const table = this.#evaluator.value(at);
      // What a call made is given its fields there.
      if (table.kind !== "table" || table.bound !== undefined) return undefined;
      const [only, ...others] = this.#evaluator.fields.written(table, name);
      if (only === undefined || others.length > 0) return undefined;
      at = only;
    }
    return at;
  }

  #slot(part: LocalPart): number {
    if (!isGiven(part) || part.outer === true) return -1;
    return slotOf(this.#called, this.#summary, part.parameter);
  }

  #template(parts: readonly LocalPart[]): Template {
    return this.#evaluator.fields.filling.parts(parts, this.#given);
  }

  /** The text of some parts when all of it is known. */
  #exact(parts: readonly LocalPart[]): string | undefined {
    const text = knownText(this.#template(parts));
    return text.kind === "exact" ? text.text : undefined;
  }

  /** Stands for an argument that is not written yet. */
  #missing(): Expression {
    const { end } = this.#call.argsSpan;
    return { kind: "Missing", span: { start: end, end }, apart: true };
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
  const found = evaluator.fields.exported(value);
  return { module: value.name, span: { start: found?.start ?? 0, end: found?.end ?? 0 } };
}

function isGiven(part: LocalPart): part is GivenPart {
  return part !== null && typeof part === "object" && "parameter" in part;
}

function pathOf(part: LocalPart): readonly string[] {
  return (isGiven(part) && part.path) || [];
}

/** `M.set` of the callee `M.set`. */
function nameOf(callee: Expression): string {
  if (callee.kind === "Identifier") return callee.name;
  if (callee.kind !== "Member") return "";
  const object = nameOf(callee.object);
  const separator = callee.method ? ":" : ".";
  return `${object}${object === "" ? "" : separator}${callee.name?.name ?? ""}`;
}
