import type { Scopes, Variable } from "../scope/variables.ts";
import type { CallExpression, Expression, FunctionExpression } from "../syntax/ast.ts";
import type { FieldValues } from "./field-values.ts";
import { oneOf } from "./template.ts";
import { textOf, UNKNOWN, type Value, type Values } from "./value.ts";

/** Values of one `...` that are told apart. */
const MAX_EXTRAS = 5;
const UNPACKING: ReadonlySet<string> = new Set(["table.unpack", "unpack"]);

/** Answers what an expression gives that may give several values: `...`, `select(2, ...)`, `table.unpack(t)`. */
export class SeveralResults {
  readonly #scopes: Scopes;
  readonly #values: Values;
  readonly #fields: FieldValues;
  readonly #extras = new Map<FunctionExpression, Map<number, Variable>>();

  constructor(scopes: Scopes, values: Values, fields: FieldValues) {
    this.#scopes = scopes;
    this.#values = values;
    this.#fields = fields;
  }

  /** Whether what the values after the first one are may be known. */
  areKnown(expression: Expression | undefined): boolean {
    if (expression?.kind === "Vararg") return this.#scopes.varargs.get(expression) !== undefined;
    if (expression?.kind !== "Call") return false;
    const name = this.#nameOf(expression);
    return name === "select" || UNPACKING.has(name);
  }

  /** The value at a place (0-based). */
  at(expression: Expression, place: number): Value {
    if (expression.kind === "Vararg") return this.#extra(expression, place);
    if (expression.kind === "Call") {
      const name = this.#nameOf(expression);
      if (name === "select") return this.#selected(expression, place);
      if (UNPACKING.has(name)) return this.#unpacked(expression, place);
    }
    return place === 0 ? this.#values.value(expression) : UNKNOWN;
  }

  /** One of the values, whichever. */
  any(expression: Expression): Value {
    const values = Array.from({ length: MAX_EXTRAS }, (_, place) => this.at(expression, place));
    const of = values.flatMap((value) =>
      value.kind === "unknown" ? [] : { template: textOf(value), at: undefined },
    );
    return of.length === 0 ? UNKNOWN : { kind: "text", template: oneOf(of) };
  }

  #nameOf({ callee }: CallExpression): string {
    const value = this.#values.value(callee);
    return value.kind === "global" ? value.path : "";
  }

  #extra(vararg: Expression, place: number): Value {
    const owner = this.#scopes.varargs.get(vararg);
    if (owner === undefined || place < 0 || place >= MAX_EXTRAS) return UNKNOWN;
    const all = this.#extras.get(owner) ?? new Map<number, Variable>();
    this.#extras.set(owner, all);
    const variable = all.get(place) ?? extraVariable(owner, place);
    all.set(place, variable);
    return { kind: "text", template: [{ kind: "hole", variable, path: [] }] };
  }

  /** `select(n, ...)`; with an `n` that is not known, any of them. */
  #selected({ args: [number, ...from] }: CallExpression, place: number): Value {
    const last = from.at(-1);
    const text = number && this.#values.exactText(number);
    if (last === undefined || text === "#") return UNKNOWN;
    if (text === undefined) return place === 0 && from.length === 1 ? this.any(last) : UNKNOWN;
    const at = Number(text) - 1 + place;
    if (!Number.isInteger(at) || at < 0) return UNKNOWN;
    const own = from.length - 1;
    const named = at < own ? from[at] : undefined;
    return named === undefined ? this.at(last, at - own) : this.#values.value(named);
  }

  #unpacked({ args: [list, first] }: CallExpression, place: number): Value {
    if (list === undefined) return UNKNOWN;
    const from = first === undefined ? 1 : Number(this.#values.exactText(first));
    return Number.isInteger(from)
      ? this.#fields.of(this.#values.value(list), String(from + place))
      : UNKNOWN;
  }
}

function extraVariable(owner: FunctionExpression, extra: number): Variable {
  const [name, kind, declaration, attribute] = ["...", "parameter", undefined, undefined] as const;
  const nothing = { definitions: [], fields: [], references: [] };
  return { name, kind, declaration, attribute, owner, extra, ...nothing };
}
