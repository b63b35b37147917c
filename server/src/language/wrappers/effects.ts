import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { CallExpression, Expression, FunctionExpression } from "../syntax/ast.ts";
import { expressionsOf, visitExpressions, visitStatements } from "../syntax/walk.ts";
import { argumentsOf, type Called, calledBy } from "../values/called.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { combinations, type Template } from "../values/template.ts";
import { type Given, givenAs, UNKNOWN } from "../values/value.ts";
import { type LocalPart, partsOf } from "./parts.ts";

/** Effects of one function that are followed at most; more than that is no wrapper. */
const MAX_EFFECTS = 16;

/** A State function that a function of the script calls, in terms of its parameters. */
export interface LocalEffect {
  readonly member: string;
  readonly args: readonly (readonly LocalPart[])[];
}

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
        if (effect.args.some(passesOn)) found.set(nameOf(effect), effect);
      }
    }
    return [...found.values()];
  }

  /** What one call inside `node` does, in terms of `node`'s parameters. */
  #ofCall(call: CallExpression, node: FunctionExpression): LocalEffect[] {
    const called = calledBy(call, this.#evaluator);
    const { value, skipped } = called;
    if (value.kind === "member") {
      const written = argumentsOf(call, skipped);
      const templates = written.map((argument) => this.#evaluator.text(argument));
      const all = effectsOf(value.name, templates, node);
      if (written.at(-1)?.kind !== "Vararg") return all;
      return all.map(({ member, args }) => ({
        member,
        args: [...args.slice(0, -1), ...extraArguments(member, args, node)],
      }));
    }
    const summary = this.of(called);
    if (summary === undefined) return [];
    const given = this.givenBy(call, called, summary);
    return summary.effects.flatMap(({ member, args }) => {
      const templates = args.map((parts) => this.#evaluator.fields.filling.parts(parts, given));
      return effectsOf(member, templates, node);
    });
  }

  /** What a call gives to the function that it calls, directly or by `pcall`. */
  givenBy(call: CallExpression, called: Called, summary: FunctionEffect): Given {
    const { value } = called;
    const last = call.args.at(-1)?.kind;
    const more = last === "Vararg" || last === "Call" || last === "Missing";
    return {
      parameter: (parameter) => {
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
  member: string,
  templates: readonly Template[],
  node: FunctionExpression,
): LocalEffect[] {
  return combinations(templates).map((one) => ({
    member,
    args: one.templates.map((template) => partsOf(template, node)),
  }));
}

/** Two effects of the same name are the same. */
function nameOf({ member, args }: LocalEffect): string {
  return JSON.stringify([member, args], (key, value) =>
    key === "variable" ? [value.name, value.declaration?.span.start] : value,
  );
}

/** The call's argument that arrives as a parameter (0-based; -1: `self`) of what is called. */
function argumentFor(
  call: CallExpression,
  called: Called,
  summary: FunctionEffect,
  parameter: number,
): Expression | undefined {
  const slot = slotOf(called, summary, parameter);
  if (slot >= 0) return argumentsOf(call, called.skipped)[slot];
  return slot === -1 && called.callee.kind === "Member" ? called.callee.object : undefined;
}

/** The place among the written arguments; -1: the object before `:`. */
export function slotOf(called: Called, summary: FunctionEffect, parameter: number): number {
  const method = called.callee.kind === "Member" && called.callee.method;
  return parameter + (summary.method ? 1 : 0) - (method ? 1 : 0);
}

/** What `...` gives the rest of a State function's parameters: what is passed beyond the named ones. */
function extraArguments(
  member: string,
  args: readonly unknown[],
  node: FunctionExpression,
): LocalPart[][] {
  const taken = STATE_MEMBERS.get(member)?.parameters.length ?? args.length;
  const count = Math.max(1, taken - args.length + 1);
  return Array.from({ length: count }, (_, i) => [{ parameter: node.parameters.length + i }]);
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
