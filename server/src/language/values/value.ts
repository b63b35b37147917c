import type { Variable } from "../scope/variables.ts";
import type { Expression, FunctionExpression } from "../syntax/ast.ts";
import type { ModuleExport } from "../wrappers/summary.ts";
import type { HeldTable } from "./table-fields.ts";
import { ANYTHING, type Template } from "./template.ts";

/** What an expression stands for, as far as the text tells. */
export type Value =
  /** The State that llmspell provides. */
  | { readonly kind: "state" }
  /** One of its functions, `State.save`. */
  | { readonly kind: "member"; readonly name: string }
  /** A global that the script leaves as it is, by its path: `string.format`. */
  | { readonly kind: "global"; readonly path: string }
  | TableValue
  | FunctionValue
  | ModuleValue
  | {
      readonly kind: "text";
      readonly template: Template;
      /** Where it is written in this script, if it was given to a function. */
      readonly at?: Expression | undefined;
      /** It is written in what makes an object, for all of them. */
      readonly shared?: true;
      /** What the text has around what is written there: `"rl:" .. name`. */
      readonly within?: { readonly before: string; readonly after: string } | undefined;
    }
  /** One of several: an item of a list of tables. */
  | { readonly kind: "several"; readonly values: readonly Value[]; readonly by: object }
  | { readonly kind: "unknown" };

export interface TableValue extends HeldTable {
  readonly kind: "table";
  /** Its metatable: fields that it does not have are looked for in that one's `__index`. */
  readonly metatable?: Value;
  /** What was given to the function that made it. */
  readonly bound?: Bound | undefined;
  /** It is the class of what this `self` is. */
  readonly self?: Variable;
  /** Fields that methods gave values since it was made. */
  readonly set?: ReadonlyMap<string, Value>;
  /** The same before methods that give the object back were given something. */
  readonly unchained?: TableValue;
}

export interface FunctionValue {
  readonly kind: "function";
  readonly node: FunctionExpression;
  /** What was given to the functions around it, where it was made by a call. */
  readonly bound?: Bound | undefined;
}

export interface ModuleValue {
  readonly kind: "module";
  /** What `require("name")` returns, or something in it. */
  readonly name: string;
  readonly path: readonly string[];
  /** It is not the module's own, but what a function of it made. */
  readonly made?: Made;
  /** As of a table. */
  readonly unchained?: ModuleValue;
}

export interface Made {
  readonly exports: readonly ModuleExport[];
  /** What that function was given. */
  readonly given: Given;
  /** Fields that methods gave values since. */
  readonly set?: ReadonlyMap<string, Value>;
}

/** What variables of a function were given by one call of it; undefined: nothing. */
export type Bound = ReadonlyMap<Variable, Value | undefined>;

/** What one call gives to what it calls. */
export interface Given {
  /** By the parameter's place, `self` at -1; undefined: nothing. */
  readonly parameter: (parameter: number) => Value | undefined;
  /** What the function was given that made what is called. */
  readonly outer?: Given | undefined;
  readonly bound?: Bound | undefined;
}

/** A value that stands in a call as an argument. */
export function givenAs(value: Value, argument: Expression): Value {
  return value.kind === "text" ? { ...value, at: argument } : value;
}

/** Says what expressions stand for; what asks it is asked by it in turn. */
export interface Values {
  readonly value: (expression: Expression) => Value;
  /** The text that the expression gives as a namespace or key: numbers as their text. */
  readonly text: (expression: Expression) => Template;
  /** That text when it is known to the last letter. */
  readonly exactText: (expression: Expression) => string | undefined;
  /** What gives several values. */
  readonly several: {
    /** Whether what the values after the first one are may be known. */
    readonly areKnown: (expression: Expression | undefined) => boolean;
    /** The value at a place (0-based). */
    readonly at: (expression: Expression, place: number) => Value;
    /** One of the values, whichever. */
    readonly any: (expression: Expression) => Value;
  };
}

export const UNKNOWN: Value = { kind: "unknown" };

/** The text that a value is, as far as it is one. */
export function textOf(value: Value): Template {
  return value.kind === "text" ? value.template : ANYTHING;
}
