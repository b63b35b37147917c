import type { KnownText } from "../values/known-text.ts";

/** A part of a text that a function makes. Plain data. */
export type EffectPart =
  /** Literal. */
  | string
  /** Anything. */
  | null
  | GivenPart;

/** Something that is given, or a field in it. */
export interface GivenPart {
  /** 0-based; a `self` counts as parameter -1. */
  readonly parameter: number;
  /** It is the parameter of the function that made this one: `function make(ns) return function ...`. */
  readonly outer?: true;
  /** `["key"]` of `options.key`. */
  readonly path?: readonly string[];
  /** Where it is not given. */
  readonly otherwise?: readonly EffectPart[];
}

/** A State function that a script's function calls, in terms of its own parameters. Plain data. */
export interface Effect {
  /** `save`, `load` ... */
  readonly member: string;
  /** By the State function's parameters. */
  readonly args: readonly (readonly EffectPart[])[];
  /** Who is called is given, too: `f(...)` in `retry(3, State.load, ...)`; `member` is empty then. */
  readonly callee?: GivenPart;
}

/** A stored value that a function returns, or the part of it under `path`, in terms of its parameters. */
export interface ReturnedLoad extends Effect {
  readonly path: readonly (string | null)[];
}

/** What a function does to State when it is called. */
export interface FunctionSummary {
  readonly kind: "function";
  /** Written `function M:f()`: the object is not among the parameters. */
  readonly method: boolean;
  readonly parameters: readonly string[];
  readonly effects: readonly Effect[];
  /** Absent: not told here. */
  readonly returns?: readonly ReturnedLoad[];
  /** The text that it returns, when that is known in part: `"profile:" .. id`. */
  readonly text?: readonly EffectPart[] | undefined;
  /** The function or object that it makes: `[]` for itself, its fields and methods by their paths. */
  readonly made?: readonly ModuleExport[];
  /** Loaded values that it calls functions with which it is given. */
  readonly passes?: readonly PassedLoads[];
  /** It returns the object whose method it is. */
  readonly fluent?: true;
  /** The fields that it then has given that object. */
  readonly sets?: readonly SetField[];
}

/** What a function is called with that is given for a parameter (0-based), by its own arguments. */
export interface PassedLoads {
  readonly parameter: number;
  readonly args: readonly (readonly ReturnedLoad[])[];
}

/** A field that a method gives its object, in terms of the method's parameters. */
export interface SetField {
  readonly name: string;
  readonly parts: readonly EffectPart[];
}

/** What a module's field is, as far as it matters to scripts that require the module. */
export type ExportedValue =
  | FunctionSummary
  | { readonly kind: "state" }
  | { readonly kind: "member"; readonly name: string }
  | {
      readonly kind: "text";
      readonly text: KnownText;
      /** Of what a function makes: the text by that function's parameters. */
      readonly parts?: readonly EffectPart[];
    }
  /** Values that were loaded: `M.config = State.load("app", "config")`. Beside what else is told of it. */
  | { readonly kind: "loads"; readonly loads: readonly ReturnedLoad[] };

export interface ModuleExport {
  /** `[]`: what the module returns itself; `["keys", "user"]`: a field of a field. */
  readonly path: readonly string[];
  readonly value: ExportedValue;
  /** UTF-16 offsets of the name where it is defined. */
  readonly start: number;
  readonly end: number;
}

/**
 * What a script is to others: what it returns, and which modules it asks for. Plain data, so that it
 * can be cached and sent between threads.
 */
export interface ModuleSummary {
  readonly exports: readonly ModuleExport[];
  /** Names given to `require`, each once. */
  readonly requires: readonly string[];
}

/** Finds a module by the name that `require` is given; undefined when it is not known (yet). */
export type ModuleLookup = (name: string) => ModuleSummary | undefined;
