import { styleText } from "node:util";
import type { JobControl } from "../engine/engine.ts";
import { type Printable, printJson } from "./json.ts";

/** The part of a stream that is written to. */
export interface Sink {
  /** false: the reader is behind, and `drain` comes when it has caught up. */
  write(text: string): unknown;
  once?(event: "drain", listener: () => void): unknown;
  readonly isTTY?: boolean;
}

/** What steers a terminal or turns the reading direction, but for line breaks, tabs and our own colours. */
const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /\u001b(?!\[\d+(?:;\d+)*m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text for people in which names and values steer nothing: written as in JSON, where it means the same. */
function inert(text: string): string {
  return text.replace(
    STEERING,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Where answers go: standard output holds nothing else, and JSON alone with `--json`. */
export class Output {
  readonly json: boolean;
  readonly #out: Sink;
  readonly #err: Sink;

  constructor(json: boolean, out: Sink, err: Sink) {
    this.json = json;
    this.#out = out;
    this.#err = err;
  }

  /** The answer: one JSON document, or text for people (nothing when that is empty). */
  answer(document: Printable, text: () => string): void {
    const answer = this.json ? printJson(document) : inert(text());
    if (answer !== "") this.#out.write(answer.endsWith("\n") ? answer : `${answer}\n`);
  }

  /** A list as the answer; for people, that it is empty stands on standard error. */
  list(rows: readonly Printable[], text: () => string, empty: () => string): void {
    this.answer(rows, text);
    if (rows.length === 0 && !this.json) this.note(empty());
  }

  /** Text for people that is one of several answers. */
  text(text: string): void {
    this.#out.write(inert(text));
  }

  /** Text as it is, e.g. a script's output as it comes. */
  raw(text: string): void {
    this.#out.write(text);
  }

  /** Much text, no faster than it is read. */
  async stream(text: string): Promise<void> {
    if (this.#out.write(text) !== false || this.#out.once === undefined) return;
    await new Promise<void>((resolve) => this.#out.once?.("drain", resolve));
  }

  /** One of several JSON lines, whatever the mode. */
  jsonLine(document: Printable): void {
    this.#out.write(`${printJson(document)}\n`);
  }

  /** A line for people on standard error. */
  note(text: string): void {
    this.#err.write(`${inert(text)}\n`);
  }

  /** The text in colours when standard output is a terminal that wants them. */
  style(format: Parameters<typeof styleText>[0], text: string): string {
    return this.#out.isTTY === true && !this.json
      ? styleText(format, text, { validateStream: false })
      : text;
  }

  /** Shows on a terminal how far long work is; `done` clears the line. */
  progress(signal: AbortSignal): { readonly control: JobControl; readonly done: () => void } {
    if (this.#err.isTTY !== true) return { control: { signal }, done: () => {} };
    let shown = "";
    return {
      control: {
        signal,
        progress: ({ done, total, what }) => {
          const percent = total === 0 ? 0 : Math.floor((100 * done) / total);
          const line = `${what} ${percent}%`;
          if (line === shown) return;
          shown = line;
          this.#err.write(`\r\u001b[K${line}`);
        },
      },
      done: () => {
        if (shown !== "") this.#err.write("\r\u001b[K");
      },
    };
  }
}

/** Long work that can be interrupted, with its progress on a terminal. */
export async function withProgress<T>(
  output: Output,
  signal: AbortSignal,
  work: (control: JobControl) => Promise<T>,
): Promise<T> {
  const { control, done } = output.progress(signal);
  try {
    return await work(control);
  } finally {
    done();
  }
}

/** Columns of text under a heading, as wide as they need, numbers to the right; "" without rows. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  if (rows.length === 0) return "";
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) =>
    Math.max(...lines.map((line) => String(line[column] ?? "").length)),
  );
  return lines
    .map((line, index) =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          const right = typeof (index === 0 ? rows[0]?.[column] : cell) === "number";
          return right ? String(cell).padStart(width) : String(cell).padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** "1 entry", "2 entries". */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A time (ms since 1970) as ISO 8601. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
