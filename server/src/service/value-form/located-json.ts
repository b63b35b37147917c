import type { Span } from "../../language/model.ts";
import type { Kind } from "./form.ts";

/** A value of JSON text with its place: UTF-16 offsets. */
export interface Located extends Span {
  readonly kind: Exclude<Kind, "number">;
  /** Of an object, in order. */
  readonly fields: readonly LocatedField[];
  /** Of an array. */
  readonly items: readonly Located[];
}

export interface LocatedField {
  readonly name: string;
  /** With its quotes. */
  readonly nameSpan: Span;
  readonly value: Located;
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^\s,\]}]+/y;
const SPACE = /\s*/y;

/** Where the parts of a value stand in its text, which must be valid JSON and hold no `null`. */
export function locate(text: string): Located {
  return new Locator(text).value();
}

class Locator {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Located {
    this.#match(SPACE);
    const start = this.#at;
    const scalar = (kind: Located["kind"]): Located => ({
      ...{ kind, start, end: this.#at },
      ...{ fields: [], items: [] },
    });
    switch (this.#text[start]) {
      case "{": {
        const fields = this.#parts("}", () => this.#field());
        return { ...scalar("object"), fields };
      }
      case "[": {
        const items = this.#parts("]", () => this.value());
        return { ...scalar("array"), items };
      }
      case '"':
        this.#match(STRING);
        return scalar("string");
      default: {
        const word = this.#match(SCALAR);
        if (word === "true" || word === "false") return scalar("boolean");
        return scalar(/[.eE]/.test(word) ? "float" : "integer");
      }
    }
  }

  #field(): LocatedField {
    const start = this.#at;
    const name: string = JSON.parse(this.#match(STRING));
    const nameSpan = { start, end: this.#at };
    this.#match(SPACE);
    this.#at += 1;
    return { name, nameSpan, value: this.value() };
  }

  /** From an opening bracket to past the closing one. */
  #parts<T>(close: string, part: () => T): T[] {
    const parts: T[] = [];
    this.#at += 1;
    this.#match(SPACE);
    while (this.#text[this.#at] !== close) {
      parts.push(part());
      this.#match(SPACE);
      if (this.#text[this.#at] === ",") this.#at += 1;
      this.#match(SPACE);
    }
    this.#at += 1;
    return parts;
  }

  #match(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }
}
