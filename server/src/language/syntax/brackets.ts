import type { Token, TokenKind } from "./tokens.ts";

/** How brackets and blocks of a token list pair up, as far as can be told before parsing. */
export interface Brackets {
  /** Index of the closing token by index of the opening one; an unclosed bracket is absent. */
  readonly closers: ReadonlyMap<number, number>;
  /** Every `function`, `if`, `do` and `repeat` has its `end` or `until`, and the reverse. */
  readonly balanced: boolean;
  /** Indexes of tokens that begin a line outside of all brackets and blocks, ascending. */
  readonly outermost: readonly number[];
  /** Indexes of what keeps them from being balanced: closers without an opener, openers without closer. */
  readonly unpaired: readonly number[];
  /** Nothing was left open. */
  readonly closed: boolean;
}

const STATEMENT_STARTS: ReadonlySet<TokenKind> = new Set([
  "local",
  "return",
  "if",
  "while",
  "for",
  "repeat",
  "break",
  "goto",
  "do",
  "then",
]);
const VALUE_ENDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "name",
  "number",
  "string",
  "nil",
  "true",
  "false",
  "end",
  ")",
  "]",
  "}",
]);
const BRACKETS: Readonly<Partial<Record<TokenKind, TokenKind>>> = { ")": "(", "]": "[", "}": "{" };

/**
 * Pairs brackets and blocks of the tokens before the one at `end`. A bracket counts as unclosed when a statement begins inside it: that is
 * how a call that is being typed is told from one that goes on in the next line.
 */
export function pairBrackets(tokens: readonly Token[], end = tokens.length): Brackets {
  const pairing = new Pairing(tokens);
  for (let index = 0; index < end; index += 1) pairing.take(index);
  const closed = pairing.isClosed;
  pairing.finish();
  const { closers, outermost, unpaired } = pairing;
  return { closers, balanced: unpaired.length === 0, outermost, unpaired, closed };
}

class Pairing {
  readonly closers = new Map<number, number>();
  readonly #tokens: readonly Token[];
  readonly outermost: number[] = [];
  readonly unpaired: number[] = [];
  readonly #open: number[] = [];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isClosed(): boolean {
    return this.#open.length === 0;
  }

  take(index: number): void {
    const token = this.#tokens[index];
    const kind = token?.kind ?? "eof";
    if (token?.startsLine === true && this.isClosed) this.outermost.push(index);
    if (this.#beginsStatement(index, kind)) this.#dropBrackets();
    switch (kind) {
      case "(":
      case "[":
      case "{":
      case "function":
      case "if":
      case "do":
      case "repeat":
        this.#open.push(index);
        break;
      case ")":
      case "]":
      case "}":
        this.#closeBracket(index, BRACKETS[kind] ?? kind);
        break;
      case "end":
      case "until":
        this.#closeBlock(index, kind);
        break;
      default:
    }
  }

  finish(): void {
    this.#dropBrackets();
    this.unpaired.push(...this.#open);
  }

  #topKind(): TokenKind | undefined {
    return this.#kindAt(this.#open.at(-1) ?? -1);
  }

  #kindAt(index: number): TokenKind | undefined {
    return this.#tokens[index]?.kind;
  }

  /** Whether the token cannot stand in the bracket that is open. */
  #beginsStatement(index: number, kind: TokenKind): boolean {
    const top = this.#topKind();
    if (top !== "(" && top !== "[" && top !== "{") return false;
    if (STATEMENT_STARTS.has(kind)) return true;
    const next = this.#kindAt(index + 1);
    if (kind === "function") return next === "name";
    if (top === "{") return false;
    if (kind === "=") return true;
    return (
      kind === "name" &&
      this.#tokens[index]?.startsLine === true &&
      VALUE_ENDS.has(this.#kindAt(index - 1) ?? "eof")
    );
  }

  #dropBrackets(): void {
    while (isBracket(this.#topKind())) this.#open.pop();
  }

  #closeBracket(index: number, opener: TokenKind): void {
    for (let depth = this.#open.length - 1; depth >= 0; depth -= 1) {
      const open = this.#open[depth] ?? -1;
      const kind = this.#kindAt(open);
      if (!isBracket(kind)) return;
      if (kind === opener) {
        this.closers.set(open, index);
        this.#open.length = depth;
        return;
      }
    }
  }

  #closeBlock(index: number, kind: "end" | "until"): void {
    this.#dropBrackets();
    const open = this.#open.pop();
    if (open === undefined) {
      this.unpaired.push(index);
      return;
    }
    if ((this.#kindAt(open) === "repeat") !== (kind === "until")) this.unpaired.push(index);
    this.closers.set(open, index);
  }
}

function isBracket(kind: TokenKind | undefined): boolean {
  return kind === "(" || kind === "[" || kind === "{";
}
