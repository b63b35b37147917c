import type { Chunk, Expression, StringLiteral } from "./syntax/ast.ts";
import type { Span, SyntaxProblem } from "./syntax/span.ts";

export type { Span, SyntaxProblem } from "./syntax/span.ts";

/**
 * What is known of a text that a script computes: exactly, as a pattern whose `null` parts are
 * anything (`"profile:" .. id` is `["profile:", null]`), or not at all.
 */
export type KnownText =
  | { readonly kind: "exact"; readonly text: string }
  | { readonly kind: "pattern"; readonly parts: readonly (string | null)[] }
  | { readonly kind: "unknown" };

export interface Argument {
  readonly span: Span;
  readonly expression: Expression;
  readonly text: KnownText;
  /** When the argument is one string literal as such (also half-typed: an unclosed one). */
  readonly literal: StringLiteral | undefined;
}

/** One place where a function of the global `State` is named. */
export interface StateUse {
  /** As written: `save`, `get`; "" while `State.` is being typed. */
  readonly member: string;
  /** The member's name (without quotes in `S["save"]`); empty span after a bare dot. */
  readonly memberSpan: Span;
  /** The call with its arguments, or the member expression. */
  readonly span: Span;
  /** `test`: only compared with nil or used as a condition; `write`: assigned to. */
  readonly kind: "call" | "mention" | "test" | "write";
  /** `State:save(...)` passes State itself as a first argument: never what was meant. */
  readonly method: boolean;
  /** `alias`: through a local that stands for State or for one of its functions. */
  readonly via: "direct" | "alias" | "wrapper";
  /** Of a call: the arguments as they stand, without a missing last one; empty otherwise. */
  readonly args: readonly Argument[];
  /** Of a call: from after `(` to before `)`, or the lone string or table argument. */
  readonly argsSpan: Span | undefined;
  /** Offsets of the commas between the arguments. */
  readonly commas: readonly number[];
}

/** One script, understood: a pure function of its text. */
export interface ScriptModel {
  readonly text: string;
  readonly chunk: Chunk;
  readonly problems: readonly SyntaxProblem[];
  /** In source order. */
  readonly uses: readonly StateUse[];
}

/** Where an offset stands, as far as State is concerned. */
export type Place =
  /** In or right after a member's name: `State.sa|`. */
  | { readonly kind: "member"; readonly use: StateUse }
  /** In argument `index` (0-based) of a call; also where no argument is written yet. */
  | {
      readonly kind: "argument";
      readonly use: StateUse;
      readonly index: number;
      readonly argument: Argument | undefined;
    }
  | { readonly kind: "none" };
