import type { Comment, StringLiteral } from "./ast.ts";

const KEYWORDS = [
  "and",
  "break",
  "do",
  "else",
  "elseif",
  "end",
  "false",
  "for",
  "function",
  "goto",
  "if",
  "in",
  "local",
  "nil",
  "not",
  "or",
  "repeat",
  "return",
  "then",
  "true",
  "until",
  "while",
] as const;

export type Keyword = (typeof KEYWORDS)[number];

export type TokenKind =
  | Keyword
  | "name"
  | "number"
  | "string"
  | "eof"
  /** A character that Lua does not know; a problem stands on it. */
  | "unknown"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "^"
  | "#"
  | "&"
  | "~"
  | "|"
  | "<<"
  | ">>"
  | "//"
  | "=="
  | "~="
  | "<="
  | ">="
  | "<"
  | ">"
  | "="
  | "("
  | ")"
  | "{"
  | "}"
  | "["
  | "]"
  | "::"
  | ";"
  | ":"
  | ","
  | "."
  | ".."
  | "...";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** Whether it is the first token on its line. */
  readonly startsLine: boolean;
  /** Of a `string`. */
  readonly literal: StringLiteral | undefined;
}

/** What a text is made of. `tokens` ends with an `eof`. */
export interface TokenList {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
}

const keywords: ReadonlySet<string> = new Set(KEYWORDS);

/** Whether a word is reserved in Lua. */
export function isKeyword(word: string): word is Keyword {
  return keywords.has(word);
}
