import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { CallExpression, Expression, FunctionExpression } from "../syntax/ast.ts";
import { expressionsOf, visitExpressions, visitStatements } from "../syntax/walk.ts";
import { argumentsOf, type Called, calledBy } from "../values/called.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { partsOf } from "./parts.ts";
import type { Effect, EffectPart, FunctionSummary } from "./summary.ts";

/** Effects of one function that are followed at most; more than that is no wrapper. */
const MAX_EFFECTS = 16;

/** Finds out what the functions of a chunk do to State in terms of their parameters. */
export class FunctionEffects {
  readonly #evaluator: Evaluator;
  readonly #known = new Map<FunctionExpression, FunctionSummary>();
  readonly #inProgress = new Set<FunctionExpression>();

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** What calling this does to State; undefined for what is no function of a script. */
  of({ value }: Called): FunctionSummary | undefined {
    if (value.kind === "function") return this.ofFunction(value.node);
    if (value.kind !== "module") return undefined;
    const found = this.#evaluator.exported(value.name, value.path)?.value;
    return found?.kind === "function" ? found : undefined;
  }

  ofFunction(node: FunctionExpression): FunctionSummary {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const parameters = node.parameters.map(({ name }) => name);
    const summary = (effects: readonly Effect[]): FunctionSummary => ({
      kind: "function",
      method: node.method,
      parameters,
      effects,
    });
    // A function that calls itself adds nothing by that to what its other calls do.
    if (this.#inProgress.has(node)) return summary([]);
    this.#inProgress.add(node);
    const found = summary(this.#find(node));
    this.#inProgress.delete(node);
    this.#known.set(node, found);
    return found;
  }

  #find(node: FunctionExpression): Effect[] {
    const found = new Map<string, Effect>();
    for (const call of callsIn(node)) {
      for (const effect of this.#ofCall(call, node)) {
        if (found.size >= MAX_EFFECTS) break;
        if (effect.args.some(passesOn)) found.set(JSON.stringify(effect), effect);
      }
    }
    return [...found.values()];
  }

  /** What one call inside `node` does, in terms of `node`'s parameters. */
  #ofCall(call: CallExpression, node: FunctionExpression): Effect[] {
    const called = calledBy(call, this.#evaluator);
    const { value, skipped } = called;
    if (value.kind === "member") {
      const written = argumentsOf(call, skipped);
      const args = written.map((argument) => this.#parts(argument, node));
      if (written.at(-1)?.kind === "Vararg")
        args.splice(-1, 1, ...extraArguments(value.name, args, node));
      return [{ member: value.name, args }];
    }
    const summary = this.of(called);
    if (summary === undefined) return [];
    const argument = (parameter: number): readonly EffectPart[] => {
      const expression = argumentFor(call, called, summary, parameter);
      return expression === undefined ? [null] : this.#parts(expression, node);
    };
    return summary.effects.map(({ member, args }) => ({
      member,
      args: args.map((parts) => substitute(parts, argument)),
    }));
  }

  #parts(expression: Expression, node: FunctionExpression): readonly EffectPart[] {
    return partsOf(this.#evaluator.text(expression), node);
  }
}

/** The parts with every parameter replaced; a text that is put in joins its neighbours. */
function substitute(
  parts: readonly EffectPart[],
  argument: (parameter: number) => readonly EffectPart[],
): EffectPart[] {
  const joined: EffectPart[] = [];
  for (const part of parts.flatMap((p) =>
    p !== null && typeof p === "object" ? argument(p.parameter) : [p],
  )) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string")
      joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}

/** The call's argument that arrives as a parameter (0-based; -1: `self`) of what is called. */
export function argumentFor(
  call: CallExpression,
  called: Called,
  summary: FunctionSummary,
  parameter: number,
): Expression | undefined {
  const slot = slotOf(called, summary, parameter);
  if (slot >= 0) return argumentsOf(call, called.skipped)[slot];
  return slot === -1 && called.callee.kind === "Member" ? called.callee.object : undefined;
}

/** The place among the written arguments; -1: the object before `:`. */
export function slotOf(called: Called, summary: FunctionSummary, parameter: number): number {
  const method = called.callee.kind === "Member" && called.callee.method;
  return parameter + (summary.method ? 1 : 0) - (method ? 1 : 0);
}

/** What `...` gives the rest of a State function's parameters: what is passed beyond the named ones. */
function extraArguments(
  member: string,
  args: readonly unknown[],
  node: FunctionExpression,
): EffectPart[][] {
  const taken = STATE_MEMBERS.get(member)?.parameters.length ?? args.length;
  const count = Math.max(1, taken - args.length + 1);
  return Array.from({ length: count }, (_, i) => [{ parameter: node.parameters.length + i }]);
}

function passesOn(parts: readonly EffectPart[]): boolean {
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
