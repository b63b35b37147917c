import type { Loads } from "./flow/loads.ts";
import type { Shapes } from "./flow/shape.ts";
import type { ResolvedScopes } from "./scope/scopes.ts";
import type { CallExpression, Chunk, Expression, StringLiteral } from "./syntax/ast.ts";
import type { Parsed } from "./syntax/parse.ts";
import type { Span, SyntaxProblem } from "./syntax/span.ts";
import type { Understood } from "./understood.ts";
import type { KnownText } from "./values/known-text.ts";
import type { ModuleSummary } from "./wrappers/summary.ts";

export type { Span, SyntaxProblem } from "./syntax/span.ts";
export type { KnownText } from "./values/known-text.ts";

export interface Argument {
  readonly span: Span;
  readonly expression: Expression;
  readonly text: KnownText;
  /** When the argument is one string literal as such (also half-typed: an unclosed one). */
  readonly literal: StringLiteral | undefined;
  /**
   * Which argument of the call as written gives this one (0-based); undefined: a wrapper sets it by
   * itself, and nothing of it stands here (`span` and `expression` are then the callee's).
   */
  readonly slot: number | undefined;
  /** What a wrapper puts around the written text: `"profile:" .. id` has before "profile:". */
  readonly within: Surroundings | undefined;
  /** It is a field of the table that argument `slot` is: `cache{ key = "x" }`. */
  readonly field?: true;
  /** Without a slot: what was given where the function, or its object, was made: `makeSaver("user")`. */
  readonly origin?: Expression;
}

/** One of what an argument may be. */
export interface Variant {
  readonly text: KnownText;
  /** What gives it, in this script; undefined: the argument as it stands. */
  readonly at: Expression | undefined;
}

export interface Surroundings {
  readonly before: string;
  readonly after: string;
}

/** The function of a script, through which a call reaches State. */
export interface Wrapper {
  /** As the call names it: `cacheSet`, `M.set`. */
  readonly name: string;
  /** The module that it comes from, as `require` names it; undefined: this script. */
  readonly module: string | undefined;
  /** The function in this script; of another module: its name there. */
  readonly span: Span;
  readonly parameters: readonly string[];
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
  /** What the names among the arguments may be together, where one is one of several. */
  readonly either?: readonly (readonly Variant[])[];
  /** Of a call: from after `(` to before `)`, or the lone string or table argument. */
  readonly argsSpan: Span | undefined;
  /** Offsets of the commas between the arguments. */
  readonly commas: readonly number[];
  /** Of a call `via` a wrapper. */
  readonly wrapper: Wrapper | undefined;
}

/** The first use of a loaded value that raises an error when nothing is stored. */
export interface UncheckedLoad {
  /** What may be nil there: the variable, or the load itself. */
  readonly span: Span;
  readonly kind: "index" | "call" | "arithmetic" | "length" | "concatenation" | "iteration";
  /** The variable's name; undefined: the load is used directly. */
  readonly name: string | undefined;
  /** The call that loaded it: `or {}` behind it is one way out. */
  readonly load: Span;
  /** It was called by `pcall` or `xpcall`, and its value is the second result. */
  readonly tried: boolean;
}

/** What some statements do to State. */
export interface FoundUses {
  readonly uses: readonly StateUse[];
  readonly wrapperUses: readonly StateUse[];
  /** Names given to `require`, in the script's own statements and in functions, each once. */
  readonly requires: readonly string[];
}

/** The uses in one text after another, where not all of a text is another one. */
export interface UsesByParts {
  of(text: Understood): FoundUses;
}

/** One script, understood: a pure function of its text. */
export interface ScriptModel {
  readonly text: string;
  /** For the model of a later text. */
  readonly parsed: Parsed;
  readonly chunk: Chunk;
  readonly problems: readonly SyntaxProblem[];
  /** Direct and through aliases, in source order. */
  readonly uses: readonly StateUse[];
  /**
   * What calls of the script's own functions (and of required modules') do to State by passing their
   * arguments on: one for each State function behind a call, in source order, args by its parameters.
   */
  readonly wrapperUses: readonly StateUse[];
  /** Those of `uses` and `wrapperUses` around an offset (UTF-16), and perhaps others: found quickly. */
  readonly usesNear: (offset: number) => Pick<ScriptModel, "uses" | "wrapperUses">;
  /** In source order, one for each load at most. */
  readonly uncheckedLoads: readonly UncheckedLoad[];
  /** Which stored entries values may come from, and what form they have. */
  readonly loads: Loads;
  readonly shapes: Shapes;
  readonly scopes: ResolvedScopes;
  /** For the model of a later text. */
  readonly keptUses: UsesByParts;
  /**
   * What the function, or the methods of the object, that a call makes will do to State with what the
   * call gives: for `makeSaver("user")`, which nobody has called yet.
   */
  readonly madeBy: (call: CallExpression) => readonly StateUse[];
  /** What this script is to others. */
  readonly module: ModuleSummary;
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
      /** As in `Argument`: what is written here is only a part of the argument. */
      readonly within: Surroundings | undefined;
    }
  /** In or right after a field's name of a value: `p.the|`, `p["the|`. */
  | {
      readonly kind: "field";
      /** `p`: `model.loads.of` and `model.shapes.of` tell what fields it may have. */
      readonly object: Expression;
      /** As far as it is written; empty after a bare dot. */
      readonly name: string;
      readonly nameSpan: Span;
      /** Of `p["the|`; undefined after a dot. */
      readonly literal: StringLiteral | undefined;
    }
  | { readonly kind: "none" };
