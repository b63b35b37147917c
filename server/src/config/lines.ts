import type { Span } from "./toml.ts";

/** A part of a key, without quotes. */
export interface LineKey extends Span {
  readonly name: string;
}

/** One statement of a TOML text that need not be valid. All places are UTF-16 offsets. */
export interface TomlLine extends Span {
  readonly kind: "header" | "pair" | "other";
  /** The table that is open at the line's end. */
  readonly table: readonly string[];
  /** Of a header: its path; of a pair: what stands before `=`, or all of a half-typed line. */
  readonly keys: readonly LineKey[];
  /** Of a pair, when `=` is there: what follows it, to the end of the value as far as there is one. */
  readonly value?: Span;
  /** Where the comment at its end begins; its end where there is none. */
  readonly comment: number;
}

/**
 * The statements of a text, line by line, also of one that is just being typed: what is wrong in a line
 * spoils that line only. A value that goes on over several lines belongs to its first.
 */
export function tomlLines(text: string): readonly TomlLine[] {
  const lines: TomlLine[] = [];
  let table: readonly string[] = [];
  for (let start = 0; start <= text.length; ) {
    const end = lineEnd(text, start);
    const line = readLine(text, start, end, table);
    table = line.table;
    lines.push(line);
    start = lineEnd(text, Math.max(end, line.end)) + 1;
  }
  return lines;
}

function readLine(text: string, start: number, end: number, table: readonly string[]): TomlLine {
  const first = skipBlanks(text, start, end);
  const other = { kind: "other", start, end, table, keys: [], comment: end } as const;
  if (first === end) return other;
  if (text[first] === "#") return { ...other, comment: first };
  if (text[first] === "[") {
    const inner = first + (text[first + 1] === "[" ? 2 : 1);
    const { keys, at } = readKeys(text, inner, end);
    const hash = text.indexOf("#", at);
    const comment = hash === -1 || hash > end ? end : hash;
    return { kind: "header", start, end, table: keys.map(({ name }) => name), keys, comment };
  }
  const { keys, at } = readKeys(text, first, end);
  if (text[at] !== "=")
    return { kind: "pair", start, end, table, keys, comment: commentAt(text, at, end) };
  const from = skipBlanks(text, at + 1, end);
  const valueEnd = readValue(text, from, end);
  const lastEnd = lineEnd(text, valueEnd);
  return {
    kind: "pair",
    start,
    end: lastEnd,
    table,
    keys,
    value: { start: from, end: valueEnd },
    comment: commentAt(text, valueEnd, lastEnd),
  };
}

function commentAt(text: string, from: number, end: number): number {
  const hash = text.indexOf("#", from);
  return hash === -1 || hash > end ? end : hash;
}

function readKeys(text: string, from: number, end: number): { keys: LineKey[]; at: number } {
  const keys: LineKey[] = [];
  for (let at = from; ; at++) {
    const start = skipBlanks(text, at, end);
    const quote = text[start];
    if (start < end && (quote === '"' || quote === "'")) {
      const close = text.indexOf(quote, start + 1);
      at = close === -1 || close >= end ? end : close + 1;
      keys.push({ name: text.slice(start + 1, at).replace(/["']$/, ""), start, end: at });
    } else {
      at = start;
      while (at < end && !/[\s.=\]#]/.test(text[at] ?? "")) at++;
      keys.push({ name: text.slice(start, at), start, end: at });
    }
    at = skipBlanks(text, at, end);
    if (at >= end || text[at] !== ".") return { keys, at };
  }
}

/** Where a value ends; one that is not closed ends with its line. */
function readValue(text: string, from: number, end: number): number {
  const long = /^(?:"""|''')/.exec(text.slice(from, from + 3))?.[0];
  if (long !== undefined) {
    const close = text.indexOf(long, from + 3);
    return close === -1 ? end : Math.max(close + 3, from);
  }
  if (text[from] === "[" || text[from] === "{") return readBrackets(text, from) ?? end;
  let at = from;
  while (at < end && text[at] !== "#") {
    at = text[at] === '"' || text[at] === "'" ? afterString(text, at, end) : at + 1;
  }
  return from + text.slice(from, at).trimEnd().length;
}

/** After the bracket that closes the one here; undefined when another statement comes first. */
function readBrackets(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const char = text[at];
    if (char === "#") at = lineEnd(text, at);
    else if (char === '"' || char === "'") at = afterString(text, at, lineEnd(text, at));
    else {
      if (char === "[" || char === "{") depth++;
      if (char === "]" || char === "}") depth--;
      at++;
      if (depth === 0) return at;
      if (char === "\n" && isStatement(text.slice(at, lineEnd(text, at)))) return undefined;
    }
  }
  return undefined;
}

/** What cannot be a part of a list: `name = ...`, or a header alone on its line. */
function isStatement(line: string): boolean {
  return /^\s*[\w.-]+\s*=|^\s*\[+\s*[A-Za-z_][\w.\s-]*\]+\s*(#.*)?$/.test(line);
}

function afterString(text: string, at: number, end: number): number {
  const quote = text[at];
  let next = at + 1;
  while (next < end && text[next] !== quote) next += quote === '"' && text[next] === "\\" ? 2 : 1;
  return Math.min(next + 1, end);
}

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && (text[at] === " " || text[at] === "\t" || text[at] === "\uFEFF")) at++;
  return at;
}

/** Before the line break, or at the end of the text. */
function lineEnd(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  const end = found === -1 ? text.length : found;
  return end;
}
