import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { Evaluator } from "../values/evaluate.ts";
import type { Hole } from "../values/template.ts";
import type { Bound, Given, Value } from "../values/value.ts";
import type { LocalEffect, LocalPart } from "./parts.ts";
import type { GivenPart } from "./summary.ts";

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
): readonly Told[] {
  return new GivenCalls(given, evaluator, effectOf).of(effect, 0);
}

/** Follows what one call gives, through functions that are given one by the other. */
class GivenCalls {
  readonly #given: Given;
  readonly #evaluator: Evaluator;
  readonly #effectOf: (value: Value) => Teller | undefined;
  #left = MAX_CALLS;

  constructor(given: Given, evaluator: Evaluator, effectOf: (value: Value) => Teller | undefined) {
    this.#given = given;
    this.#evaluator = evaluator;
    this.#effectOf = effectOf;
  }

  of(effect: Told, level: number): readonly Told[] {
    const { callee } = effect;
    if (callee === undefined) return [effect];
    this.#left -= 1;
    if (this.#left < 0) return [];
    const value = this.#evaluator.fields.filling.given(callee, this.#given);
    if (value === undefined) return [];
    if (value.kind === "member") return stateCall(value.name, effect);
    const called = level < MAX_LEVELS ? this.#effectOf(value) : undefined;
    if (called === undefined) return [];
    const bound = value.kind === "function" ? value.bound : undefined;
    const passed = new Passed(effect.args, called.method ? 1 : 0, bound, this.#evaluator);
    return called.effects.flatMap((inner) => this.#inner(inner, passed, effect, level));
  }

  /** One effect of a given function, by what it is passed. */
  #inner(inner: Told, passed: Passed, { path }: Told, level: number): readonly Told[] {
    const open = inner.callee === undefined ? [] : [inner.callee];
    if (![...inner.args.flat(), ...open].some((part) => passed.takes(part))) return [];
    const [callee] = passed.parts(open);
    if (open.length > 0 && !isOpen(callee)) return [];
    const told: Told = {
      member: inner.member,
      args: inner.args.map((parts) => passed.parts(parts)),
      ...(callee === undefined ? {} : { callee }),
      ...(path && { path: [...(inner.path ?? []), ...path] }),
    };
    return this.of(told, level + 1);
  }
}

/** A call of State's own function that was given; as a method of State it is never what was meant. */
function stateCall(member: string, { args, callee, path }: Told): readonly Told[] {
  const taken = STATE_MEMBERS.get(member)?.parameters.length;
  if (taken === undefined || isObjectOf(args[0], callee)) return [];
  return [{ member, args: args.slice(0, taken), ...(path && { path }) }];
}

/** Whether an argument is the object whose method is called: `repo` of `repo:get(key)`. */
function isObjectOf(argument: readonly LocalPart[] | undefined, callee?: LocalPart): boolean {
  const [object, ...more] = argument ?? [];
  if (!isOpen(object) || !isOpen(callee) || more.length > 0) return false;
  const same =
    "variable" in object
      ? "variable" in callee && object.variable === callee.variable
      : "parameter" in callee && object.parameter === callee.parameter;
  const path = [...(object.path ?? []), callee.path?.at(-1)];
  return same && path.join("\n") === callee.path?.join("\n");
}

function isOpen(part: LocalPart | undefined): part is Exclude<LocalPart, string | null> {
  return part !== undefined && part !== null && typeof part !== "string";
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
    if (!isOpen(part)) return false;
    return "variable" in part ? this.#bound?.has(part.variable) === true : part.outer !== true;
  }

  /** A text of the inner function, by what the outer one is given. */
  parts(parts: readonly LocalPart[]): readonly LocalPart[] {
    return parts.flatMap((part) => this.#part(part));
  }

  #part(part: LocalPart): readonly LocalPart[] {
    if (!isOpen(part)) return [part];
    return "variable" in part ? this.#bindings(part) : this.#argument(part);
  }

  /** What the inner function was made with. */
  #bindings(part: Hole): readonly LocalPart[] {
    if (this.#bound === undefined) return [part];
    const template = this.#evaluator.fields.filling.text([part], this.#bound);
    return template.map((piece) =>
      typeof piece === "object" && piece.kind === "choice" ? null : (piece ?? null),
    );
  }

  /** What the outer function gives for a parameter of the inner one, or a field in that. */
  #argument({ parameter, outer, path = [], otherwise }: GivenPart): readonly LocalPart[] {
    const passed = outer === true ? undefined : this.#args[parameter + this.#before];
    if (passed === undefined) return otherwise ?? [null];
    const [only, ...more] = passed;
    if (more.length > 0 || !isOpen(only)) return path.length === 0 ? passed : [null];
    if (path.length === 0 && otherwise === undefined) return passed;
    if ("variable" in only) return [{ ...only, path: [...only.path, ...path] }];
    const instead = only.otherwise ?? otherwise;
    const inside = { ...only, path: [...(only.path ?? []), ...path] };
    return [instead === undefined ? inside : { ...inside, otherwise: instead }];
  }
}
