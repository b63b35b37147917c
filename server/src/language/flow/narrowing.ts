import type { Scopes } from "../scope/variables.ts";
import type { CallExpression, Expression, Identifier } from "../syntax/ast.ts";
import type { Evaluator } from "../values/evaluate.ts";
import type { Held, HeldPlaces } from "./held.ts";

/** Nesting of `and`, `or` and `not` that is looked through. */
const MAX_DEPTH = 40;
/** Globals whose answer says nothing of an argument's being nil. */
const NO_GUARDS: ReadonlySet<string> = new Set([
  "ipairs",
  "next",
  "pairs",
  "print",
  "rawequal",
  "select",
  "tonumber",
  "tostring",
]);

/** Whether a value as it is written can never be true, or never be false. */
function isNever({ kind }: Expression, holds: boolean): boolean {
  if (holds) return kind === "Nil" || kind === "False";
  return ["String", "Number", "True", "Table", "Function"].includes(kind);
}

/** What a comparison of two literals gives; undefined: not to be known, or no comparison. */
function isTrue(left: Expression, operator: string, right: Expression): boolean | undefined {
  const [a, b] = [literal(left), literal(right)];
  if (a === undefined || b === undefined) return undefined;
  if (operator === "==") return a === b;
  if (operator === "~=") return a !== b;
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  if (operator === "<") return a < b;
  if (operator === "<=") return a <= b;
  if (operator === ">") return a > b;
  return operator === ">=" ? a >= b : undefined;
}

function literal(expression: Expression): string | number | undefined {
  if (expression.kind === "String") return expression.value;
  if (expression.kind === "Unary" && expression.operator === "-") {
    const value = literal(expression.operand);
    return typeof value === "number" ? -value : undefined;
  }
  const number = expression.kind === "Number" ? Number(expression.raw) : Number.NaN;
  return Number.isNaN(number) ? undefined : number;
}

/** Tells which variables and fields cannot be nil once a condition is known to hold, or not to hold. */
export class Narrowing {
  readonly #scopes: Scopes;
  readonly #evaluator: Evaluator;
  readonly #places: HeldPlaces;

  constructor(scopes: Scopes, evaluator: Evaluator, places: HeldPlaces) {
    this.#places = places;
    this.#scopes = scopes;
    this.#evaluator = evaluator;
  }

  /** The variables and fields that are something when `condition` is true (or, with `holds` false, is not). */
  of(condition: Expression, holds: boolean, depth = 0): readonly Held[] {
    if (depth > MAX_DEPTH) return [];
    switch (condition.kind) {
      case "Identifier":
        return [...(holds ? this.#place(condition) : []), ...this.#named(condition, holds, depth)];
      case "Member":
      case "Index":
        return holds ? this.#place(condition) : [];
      case "Paren":
        return this.of(condition.expression, holds, depth + 1);
      case "Unary":
        return condition.operator === "not" ? this.of(condition.operand, !holds, depth + 1) : [];
      case "Call":
        return this.#asked(condition);
      case "Binary":
        return this.#binary(condition, holds, depth + 1);
      default:
        return [];
    }
  }

  /** `local known = p ~= nil`, where neither is given another value. */
  #named(condition: Identifier, holds: boolean, depth: number): readonly Held[] {
    const variable = this.#scopes.variables.get(condition);
    const [only, ...others] = variable?.definitions ?? [];
    if (variable?.kind !== "local" || only?.value === undefined || others.length > 0) return [];
    if (only.value.kind === "Identifier") return [];
    return this.of(only.value, holds, depth + 1).filter(
      ({ root, path }) =>
        path.length === 0 && root.kind !== "global" && root.definitions.length === 1,
    );
  }

  #binary(
    { operator, left, right }: Expression & { kind: "Binary" },
    holds: boolean,
    depth: number,
  ): readonly Held[] {
    if (operator === "and" || operator === "or") {
      const lefts = this.of(left, holds, depth);
      const rights = this.of(right, holds, depth);
      const both = (operator === "and") === holds;
      if (both) return [...lefts, ...rights];
      // `x == nil and 0 or ...`: the 0 is never false, so it was `x == nil` that was.
      if (isNever(right, holds)) return lefts;
      return isNever(left, holds) ? rights : lefts.filter((one) => rights.includes(one));
    }
    const beyond = [
      ...this.#beyondDefault(left, (given) => isTrue(given, operator, right), holds),
      ...this.#beyondDefault(right, (given) => isTrue(left, operator, given), holds),
    ];
    if (operator !== "==" && operator !== "~=") return beyond;
    const equal = (operator === "==") === holds;
    return [
      ...beyond,
      ...this.#compared(left, right, equal),
      ...this.#compared(right, left, equal),
    ];
  }

  /** `(n or 0) > 5`: it would not hold, were it the default that is compared. */
  #beyondDefault(
    subject: Expression,
    compared: (given: Expression) => boolean | undefined,
    holds: boolean,
  ): readonly Held[] {
    if (subject.kind === "Paren") return this.#beyondDefault(subject.expression, compared, holds);
    if (subject.kind !== "Binary" || subject.operator !== "or") return [];
    return compared(subject.right) === !holds ? this.#place(subject.left) : [];
  }

  /** `subject` is equal to `other`, or is not. */
  #compared(subject: Expression, other: Expression, equal: boolean): readonly Held[] {
    if (other.kind === "Nil") return equal ? [] : this.#place(subject);
    const type = this.#typeArgument(subject);
    if (type !== undefined) {
      const isNil = other.kind === "String" && other.value === "nil";
      return isNil === equal ? [] : this.#place(type);
    }
    const something = ["String", "Number", "True", "False", "Table"].includes(other.kind);
    return equal && something ? this.#place(subject) : [];
  }

  /** `x` of `type(x)`. */
  #typeArgument(expression: Expression): Expression | undefined {
    if (expression.kind !== "Call") return undefined;
    const callee = this.#evaluator.value(expression.callee);
    return callee.kind === "global" && callee.path === "type" ? expression.args[0] : undefined;
  }

  /** Whoever asks `valid(x)` has thought of nil, whatever the answer. */
  #asked(call: CallExpression): readonly Held[] {
    const callee = this.#evaluator.value(call.callee);
    if (callee.kind === "global" && NO_GUARDS.has(callee.path)) return [];
    return call.args.flatMap((argument) => this.#place(argument));
  }

  #place(expression: Expression): readonly Held[] {
    const place = this.#places.of(expression);
    return place === undefined ? [] : [place];
  }
}
