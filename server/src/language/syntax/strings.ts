import type { SyntaxProblem } from "./span.ts";

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** Length in UTF-16 units of the line break at `at`: 0 when there is none, 2 for CRLF and LFCR. */
export function lineBreakLength(text: string, at: number): 0 | 1 | 2 {
  const char = text[at];
  if (char !== "\n" && char !== "\r") return 0;
  const next = text[at + 1];
  return (next === "\n" || next === "\r") && next !== char ? 2 : 1;
}

/** The value of a long string's content: a first line break goes, the others become `\n`. */
export function decodeLongString(content: string): string {
  const body = content.slice(lineBreakLength(content, 0));
  return body.includes("\r") ? body.replace(/\r\n|\n\r|\r/g, "\n") : body;
}

/**
 * The value of a short string's content (between the quotes), and a problem for each escape that
 * Lua refuses. `offset` is where the content starts in the text.
 */
export function decodeShortString(
  content: string,
  offset: number,
): { value: string; problems: SyntaxProblem[] } {
  if (!content.includes("\\")) return { value: content, problems: [] };
  const pieces: (string | number)[] = [];
  const problems: SyntaxProblem[] = [];
  let at = 0;
  while (at < content.length) {
    const backslash = content.indexOf("\\", at);
    if (backslash < 0) break;
    if (backslash > at) pieces.push(content.slice(at, backslash));
    const found = readEscape(content, backslash);
    if (found.piece !== undefined) pieces.push(found.piece);
    if (found.fault !== undefined) {
      const span = { start: offset + backslash, end: offset + found.end };
      problems.push({ span, message: found.fault });
    }
    at = found.end;
  }
  pieces.push(content.slice(at));
  return { value: joinPieces(pieces), problems };
}

interface Escape {
  /** A text, or one byte; undefined: the escape stands for nothing (`\z`). */
  readonly piece?: string | number;
  readonly end: number;
  readonly fault?: string;
}

function readEscape(content: string, backslash: number): Escape {
  const at = backslash + 1;
  const char = content[at];
  if (char === undefined) return { end: at };
  const simple = SIMPLE_ESCAPES[char];
  if (simple !== undefined) return { piece: simple, end: at + 1 };
  const lineBreak = lineBreakLength(content, at);
  if (lineBreak > 0) return { piece: "\n", end: at + lineBreak };
  if (char === "z") {
    const blank = /[ \t\n\v\f\r]*/y;
    blank.lastIndex = at + 1;
    return { end: at + 1 + (blank.exec(content)?.[0].length ?? 0) };
  }
  if (char === "x") return readHexEscape(content, at);
  if (char === "u") return readUnicodeEscape(content, at);
  if (char >= "0" && char <= "9") return readDecimalEscape(content, at);
  return { piece: char, end: at + 1, fault: `'\\${char}' is no escape sequence of Lua` };
}

function readHexEscape(content: string, at: number): Escape {
  const digits = /^[0-9a-fA-F]{2}/.exec(content.slice(at + 1, at + 3))?.[0];
  if (digits === undefined) return { end: at + 1, fault: "'\\x' needs two hexadecimal digits" };
  return { piece: Number.parseInt(digits, 16), end: at + 3 };
}

function readDecimalEscape(content: string, at: number): Escape {
  const digits = /^[0-9]{1,3}/.exec(content.slice(at, at + 3))?.[0] ?? "";
  const end = at + digits.length;
  const byte = Number(digits);
  return byte > 255
    ? { end, fault: `'\\${digits}' is larger than a byte (255)` }
    : { piece: byte, end };
}

function readUnicodeEscape(content: string, at: number): Escape {
  const match = /u\{([0-9a-fA-F]+)\}/y;
  match.lastIndex = at;
  const digits = match.exec(content)?.[1];
  if (digits === undefined) {
    return { end: at + 1, fault: "'\\u' needs hexadecimal digits in braces: \\u{20AC}" };
  }
  const end = at + digits.length + 3;
  const code = Number.parseInt(digits, 16);
  if (code >= 2 ** 31) return { end, fault: `'\\u{${digits}}' is too large` };
  const wellFormed = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return { piece: wellFormed ? String.fromCodePoint(code) : "\ufffd", end };
}

/** Joins texts and bytes; bytes that together are no UTF-8 become U+FFFD. */
function joinPieces(pieces: readonly (string | number)[]): string {
  if (pieces.every((piece) => typeof piece === "string" || piece < 0x80)) {
    return pieces.map((p) => (typeof p === "string" ? p : String.fromCharCode(p))).join("");
  }
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const piece of pieces) {
    if (typeof piece === "number") bytes.push(piece);
    else for (const byte of encoder.encode(piece)) bytes.push(byte);
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytes));
}
