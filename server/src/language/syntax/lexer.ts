import type { Comment, StringLiteral } from "./ast.ts";
import type { SyntaxProblem } from "./span.ts";
import { decodeLongString, decodeShortString, lineBreakLength } from "./strings.ts";
import { isKeyword, type Token, type TokenKind, type TokenList } from "./tokens.ts";

/** What lexing gives: tokens, comments, and what is wrong inside single tokens. */
export interface Lexed extends TokenList {
  readonly problems: readonly SyntaxProblem[];
}

const BLANK = /[ \t\n\v\f\r]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** What a mistaken name with letters of other alphabets is taken to be. */
const FOREIGN_NAME = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const DECIMAL = /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEXADECIMAL = /^0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?$/;
const OPERATOR = /\.\.\.|\.\.|==|~=|<=|>=|<<|>>|\/\/|::|[-+*/%^#&~|<>=(){}[\];:,.]/y;
/** What may stand after a string whose closing quote was forgotten: closers, then the line's end. */
const CLOSERS =
  /[ \t]*[)\]}](?:[ \t]*[)\]},;])*[ \t]*(?:\b(?:then|do|end)\b(?:[ \t]*[)\]},;])*[ \t]*)*(?:--.*)?$/;

/** How far from the line's end those closers are looked for. */
const LONGEST_TAIL = 100;

/**
 * Cuts a text into the tokens of Lua 5.4. Never fails: a short string that is not closed ends at its
 * line (before closing brackets that end the line), a long one too; a comment at the text's end.
 */
export function lex(text: string): Lexed {
  return new Lexer(text, 0, Number.POSITIVE_INFINITY).run();
}

/** Tokens beyond the end of a part that are cut too: a parser looks that far ahead, and one more. */
const AHEAD = 3;

/**
 * The tokens from `start`, where one begins a line (or the text does), to `end` and a few more; an
 * `eof` stands where they stop.
 */
export function lexPart(text: string, start: number, end: number): Lexed {
  return new Lexer(text, start, end).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  readonly #comments: Comment[] = [];
  readonly #problems: SyntaxProblem[] = [];
  readonly #end: number;
  #at: number;
  /** Whether a line began since the last token. */
  #newLine = true;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  run(): Lexed {
    if (this.#at === 0) this.#skipPreamble();
    let ahead = 0;
    while (ahead < AHEAD) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) break;
      const before = this.#tokens.at(-1);
      this.#token();
      const last = this.#tokens.at(-1);
      if (last !== undefined && last !== before && last.start >= this.#end) ahead += 1;
    }
    this.#push("eof", this.#text.length);
    return { tokens: this.#tokens, comments: this.#comments, problems: this.#problems };
  }

  /** A byte order mark and a first line that begins with `#`. */
  #skipPreamble(): void {
    if (this.#text.startsWith("\ufeff")) this.#at = 1;
    if (this.#text[this.#at] === "#") this.#at = lineEnd(this.#text, this.#at);
  }

  #skipBlank(): void {
    while (this.#at < this.#text.length) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x0a || code === 0x0d) this.#newLine = true;
      else if (code !== 0x20 && (code < 0x09 || code > 0x0c)) return;
      this.#at += 1;
    }
  }

  #token(): void {
    const text = this.#text;
    const start = this.#at;
    const code = text.charCodeAt(start);
    if (isLetter(code)) {
      NAME.lastIndex = start;
      const word = NAME.exec(text)?.[0] ?? "";
      if (text.charCodeAt(start + word.length) >= 0x80) this.#foreignName();
      else this.#push(isKeyword(word) ? word : "name", start + word.length);
    } else if (isDigit(code) || (code === 0x2e && isDigit(text.charCodeAt(start + 1)))) {
      this.#number();
    } else if (code === 0x22 || code === 0x27) {
      this.#shortString();
    } else if (code === 0x2d && text.charCodeAt(start + 1) === 0x2d) {
      this.#comment();
    } else if (code === 0x5b && /[[=]/.test(text[start + 1] ?? "")) {
      this.#longString();
    } else {
      OPERATOR.lastIndex = start;
      const operator = OPERATOR.exec(text)?.[0];
      if (operator !== undefined) this.#push(operator as TokenKind, start + operator.length);
      else this.#foreignName();
    }
  }

  #push(kind: TokenKind, end: number, literal?: StringLiteral): void {
    this.#tokens.push({ kind, start: this.#at, end, startsLine: this.#newLine, literal });
    this.#newLine = false;
    this.#at = end;
  }

  #foreignName(): void {
    FOREIGN_NAME.lastIndex = this.#at;
    const word = FOREIGN_NAME.exec(this.#text)?.[0];
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    const end = this.#at + (word ?? char).length;
    const message =
      word === undefined
        ? `${JSON.stringify(char)} has no meaning in Lua`
        : `'${word}' is no name in Lua: only ASCII letters, digits and '_' are allowed`;
    this.#problems.push({ span: { start: this.#at, end }, message });
    this.#push(word === undefined ? "unknown" : "name", end);
  }

  #number(): void {
    const text = this.#text;
    const start = this.#at;
    const hexadecimal = /^0[xX]/.test(text.slice(start, start + 2));
    const part = hexadecimal ? /(?:[pP][+-]?|[0-9a-fA-F.])+/y : /(?:[eE][+-]?|[0-9a-fA-F.])+/y;
    part.lastIndex = start + (hexadecimal ? 2 : 0);
    let end = part.lastIndex + (part.exec(text)?.[0].length ?? 0);
    if (isLetter(text.charCodeAt(end))) {
      NAME.lastIndex = end;
      end += NAME.exec(text)?.[0].length ?? 0;
    }
    const raw = text.slice(start, end);
    if (!(hexadecimal ? HEXADECIMAL : DECIMAL).test(raw)) {
      this.#problems.push({ span: { start, end }, message: `'${raw}' is no number` });
    }
    this.#push("number", end);
  }

  #shortString(): void {
    const text = this.#text;
    const start = this.#at;
    const quote = text[start] === '"' ? '"' : "'";
    let at = start + 1;
    let closed = false;
    while (at < text.length) {
      const char = text[at];
      if (char === quote) {
        closed = true;
        break;
      }
      if (char === "\n" || char === "\r") break;
      at = char === "\\" ? skipEscaped(text, at + 1) : at + 1;
    }
    at = Math.min(at, text.length);
    const contentEnd = closed
      ? at
      : start + 1 + contentOfUnclosed(text.slice(start + 1, at)).length;
    const end = closed ? at + 1 : contentEnd;
    const decoded = decodeShortString(text.slice(start + 1, contentEnd), start + 1);
    this.#problems.push(...decoded.problems);
    if (!closed) {
      const message = `This string is not closed: ${quote} expected before the line's end`;
      this.#problems.push({ span: { start, end }, message });
    }
    this.#push("string", end, {
      kind: "String",
      span: { start, end },
      contentSpan: { start: start + 1, end: contentEnd },
      value: decoded.value,
      quote,
      closed,
    });
  }

  #longString(): void {
    const text = this.#text;
    const start = this.#at;
    const level = longBracketLevel(text, start);
    if (level === undefined) {
      const end = start + 1;
      const message = "'[=' opens no long string: a second '[' is missing";
      this.#problems.push({ span: { start, end }, message });
      this.#push("[", end);
      return;
    }
    const contentStart = start + level + 2;
    const closer = `]${"=".repeat(level)}]`;
    const found = text.indexOf(closer, contentStart);
    const closed = found >= 0;
    const line = text.slice(contentStart, lineEnd(text, contentStart));
    const contentEnd = closed ? found : contentStart + contentOfUnclosed(line).length;
    const end = closed ? found + closer.length : contentEnd;
    if (!closed) {
      const message = `This long string is not closed: ${closer} is missing`;
      this.#problems.push({ span: { start, end: contentStart }, message });
    }
    this.#push("string", end, {
      kind: "String",
      span: { start, end },
      contentSpan: { start: contentStart, end: contentEnd },
      value: decodeLongString(text.slice(contentStart, contentEnd)),
      quote: "long",
      closed,
    });
  }

  #comment(): void {
    const text = this.#text;
    const start = this.#at;
    const level = text[start + 2] === "[" ? longBracketLevel(text, start + 2) : undefined;
    if (level === undefined) {
      const end = lineEnd(text, start);
      this.#comments.push({
        span: { start, end },
        contentSpan: { start: start + 2, end },
        long: false,
      });
      this.#at = end;
      return;
    }
    const contentStart = start + level + 4;
    const closer = `]${"=".repeat(level)}]`;
    const found = text.indexOf(closer, contentStart);
    const contentEnd = found < 0 ? text.length : found;
    const end = found < 0 ? text.length : found + closer.length;
    if (found < 0) {
      const message = `This comment is not closed: ${closer} is missing`;
      this.#problems.push({ span: { start, end: contentStart }, message });
    }
    this.#comments.push({
      span: { start, end },
      contentSpan: { start: contentStart, end: contentEnd },
      long: true,
    });
    if (found >= 0 && /[\r\n]/.test(text.slice(contentStart, contentEnd))) this.#newLine = true;
    this.#at = end;
  }
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function skipEscaped(text: string, at: number): number {
  if (text[at] === "z") {
    BLANK.lastIndex = at + 1;
    return at + 1 + (BLANK.exec(text)?.[0].length ?? 0);
  }
  return at + Math.max(1, lineBreakLength(text, at));
}

/** What of the rest of a line belongs to a string that is not closed. */
function contentOfUnclosed(rest: string): string {
  const from = Math.max(0, rest.length - LONGEST_TAIL);
  const tail = CLOSERS.exec(rest.slice(from));
  return tail === null ? rest : rest.slice(0, from + tail.index);
}

/** The number of `=` in the long bracket that opens at `at`; undefined when none does. */
function longBracketLevel(text: string, at: number): number | undefined {
  let level = 0;
  while (text[at + 1 + level] === "=") level += 1;
  return text[at + 1 + level] === "[" ? level : undefined;
}

function lineEnd(text: string, at: number): number {
  const end = /[\r\n]/g;
  end.lastIndex = at;
  return end.exec(text)?.index ?? text.length;
}
