import type { Block, Comment, MemberExpression, Statement } from "./ast.ts";
import type { Span, SyntaxProblem } from "./span.ts";

/**
 * Outermost statements that were understood by themselves: what they are depends on the text from
 * `start` to `reach` alone, and whether all blocks pair up where `indentCounted`. A later parse moves
 * those that it takes over.
 */
export interface Part {
  /** The first begins at 0; every other one with a token that begins a line. */
  start: number;
  reach: number;
  readonly statements: readonly Statement[];
  /** The bodies of all functions in it. */
  readonly bodies: readonly Block[];
  readonly comments: readonly Comment[];
  /** What is wrong inside single tokens. */
  readonly lexical: readonly SyntaxProblem[];
  /** What is wrong between them. */
  readonly grammatical: readonly SyntaxProblem[];
  /** Its blocks pair up. */
  readonly balanced: boolean;
  /** An `end` is indented less than what it closes: taken for another's where blocks do not pair up. */
  readonly indentCounted: boolean;
  /** Which parse made it: it keeps that one's text, which its names were cut out of. */
  readonly made: number;
  /** Known once it has moved. */
  places?: Places;
  /** What is wrong with jumps in its functions, once that was asked for. */
  jumps?: readonly SyntaxProblem[];
}

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Everything in a part that says where in the text it stands, each once: nodes share spans. */
export interface Places {
  readonly spans: readonly Mutable<Span>[];
  readonly members: readonly Mutable<MemberExpression>[];
  readonly commas: readonly number[][];
}
