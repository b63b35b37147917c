import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { Evaluator } from "../values/evaluate.ts";
import type { Bound, Given, Value } from "../values/value.ts";
import type { LocalEffect, LocalPart } from "./parts.ts";

/** What an effect is, or a loaded value that is given back, or the part of it under `path`. */
interface Told extends LocalEffect {
  readonly path?: readonly (string | null)[];
}

/** What a function that was given tells: its effects, or what it gives back. */
interface Teller {
  readonly method: boolean;
  readonly effects: readonly Told[];
}

/** Functions that are given one through the other, followed at most: they may be given themselves. */
const MAX_LEVELS = 3;
/** All that are followed from one call. */
const MAX_CALLS = 24;

/**
 * What calling something that was given does, in terms of who was given it: of `f(ns, key)` in
 * `retry(3, State.load, ...)` a load. What is still open is not among it, nor what the text of a given
 * function tells by itself.
 */
export function givenCalls(
  effect: Told,
  given: Given,
  evaluator: Evaluator,
  effectOf: (value: Value) => Teller | undefined,
  level = 0,
  left = { calls: MAX_CALLS },
): readonly Told[] {
  const { callee, args, path } = effect;
  if (callee === undefined) return [effect];
  left.calls -= 1;
  if (left.calls < 0) return [];
  const value = evaluator.fields.filling.given(callee, given);
  if (value === undefined) return [];
  if (value.kind === "member") {
    const taken = STATE_MEMBERS.get(value.name)?.parameters.length;
    if (taken === undefined) return [];
    return [{ member: value.name, args: args.slice(0, taken), ...(path && { path }) }];
  }
  const called = level < MAX_LEVELS ? effectOf(value) : undefined;
  if (called === undefined) return [];
  const bound = value.kind === "function" ? value.bound : undefined;
  const passed = new Passed(args, called.method ? 1 : 0, bound, evaluator);
  return called.effects.flatMap((inner) => {
    if (![...inner.args.flat(), inner.callee].some((part) => passed.takes(part))) return [];
    const outer = inner.callee === undefined ? [] : passed.parts([inner.callee]);
    const [only = null] = outer;
    if (inner.callee !== undefined && (only === null || typeof only === "string")) return [];
    return givenCalls(
      {
        member: inner.member,
        args: inner.args.map((parts) => passed.parts(parts)),
        ...(inner.callee === undefined ? {} : { callee: only }),
        ...(path && { path: [...(inner.path ?? []), ...path] }),
      },
      given,
      evaluator,
      effectOf,
      level + 1,
      left,
    );
  });
}

/** What one function passes on to another that it was given. */
class Passed {
  readonly #args: readonly (readonly LocalPart[])[];
  readonly #before: number;
  readonly #bound: Bound | undefined;
  readonly #evaluator: Evaluator;

  /** @param before 1 where the first of them is the object of a method */
  constructor(
    args: readonly (readonly LocalPart[])[],
    before: number,
    bound: Bound | undefined,
    evaluator: Evaluator,
  ) {
    this.#args = args;
    this.#before = before;
    this.#bound = bound;
    this.#evaluator = evaluator;
  }

  /** Whether a part of what the inner function does is for its caller to say. */
  takes(part: LocalPart | undefined): boolean {
    if (part === undefined || part === null || typeof part === "string") return false;
    return "variable" in part ? this.#bound?.has(part.variable) === true : part.outer !== true;
  }

  /** A text of the inner function, by what the outer one is given. */
  parts(parts: readonly LocalPart[]): readonly LocalPart[] {
    return parts.flatMap((part) => this.#part(part));
  }

  #part(part: LocalPart): readonly LocalPart[] {
    if (part === null || typeof part === "string") return [part];
    if ("variable" in part) {
      if (this.#bound === undefined) return [part];
      const template = this.#evaluator.fields.filling.text([part], this.#bound);
      return template.map((piece) =>
        typeof piece === "object" && piece.kind === "choice" ? null : (piece ?? null),
      );
    }
    const passed = part.outer === true ? undefined : this.#args[part.parameter + this.#before];
    const { path = [], otherwise } = part;
    if (passed === undefined) return otherwise ?? [null];
    const [only = null, ...more] = passed;
    if (more.length > 0 || only === null || typeof only === "string") {
      return path.length === 0 ? passed : [null];
    }
    if (path.length === 0 && otherwise === undefined) return passed;
    if ("variable" in only) return [{ ...only, path: [...only.path, ...path] }];
    const instead = only.otherwise ?? otherwise;
    return [
      {
        ...only,
        path: [...(only.path ?? []), ...path],
        ...(instead === undefined ? {} : { otherwise: instead }),
      },
    ];
  }
}
