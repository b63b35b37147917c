import type { Brackets } from "./brackets.ts";
import type { Lexed } from "./lexer.ts";
import type { Span, SyntaxProblem } from "./span.ts";
import type { Token, TokenKind } from "./tokens.ts";

const LINE_STARTERS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "name",
  "(",
  ";",
  "::",
  "local",
  "return",
  "if",
  "while",
  "for",
  "repeat",
  "break",
  "goto",
  "do",
  "function",
]);

/**
 * The parser's place in the token list. It keeps problems from cascading: after one is told, others
 * wait until a statement begins that is not part of the trouble.
 */
export class TokenCursor {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #brackets: Brackets;
  readonly #lexical: readonly SyntaxProblem[];
  /** Those that the parser told, in the order in which it did. */
  readonly problems: SyntaxProblem[] = [];
  readonly #eof: Token;
  /** The tokens go on where these end. */
  readonly #partial: boolean;
  #index = 0;
  /** Tokens from here on do not exist for now: a bracket was left open before them. */
  #stop: number;
  #quietFrom: number | undefined;
  #statementStart = 0;
  #farthest = 0;
  #beyond = false;
  #indentCounted = false;

  constructor(text: string, lexed: Lexed, brackets: Brackets) {
    this.#text = text;
    this.#tokens = lexed.tokens;
    this.#brackets = brackets;
    this.#lexical = lexed.problems;
    this.#stop = lexed.tokens.length - 1;
    const end = text.length;
    this.#partial = (lexed.tokens.at(-1)?.start ?? end) < end;
    this.#eof = { kind: "eof", start: end, end, startsLine: true, literal: undefined };
  }

  /** The token that stands next; an `eof` at a stop. */
  get token(): Token {
    if (this.#index < this.#stop) return this.#tokens[this.#index] ?? this.#eof;
    if (this.#partial && this.#stop === this.#tokens.length - 1) this.#beyond = true;
    return this.#eof;
  }

  /** Whether something depended on tokens beyond those that there are. */
  get wentBeyond(): boolean {
    return this.#beyond;
  }

  /** The last token that anything depended on which was found by looking far ahead. */
  get farthest(): number {
    return this.#farthest;
  }

  /** Whether the indentation of an `end` counted, or would have if blocks did not pair up; asked once. */
  takeIndentCounted(): boolean {
    const counted = this.#indentCounted;
    this.#indentCounted = false;
    return counted;
  }

  get kind(): TokenKind {
    return this.token.kind;
  }

  is(kind: TokenKind): boolean {
    return this.kind === kind;
  }

  /** The kind of the token after the next one. */
  get nextKind(): TokenKind {
    return this.#index + 1 < this.#stop ? (this.#tokens[this.#index + 1]?.kind ?? "eof") : "eof";
  }

  get index(): number {
    return this.#index;
  }

  /** Where the last token that was taken ended. */
  get lastEnd(): number {
    return this.#tokens[this.#index - 1]?.end ?? 0;
  }

  /** Where the next token starts, also beyond a stop. */
  get nextStart(): number {
    return (this.#tokens[this.#index] ?? this.#eof).start;
  }

  take(): Token {
    const token = this.token;
    if (token.kind !== "eof") this.#index += 1;
    return token;
  }

  /** Takes the next token if it is of this kind. */
  accept(kind: TokenKind): Token | undefined {
    return this.kind === kind ? this.take() : undefined;
  }

  /** Whether the next token stands on the line of the one before. */
  get onSameLine(): boolean {
    return this.kind !== "eof" && !this.token.startsLine;
  }

  /** Whether the opening token at `index` has its closing one. */
  isClosed(index: number): boolean {
    return this.#brackets.closers.has(index);
  }

  /** Jumps to the token that closes the one at `index`, if it lies ahead. */
  skipToCloser(index: number): void {
    const closer = this.#brackets.closers.get(index);
    if (closer !== undefined && closer < this.#stop && closer > this.#index) this.#index = closer;
  }

  /** Gives up: nothing after this is understood. */
  abandon(): void {
    this.#index = this.#tokens.length - 1;
    this.#stop = this.#index;
  }

  /**
   * Runs `work` so that, if the bracket at `open` is not closed, it ends before the first line that
   * is indented no deeper than the bracket's and may begin a statement.
   */
  within<T>(open: number, work: () => T): T {
    if (this.isClosed(open)) return work();
    const stop = this.#stop;
    this.#stop = this.#lineEndingBracket(open);
    const result = work();
    if (this.#index < this.#tokens.length - 1) this.#stop = stop;
    return result;
  }

  #lineEndingBracket(open: number): number {
    const indent = this.#indentation(this.#tokens[open]?.start ?? 0);
    for (let index = open + 1; index < this.#stop; index += 1) {
      const token = this.#tokens[index];
      this.#farthest = Math.max(this.#farthest, index);
      if (token?.startsLine !== true || !LINE_STARTERS.has(token.kind)) continue;
      if (this.#column(token.start) <= indent) return index;
    }
    if (this.#stop === this.#tokens.length - 1) {
      this.#farthest = this.#stop;
      this.#beyond ||= this.#partial;
    }
    return this.#stop;
  }

  /** Whether problems may be told again from the next token on, if a statement begins there. */
  get isUntroubled(): boolean {
    return (
      this.#quietFrom === undefined || (this.#index > this.#quietFrom && this.token.startsLine)
    );
  }

  /** The statement being parsed begins here: problems may be told again if this is a new line. */
  beginStatement(): void {
    this.#statementStart = this.token.start;
    if (this.#quietFrom === undefined || this.#index <= this.#quietFrom) return;
    if (this.token.startsLine) this.#quietFrom = undefined;
  }

  /** Tells a problem, unless it follows from one that was told. */
  problem(span: Span, message: string): void {
    const told = this.#quietFrom !== undefined;
    this.#quietFrom = Math.max(this.#index, this.#quietFrom ?? 0);
    if (told || this.#followsLexicalProblem(span)) return;
    this.problems.push({ span, message });
  }

  /** Tells that `what` is missing here: on the next token, or behind the last at a line's end. */
  expected(what: string): void {
    const token = this.token;
    const here = token.startsLine || token.kind === "eof";
    if (here) {
      this.problem({ start: this.lastEnd, end: this.lastEnd }, `${what} expected`);
      return;
    }
    const text = this.#text.slice(token.start, token.end);
    const near = text.length > 30 ? `${text.slice(0, 29)}…` : text;
    this.problem({ start: token.start, end: token.end }, `${what} expected before ${near}`);
  }

  #followsLexicalProblem(span: Span): boolean {
    return this.#lexical.some(
      (other) => other.span.start >= this.#statementStart && other.span.start <= span.start,
    );
  }

  /**
   * Whether the `end` that stands next, first on its line, belongs to a block outside the one opened
   * at `open`: only where blocks do not pair up, told by its smaller indentation.
   */
  endsOuterBlock(open: Token): boolean {
    if (!this.token.startsLine) return false;
    const outer = this.#column(this.token.start) < this.#indentation(open.start);
    this.#indentCounted ||= outer;
    return outer && !this.#brackets.balanced;
  }

  /** Whether the next token starts a line that is indented no deeper than that of `token`. */
  leavesBlockOf(token: Token): boolean {
    if (this.kind === "eof") return true;
    return (
      this.token.startsLine && this.#column(this.token.start) <= this.#indentation(token.start)
    );
  }

  /** UTF-16 units before `offset` on its line. */
  #column(offset: number): number {
    return offset - lineStart(this.#text, offset);
  }

  /** Blank units at the start of the line of `offset`. */
  #indentation(offset: number): number {
    const start = lineStart(this.#text, offset);
    let at = start;
    while (this.#text[at] === " " || this.#text[at] === "\t") at += 1;
    return at - start;
  }
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0) {
    const code = text.charCodeAt(start - 1);
    if (code === 0x0a || code === 0x0d) break;
    start -= 1;
  }
  return start;
}
