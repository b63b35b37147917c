import { parse, TomlError, type TomlTable } from "smol-toml";

/** UTF-16 offsets into the text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A path of keys and array indices from the root of the document. */
export type TomlPath = readonly (string | number)[];

export interface TomlLocation {
  /** The key's own segment: `b` of `a.b = 1`, `state` of `[state]`. */
  readonly key: Span;
  /** The value as written; of a table with a header, the header's key. */
  readonly value: Span;
}

export type TomlDocument =
  | {
      readonly ok: true;
      /** Integers are bigint, floats are number: TOML keeps them apart. */
      readonly root: TomlTable;
      /** Where a key or an element of an array stands; undefined when there is none. */
      readonly locate: (path: TomlPath) => TomlLocation | undefined;
      /** Whether there is a header `[path]`. */
      readonly hasHeader: (path: TomlPath) => boolean;
    }
  | { readonly ok: false; readonly message: string; readonly span: Span };

/**
 * Parses TOML 1.1. smol-toml judges the text and gives the values; as it keeps no positions, a scan
 * of the text, which is then known to be valid, finds where keys and values stand.
 */
export function parseToml(text: string): TomlDocument {
  try {
    const root = parse(text, { integersAsBigInt: true });
    const scan = scanToml(text);
    return {
      ok: true,
      root,
      locate: (path) => scan.locations.get(pathKey(path)),
      hasHeader: (path) => scan.headers.has(pathKey(path)),
    };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { ok: false, message: reason(error), span: errorSpan(text, error) };
  }
}

function reason(error: TomlError): string {
  const first = error.message.split("\n", 1)[0] ?? "";
  return first.replace(/^Invalid TOML document: /, "");
}

/** From smol-toml's 1-based position to the end of the word there; at least one character. */
function errorSpan(text: string, error: TomlError): Span {
  let start = 0;
  for (let line = 1; line < error.line; line++) start = text.indexOf("\n", start) + 1;
  start = Math.min(start + error.column - 1, text.length);
  const word = /^[^\s,\]}#=]+/.exec(text.slice(start, start + 200))?.[0].length ?? 0;
  const end = Math.min(start + Math.max(word, 1), text.length);
  const atLineEnd = start === text.length || text[start] === "\n" || text[start] === "\r";
  if (!atLineEnd) return { start, end };
  return start > 0 && text[start - 1] !== "\n"
    ? { start: start - 1, end: start }
    : { start, end: start };
}

function pathKey(path: TomlPath): string {
  return JSON.stringify(path);
}

interface Scan {
  readonly locations: ReadonlyMap<string, TomlLocation>;
  readonly headers: ReadonlySet<string>;
}

interface KeySegment extends Span {
  readonly name: string;
}

/** Finds every key and value of a valid document; the first of equal paths wins. */
function scanToml(text: string): Scan {
  const locations = new Map<string, TomlLocation>();
  const headers = new Set<string>();
  let at = 0;
  let table: TomlPath = [];

  const record = (path: TomlPath, location: TomlLocation): void => {
    const key = pathKey(path);
    if (!locations.has(key)) locations.set(key, location);
  };
  const blanks = (): void => {
    while (text[at] === " " || text[at] === "\t") at++;
  };
  /** Blanks, line breaks and comments. */
  const trivia = (): void => {
    for (;;) {
      const char = text[at];
      if (char === "#") {
        while (at < text.length && text[at] !== "\n") at++;
      } else if (
        char === " " ||
        char === "\t" ||
        char === "\n" ||
        char === "\r" ||
        char === "\uFEFF"
      ) {
        at++;
      } else return;
    }
  };

  /** After the closing quote of the string that begins here. */
  const string = (): void => {
    const quote = text[at] ?? "";
    const long = text.startsWith(quote.repeat(3), at);
    const close = long ? quote.repeat(3) : quote;
    at += close.length;
    while (at < text.length && !text.startsWith(close, at)) {
      at += quote === '"' && text[at] === "\\" ? 2 : 1;
    }
    at += close.length;
    // A long string may end in one or two quotes of its own.
    if (long) for (let extra = 0; extra < 2 && text[at] === quote; extra++) at++;
  };

  const keySegment = (): KeySegment => {
    const start = at;
    if (text[at] === '"' || text[at] === "'") {
      string();
      const raw = text.slice(start, at);
      return { name: String(parse(`k=${raw}`)["k"]), start, end: at };
    }
    while (at < text.length && !/[\s.=\]]/.test(text[at] ?? "")) at++;
    return { name: text.slice(start, at), start, end: at };
  };
  const keyPath = (): readonly KeySegment[] => {
    const segments: KeySegment[] = [];
    for (;;) {
      blanks();
      segments.push(keySegment());
      blanks();
      if (text[at] !== ".") return segments;
      at++;
    }
  };

  const value = (path: TomlPath): Span => {
    const start = at;
    const first = text[at];
    if (first === '"' || first === "'") string();
    else if (first === "[") array(path);
    else if (first === "{") inlineTable(path);
    else {
      while (at < text.length && !/[,\]}#\r\n]/.test(text[at] ?? "")) at++;
      return { start, end: start + text.slice(start, at).trimEnd().length };
    }
    return { start, end: at };
  };
  const array = (path: TomlPath): void => {
    at++;
    for (let index = 0; ; index++) {
      trivia();
      if (text[at] === "]" || at >= text.length) break;
      const span = value([...path, index]);
      record([...path, index], { key: span, value: span });
      trivia();
      if (text[at] === ",") at++;
    }
    at++;
  };
  const inlineTable = (path: TomlPath): void => {
    at++;
    for (;;) {
      trivia();
      if (text[at] === "}" || at >= text.length) break;
      pair(path);
      trivia();
      if (text[at] === ",") at++;
    }
    at++;
  };
  const pair = (base: TomlPath): void => {
    const segments = keyPath();
    at++; // =
    blanks();
    const path = [...base, ...segments.map((segment) => segment.name)];
    const span = value(path);
    segments.forEach((segment, index) => {
      const last = index === segments.length - 1;
      record(path.slice(0, base.length + index + 1), {
        key: { start: segment.start, end: segment.end },
        value: last ? span : { start: segment.start, end: segment.end },
      });
    });
  };
  const header = (): void => {
    at += text[at + 1] === "[" ? 2 : 1;
    const segments = keyPath();
    table = segments.map((segment) => segment.name);
    segments.forEach(({ start, end }, index) => {
      record(table.slice(0, index + 1), { key: { start, end }, value: { start, end } });
    });
    headers.add(pathKey(table));
    while (text[at] === "]") at++;
  };

  for (;;) {
    trivia();
    if (at >= text.length) return { locations, headers };
    if (text[at] === "[") header();
    else pair(table);
  }
}
