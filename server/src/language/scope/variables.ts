import type {
  CallExpression,
  Chunk,
  Expression,
  FunctionExpression,
  Identifier,
} from "../syntax/ast.ts";

/** An expression that gives several values, and which of them it is (0-based). */
export interface Source {
  readonly expression: Expression;
  readonly index: number;
  /** `iteration`: the values of one round of a `for ... in expression`. */
  readonly kind: "results" | "iteration";
}

/** One way in which a variable gets its value. */
export interface Definition {
  /** The name where it is given the value. */
  readonly at: Identifier;
  /** undefined: not to be known from the text (a parameter, a loop's variable, a second result). */
  readonly value: Expression | undefined;
  /** Where the value is one of several that another expression gives. */
  readonly from: Source | undefined;
  /** Assigned in the chunk's own statements, not in a branch, loop or function. */
  readonly unconditional: boolean;
}

/** A value given to a field of what a variable holds: `M.a.b = value`. */
export interface FieldDefinition {
  /** `["a", "b"]`; a part that is computed is undefined. */
  readonly path: readonly (string | undefined)[];
  /** The whole target: `M.a.b`. */
  readonly target: Expression;
  readonly value: Expression | undefined;
}

export interface Reference {
  readonly at: Identifier;
  readonly write: boolean;
}

/** A local variable, or a global name as this script uses it. */
export interface Variable {
  readonly name: string;
  readonly kind: "local" | "parameter" | "self" | "loop" | "global";
  /** Of a local: the name where it is declared; `self` has none, its value is the object. */
  readonly declaration: Identifier | undefined;
  /** Of what `...` holds: its place behind the named parameters (0-based); it has no name. */
  readonly extra?: number;
  /** `const` or `close`. */
  readonly attribute: string | undefined;
  /** The innermost function that declares it; undefined: the chunk. */
  readonly owner: FunctionExpression | undefined;
  readonly definitions: readonly Definition[];
  readonly fields: readonly FieldDefinition[];
  /** In source order, the declaration not among them. */
  readonly references: readonly Reference[];
}

export interface Taker {
  readonly call: CallExpression;
  readonly place: number;
}

/** The calls and functions of a script by name, found out when they are asked for. */
export interface NamedCalls {
  /** By the last name of what is called, also by `pcall`; in source order. */
  of(name: string): readonly CallExpression[];
  /** The call that a function is written in, as an argument (0-based). */
  takerOf(node: FunctionExpression): Taker | undefined;
  /** The last name that a function is given where it is written. */
  nameOf(node: FunctionExpression): string | undefined;
}

/** Which variable each name of a chunk means. */
export interface Scopes {
  readonly chunk: Chunk;
  /** Every identifier that is an expression, a declaration or an assignment's target. */
  readonly variables: Pick<ReadonlyMap<Identifier, Variable>, "get">;
  /** Locals in the order of their declarations. */
  readonly locals: readonly Variable[];
  readonly globals: ReadonlyMap<string, Variable>;
  /** Names that are global in form but read from a local `_ENV`. */
  readonly foreign: ReadonlySet<Identifier>;
  /** The function whose `...` each is; that of the chunk itself is not among them. */
  readonly varargs: Pick<ReadonlyMap<Expression, FunctionExpression>, "get">;
  readonly calls: NamedCalls;
  /** Calls by the name `setmetatable`, in no order. */
  readonly metatables: readonly CallExpression[];
}
