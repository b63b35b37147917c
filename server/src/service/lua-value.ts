import { StateError } from "../../../shared/src/errors.ts";
import type { Json } from "../engine/types.ts";
import { printValue } from "../engine/values/print.ts";
import type { StateValue } from "../engine/values/value.ts";
import type {
  Expression,
  StringLiteral,
  TableExpression,
  TableField,
} from "../language/syntax/ast.ts";
import { parse } from "../language/syntax/parse.ts";
import { lineOf, lineStarts } from "./lines.ts";

const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);
const RETURN = "return ";

/**
 * A value written as Lua, as JSON: one table, string, number or boolean, without anything that would
 * have to be run. `return` may stand before it, and comments anywhere; they are not stored.
 * @throws StateError `invalid-value`, with line and column (1-based, UTF-16) of the culprit
 */
export function jsonOfLua(text: string): Json {
  const given = new LuaValue(text);
  return printValue(given.value());
}

class LuaValue {
  readonly #text: string;
  /** How much was put before what the user wrote. */
  readonly #before: number;

  constructor(text: string) {
    const returns = /^(?:\s|--[^\n]*\n)*return\b/.test(text);
    this.#text = returns ? text : RETURN + text;
    this.#before = returns ? 0 : RETURN.length;
  }

  value(): StateValue {
    const { chunk, problems } = parse(this.#text);
    const [problem] = problems;
    if (problem !== undefined) throw this.#refused(problem.span.start, problem.message);
    const [statement] = chunk.body.statements;
    const values = statement?.kind === "Return" ? statement.values : [];
    const [value, second] = values;
    if (value === undefined) throw this.#refused(this.#text.length, "there is no value");
    if (second !== undefined) throw this.#refused(second.span.start, "there is a second value");
    return this.#of(value);
  }

  #of(expression: Expression): StateValue {
    switch (expression.kind) {
      case "True":
        return true;
      case "False":
        return false;
      case "String":
        return this.#string(expression);
      case "Number":
        return this.#number(expression.raw, expression.span.start);
      case "Table":
        return this.#table(expression);
      case "Paren":
        return this.#of(expression.expression);
      case "Unary":
        if (expression.operator === "-") return this.#negative(expression.operand);
        break;
      case "Member":
        if (this.#source(expression) === "math.mininteger") return SMALLEST;
        if (this.#source(expression) === "math.maxinteger") return LARGEST;
        break;
      case "Nil":
        throw this.#refused(expression.span.start, "nil is not stored: leave the field out");
      default:
    }
    const source = this.#source(expression).slice(0, 40);
    throw this.#refused(expression.span.start, `${JSON.stringify(source)} would have to be run`);
  }

  #negative(operand: Expression): StateValue {
    const value = this.#of(operand);
    if (typeof value === "bigint" || typeof value === "number") return -value;
    throw this.#refused(operand.span.start, "only a number can stand after a minus");
  }

  #string(literal: StringLiteral): string {
    const written = this.#text.slice(literal.contentSpan.start, literal.contentSpan.end);
    const lost = literal.value.includes("\ufffd") && !/\ufffd|\\u\{0*fffd\}|\\xef/i.test(written);
    if (lost) throw this.#refused(literal.span.start, "a string has bytes that are no UTF-8");
    return literal.value;
  }

  #number(raw: string, start: number): bigint | number {
    if (/^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/.test(raw)) {
      const integer = BigInt(raw);
      if (/^0x/i.test(raw)) return BigInt.asIntN(64, integer);
      if (integer <= LARGEST) return integer;
      throw this.#refused(start, `${raw} is beyond 64 bits; with .0 behind it, it is a float`);
    }
    const float = /^0x/i.test(raw) ? Number.NaN : Number(raw);
    if (Number.isFinite(float)) return float;
    throw this.#refused(
      start,
      `${raw} cannot be stored as it stands; write it with decimal digits`,
    );
  }

  #table({ fields }: TableExpression): StateValue {
    const items: StateValue[] = [];
    const entries = new Map<string, StateValue>();
    for (const field of fields) {
      const key = this.#key(field);
      const mixed = key === undefined ? entries.size > 0 : items.length > 0;
      if (mixed) throw this.#refused(field.span.start, "a list has fields with names too");
      if (key !== undefined && entries.has(key)) {
        throw this.#refused(field.span.start, `the field ${JSON.stringify(key)} is there twice`);
      }
      if (key === undefined) items.push(this.#of(field.value));
      else entries.set(key, this.#of(field.value));
    }
    return items.length > 0 ? items : entries;
  }

  #key(field: TableField): string | undefined {
    if (field.kind === "Positional") return undefined;
    if (field.kind === "Named") return field.name.name;
    if (field.key.kind === "String") return this.#string(field.key);
    throw this.#refused(field.key.span.start, "a key in brackets must be a string");
  }

  #source({ span }: Expression): string {
    return this.#text.slice(span.start, span.end);
  }

  #refused(offset: number, fault: string): StateError {
    const at = Math.max(0, offset - this.#before);
    const starts = lineStarts(this.#text.slice(this.#before));
    const line = lineOf(starts, at);
    const column = at - (starts[line] ?? 0);
    return new StateError(
      "invalid-value",
      `The value cannot be stored: line ${line + 1}, column ${column + 1}: ${fault}.`,
      "Write one table, string, number or boolean as in a script, without calls and calculations.",
    );
  }
}
