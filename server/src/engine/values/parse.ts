import { StateError } from "../../../../shared/src/errors.ts";
import { printPath } from "./path.ts";
import type { StateValue } from "./value.ts";

/** Deepest nesting of arrays and objects that is stored. */
export const MAX_LEVELS = 1000;

const SMALLEST_INTEGER = -(2n ** 63n);
const LARGEST_INTEGER = 2n ** 63n - 1n;

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
/** The part of a string up to its end, an escape or something that may not stand there. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in a string
const PLAIN_CHARACTERS = /[^"\\\u0000-\u001f]*/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/**
 * Reads JSON text (RFC 8259) as a value, losing nothing: integers keep all digits, floats stay
 * floats, keys keep their order.
 * @throws StateError `invalid-value`, with the path to the culprit: text that is not JSON, null at
 *   any depth, a key given twice, half a surrogate pair, an integer beyond 64 bits, a float beyond
 *   the largest, more than 1,000 levels.
 */
export function parseValue(text: string): StateValue {
  return new Reader(text).document();
}

/** The beginning of a value: whole, or without what follows a place in its text. */
export interface ValueStart {
  readonly value: StateValue;
  readonly whole: boolean;
}

/**
 * Reads about the first `limit` characters of JSON text: no item of an array or object that begins
 * after them. What is read is as {@link parseValue} gives it, strings to their end.
 * @param cut the text goes on behind its end: a string may lack the rest
 * @throws StateError `invalid-value` as far as it reads
 */
export function parseStart(text: string, limit: number, cut = false): ValueStart {
  const reader = new Reader(text, limit, cut);
  const value = reader.document();
  return { value, whole: reader.whole };
}

/** Characters of the longest escape, `\u0041`. */
const ESCAPE = 6;

class Reader {
  readonly #text: string;
  readonly #limit: number;
  readonly #cut: boolean;
  readonly #path: (string | number)[] = [];
  #at = 0;
  /** False once anything was left out. */
  whole = true;

  constructor(text: string, limit = Number.POSITIVE_INFINITY, cut = false) {
    this.#text = text;
    this.#limit = limit;
    this.#cut = cut;
  }

  document(): StateValue {
    this.#skipSpace();
    const value = this.#value();
    if (!this.whole) return value;
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#unexpected("the end");
    return value;
  }

  #value(): StateValue {
    const character = this.#text[this.#at];
    switch (character) {
      case '"':
        return this.#string();
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        this.#word("null", false);
        return this.#refuse(
          "is null",
          "Leave it out, or delete the key: there is no null in state.",
        );
      default:
        return this.#number();
    }
  }

  #object(): StateValue {
    const object = new Map<string, StateValue>();
    this.#enter();
    if (this.#take("}") || this.#isEnough()) return object;
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') this.#unexpected("a key in double quotes");
      const key = this.#string();
      if (!this.whole) return object;
      this.#path.push(key);
      if (object.has(key)) {
        this.#refuse("is given twice", "Give every key of an object once.");
      }
      this.#skipSpace();
      if (this.#text[this.#at] !== ":") this.#unexpected("':'");
      this.#at++;
      this.#skipSpace();
      object.set(key, this.#value());
      this.#path.pop();
      if (this.#isEnough()) return object;
      this.#skipSpace();
    } while (this.#take(","));
    if (!this.#take("}")) this.#unexpected("',' or '}'");
    return object;
  }

  #array(): StateValue {
    const array: StateValue[] = [];
    this.#enter();
    if (this.#take("]") || this.#isEnough()) return array;
    do {
      this.#skipSpace();
      this.#path.push(array.length + 1);
      array.push(this.#value());
      this.#path.pop();
      if (this.#isEnough()) return array;
      this.#skipSpace();
    } while (this.#take(","));
    if (!this.#take("]")) this.#unexpected("',' or ']'");
    return array;
  }

  /** Past the bracket that opens an array or object, and the space behind it. */
  #enter(): void {
    if (this.#path.length >= MAX_LEVELS) throw tooDeep();
    this.#at++;
    this.#skipSpace();
  }

  #isEnough(): boolean {
    if (this.#at > this.#limit) this.whole = false;
    return !this.whole;
  }

  #string(): string {
    this.#at++;
    let value = "";
    for (;;) {
      value += this.#match(PLAIN_CHARACTERS);
      const character = this.#text[this.#at];
      if (character === '"') {
        this.#at++;
        break;
      }
      if (this.#cut && this.#at + ESCAPE > this.#text.length) {
        this.whole = false;
        return value.replace(/[\ud800-\udbff]$/, "");
      }
      if (character !== "\\") this.#unexpected("the end of the string");
      value += this.#escape();
    }
    if (!value.isWellFormed()) {
      this.#refuse("holds half a surrogate pair", "Store valid Unicode text only.");
    }
    return value;
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? "";
    const known = ESCAPES.get(letter);
    if (known !== undefined) {
      this.#at += 2;
      return known;
    }
    const digits = this.#text.slice(this.#at + 2, this.#at + 6);
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(digits)) this.#unexpected("an escape of JSON");
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): StateValue {
    const start = this.#at;
    NUMBER.lastIndex = start;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#unexpected("a value");
    const [digits, fraction, exponent] = match;
    this.#at = start + digits.length;
    if (fraction !== undefined || exponent !== undefined) {
      const float = Number(digits);
      if (Number.isFinite(float)) return float;
      return this.#refuse("is larger than the largest float", "Store it as a string.");
    }
    // Longer than any 64-bit integer: not worth reading, and reading millions of digits is slow.
    const integer = digits.length > 20 ? LARGEST_INTEGER + 1n : BigInt(digits);
    if (integer >= SMALLEST_INTEGER && integer <= LARGEST_INTEGER) return integer;
    return this.#refuse(
      "is an integer beyond 64 bits",
      "Write it as a float (with '.0') or store it as a string.",
    );
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#unexpected("a value");
    this.#at += word.length;
    return value;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    // Canonical text has no space: look before the expression is started.
    if (this.#text.charCodeAt(this.#at) <= 0x20) this.#match(WHITESPACE);
  }

  #match(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #refuse(fault: string, next: string): never {
    throw invalidValue(`${printPath(this.#path)} ${fault}`, next);
  }

  #unexpected(expected: string): never {
    const met = this.#at < this.#text.length ? JSON.stringify(this.#character()) : "the end";
    throw invalidValue(
      `${printPath(this.#path)} is not JSON: ${expected} expected at character ${this.#at + 1}, and ${met} met`,
      "Give one JSON value; strings stand in double quotes.",
    );
  }

  #character(): string {
    return String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
  }
}

/** The error for a value that cannot be stored; `fault` is a clause that begins with the path. */
export function invalidValue(fault: string, next: string): StateError {
  return new StateError("invalid-value", `The value cannot be stored: ${fault}.`, next);
}

function tooDeep(): StateError {
  return invalidValue(
    `it has more than ${MAX_LEVELS} levels`,
    "Store deeper parts under keys of their own.",
  );
}
