import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { CallExpression, Expression, FunctionExpression } from "../syntax/ast.ts";
import { expressionsOf, visitExpressions, visitStatements } from "../syntax/walk.ts";
import { argumentsOf, type Called, calledBy } from "../values/called.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { combinations, type Hole, soleHole, type Template } from "../values/template.ts";
import { type Given, givenAs, textOf, UNKNOWN, type Value } from "../values/value.ts";
import { givenCalls } from "./given-calls.ts";
import { type LocalEffect, type LocalPart, partsOf } from "./parts.ts";

/** Effects of one function that are followed at most; more than that is no wrapper. */
const MAX_EFFECTS = 16;
/** Functions that call one another, followed at most. */
const MAX_DEPTH = 300;
/** Methods that any text has: who calls them of what is given was not given a table. */
const OF_TEXTS: ReadonlySet<string> = new Set(
  "byte find format gmatch gsub len lower match rep reverse sub upper".split(" "),
);
/** Of what `...` passes on to a function that is not known. */
const MAX_PASSED = 5;

/** What a function of this script or of another one does to State. */
export interface FunctionEffect {
  readonly method: boolean;
  readonly parameters: readonly string[];
  readonly effects: readonly LocalEffect[];
}

/** Finds out what the functions of a chunk do to State in terms of their parameters. */
export class FunctionEffects {
  readonly #evaluator: Evaluator;
  readonly #known = new Map<FunctionExpression, FunctionEffect>();
  readonly #inProgress = new Set<FunctionExpression>();

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** What calling this does to State; undefined for what is no function of a script. */
  of({ value }: Called): FunctionEffect | undefined {
    return this.#ofValue(value);
  }

  #ofValue(value: Value): FunctionEffect | undefined {
    if (value.kind === "function") return this.ofFunction(value.node);
    if (value.kind !== "module") return undefined;
    const found = this.#evaluator.fields.exported(value)?.value;
    return found?.kind === "function" ? found : undefined;
  }

  ofFunction(node: FunctionExpression): FunctionEffect {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const parameters = node.parameters.map(({ name }) => name);
    const summary = (effects: readonly LocalEffect[]): FunctionEffect => ({
      method: node.method,
      parameters,
      effects,
    });
    // A function that calls itself adds nothing by that to what its other calls do.
    const { progress } = this.#evaluator;
    if (this.#inProgress.has(node)) {
      progress.circle(node.body);
      return summary([]);
    }
    if (this.#inProgress.size > MAX_DEPTH) {
      progress.gaveUp();
      return summary([]);
    }
    this.#inProgress.add(node);
    progress.begin(node.body);
    const found = summary(this.#find(node));
    progress.end();
    this.#inProgress.delete(node);
    this.#known.set(node, found);
    return found;
  }

  #find(node: FunctionExpression): LocalEffect[] {
    const found = new Map<string, LocalEffect>();
    for (const call of callsIn(node)) {
      for (const effect of this.#ofCall(call, node)) {
        if (found.size >= MAX_EFFECTS) break;
        if (effect.callee !== undefined || effect.args.some(passesOn))
          found.set(nameOf(effect), effect);
      }
    }
    return [...found.values()];
  }

  /** What one call inside `node` does, in terms of `node`'s parameters. */
  #ofCall(call: CallExpression, node: FunctionExpression): LocalEffect[] {
    const called = calledBy(call, this.#evaluator);
    const { value } = called;
    const open = givenCallee(called);
    if (value.kind === "member" || open !== undefined) {
      const written = passedOn(call, called);
      const templates = this.passedBy(written, memberOf(value));
      return effectsOf({ member: memberOf(value), callee: open }, templates, node);
    }
    const summary = this.of(called);
    if (summary === undefined) return [];
    const given = this.givenBy(call, called, summary);
    const { filling } = this.#evaluator.fields;
    return summary.effects.flatMap((effect) => {
      const who = effect.callee === undefined ? undefined : filling.given(effect.callee, given);
      const callee = who?.kind === "text" ? soleHole(who.template) : undefined;
      const all = callee === undefined ? this.givenCalls(effect, given) : [effect];
      return all.flatMap(({ member, args }) => {
        const templates = args.map((parts) => filling.parts(parts, given));
        return effectsOf({ member, callee }, templates, node);
      });
    });
  }

  /** What a function does by calling what it is given, in terms of its parameters. */
  givenCalls(effect: LocalEffect, given: Given): readonly LocalEffect[] {
    return givenCalls(effect, given, this.#evaluator, (value) => this.#ofValue(value));
  }

  /**
   * What the arguments of a call are, `...` at the end among them.
   * @param member the function of State that is called; empty: not known
   */
  passedBy(written: readonly Expression[], member: string): readonly Template[] {
    const { several } = this.#evaluator;
    const open = several.areKnown(written.at(-1)) ? written.at(-1) : undefined;
    const named = (open === undefined ? written : written.slice(0, -1)).map((one) =>
      this.#evaluator.text(one),
    );
    if (open === undefined) return named;
    const taken = STATE_MEMBERS.get(member)?.parameters.length ?? MAX_PASSED;
    const count = Math.max(1, taken - named.length);
    const more = Array.from({ length: count }, (_, place) => textOf(several.at(open, place)));
    return [...named, ...more];
  }

  /** What a call gives to the function that it calls, directly or by `pcall`. */
  givenBy(call: CallExpression, called: Called, summary: Pick<FunctionEffect, "method">): Given {
    const { value } = called;
    const open = call.args.at(-1);
    const last = open?.kind;
    const more = last === "Vararg" || last === "Call" || last === "Missing";
    const { several } = this.#evaluator;
    const passed = argumentsOf(call, called.skipped).length - 1;
    return {
      parameter: (parameter) => {
        const extra = slotOf(called, summary, parameter) - passed;
        if (open !== undefined && extra >= 0 && several.areKnown(open)) {
          return several.at(open, extra);
        }
        const argument = argumentFor(call, called, summary, parameter);
        if (argument?.kind === "Nil") return undefined;
        if (argument !== undefined) return givenAs(this.#evaluator.value(argument), argument);
        return more || slotOf(called, summary, parameter) < 0 ? UNKNOWN : undefined;
      },
      outer: value.kind === "module" ? value.made?.given : undefined,
      bound: value.kind === "function" ? value.bound : undefined,
    };
  }
}

/** One effect for each of what the arguments may be together. */
function effectsOf(
  { member, callee }: { readonly member: string; readonly callee: Hole | undefined },
  templates: readonly Template[],
  node: FunctionExpression,
): LocalEffect[] {
  const [open] = callee === undefined ? [] : partsOf([callee], node);
  return combinations(templates).map((one) => ({
    member,
    args: one.templates.map((template) => partsOf(template, node)),
    ...(open === undefined ? {} : { callee: open }),
  }));
}

/** What is called, where that is given: a parameter, a field or method of it. */
export function givenCallee({ value, callee }: Called): Hole | undefined {
  if (value.kind !== "text") return undefined;
  const ofText = callee.kind === "Member" && callee.method && OF_TEXTS.has(callee.name?.name ?? "");
  return ofText ? undefined : soleHole(value.template);
}

/** The arguments that a call of something given passes on; of a method, the object first. */
export function passedOn(call: CallExpression, { callee, value, skipped }: Called) {
  const written = argumentsOf(call, skipped);
  const isGiven = value.kind === "text" && callee.kind === "Member" && callee.method;
  return isGiven ? [callee.object, ...written] : written;
}

/** The function of State that is called; empty: one that is given. */
function memberOf(value: Value): string {
  return value.kind === "member" ? value.name : "";
}

/** Two effects of the same name are the same. */
function nameOf({ member, args, callee }: LocalEffect): string {
  return JSON.stringify([member, args, callee], (key, value) =>
    key === "variable" ? [value.name, value.declaration?.span.start, value.extra] : value,
  );
}

/** The call's argument that arrives as a parameter (0-based; -1: `self`) of what is called. */
function argumentFor(
  call: CallExpression,
  called: Called,
  summary: Pick<FunctionEffect, "method">,
  parameter: number,
): Expression | undefined {
  const slot = slotOf(called, summary, parameter);
  if (slot >= 0) return argumentsOf(call, called.skipped)[slot];
  return slot === -1 && called.callee.kind === "Member" ? called.callee.object : undefined;
}

/** The place among the written arguments; -1: the object before `:`. */
export function slotOf(
  called: Called,
  summary: Pick<FunctionEffect, "method">,
  parameter: number,
): number {
  const method = called.callee.kind === "Member" && called.callee.method;
  return parameter + (summary.method ? 1 : 0) - (method ? 1 : 0);
}

function passesOn(parts: readonly LocalPart[]): boolean {
  return parts.some((part) => part !== null && typeof part === "object");
}

/** Calls that a function makes, also in functions that it hands to others (`pcall(function() ...`). */
function callsIn(node: FunctionExpression): CallExpression[] {
  const calls: CallExpression[] = [];
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    visitStatements(next.body, (statement) => {
      for (const expression of expressionsOf(statement)) {
        visitExpressions(expression, (inner) => {
          if (inner.kind !== "Call") return;
          calls.push(inner);
          for (const argument of inner.args)
            if (argument.kind === "Function") pending.push(argument);
        });
      }
    });
  }
  return calls;
}
