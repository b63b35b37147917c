import { printFloat } from "./print.ts";
import { isArrayValue, type StateValue } from "./value.ts";

/**
 * One short line of a value: JSON that stops with `…` at `limit` characters (UTF-16 units). Looks at
 * no more of the value than it shows.
 */
export function previewValue(value: StateValue, limit = 80): string {
  const line = new Line(limit);
  write(line, value);
  return line.text();
}

function write(line: Line, value: StateValue): void {
  if (typeof value === "string") {
    line.add(JSON.stringify(value.slice(0, line.room)));
  } else if (typeof value === "number") {
    line.add(printFloat(value));
  } else if (typeof value !== "object") {
    line.add(String(value));
  } else {
    writeTable(line, value);
  }
}

function writeTable(line: Line, value: readonly StateValue[] | ReadonlyMap<string, StateValue>) {
  const array = isArrayValue(value);
  line.add(array ? "[" : "{");
  let separator = "";
  for (const [key, item] of value.entries()) {
    if (line.full) return;
    line.add(typeof key === "string" ? `${separator}${JSON.stringify(key)}: ` : separator);
    write(line, item);
    separator = ", ";
  }
  line.add(array ? "]" : "}");
}

class Line {
  readonly #limit: number;
  #text = "";

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#text.length > this.#limit;
  }

  /** Characters after which nothing more will be seen. */
  get room(): number {
    return this.#limit - this.#text.length + 1;
  }

  add(text: string): void {
    this.#text += text;
  }

  text(): string {
    if (!this.full) return this.#text;
    return `${this.#text
      .slice(0, this.#limit - 1)
      .toWellFormed()
      .replace(/\ufffd$/, "")}…`;
  }
}
