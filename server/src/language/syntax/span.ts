/** UTF-16 offsets into the text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Something that makes a text no valid Lua. */
export interface SyntaxProblem {
  readonly span: Span;
  readonly message: string;
}
