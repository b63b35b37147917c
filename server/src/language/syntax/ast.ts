import type { Span } from "./span.ts";

/**
 * The tree of a Lua 5.3/5.4 chunk. There is always one: what is missing in half-typed code is a
 * `Missing` expression, an absent name or a `closed: false`, never a hole.
 * Every node has the UTF-16 `span` of its text.
 */
export interface Chunk {
  readonly kind: "Chunk";
  readonly span: Span;
  readonly body: Block;
  readonly comments: readonly Comment[];
}

export interface Comment {
  readonly span: Span;
  /** Between `--` and the line's end, or between the long brackets. */
  readonly contentSpan: Span;
  readonly long: boolean;
}

export interface Block {
  readonly kind: "Block";
  readonly span: Span;
  readonly statements: readonly Statement[];
}

export interface LocalStatement {
  readonly kind: "Local";
  readonly span: Span;
  readonly names: readonly LocalName[];
  readonly values: readonly Expression[];
}

export interface LocalName {
  readonly name: Identifier;
  /** `const` or `close` of `<const>`, `<close>`. */
  readonly attribute: Identifier | undefined;
}

export interface AssignmentStatement {
  readonly kind: "Assignment";
  readonly span: Span;
  readonly targets: readonly Expression[];
  readonly values: readonly Expression[];
}

/** A call, or (with a problem) another expression that stands alone while it is being typed. */
export interface ExpressionStatement {
  readonly kind: "ExpressionStatement";
  readonly span: Span;
  readonly expression: Expression;
}

export interface DoStatement {
  readonly kind: "Do";
  readonly span: Span;
  readonly body: Block;
}

export interface WhileStatement {
  readonly kind: "While";
  readonly span: Span;
  readonly condition: Expression;
  readonly body: Block;
}

export interface RepeatStatement {
  readonly kind: "Repeat";
  readonly span: Span;
  readonly body: Block;
  /** Sees the body's locals. */
  readonly condition: Expression;
}

export interface IfClause {
  readonly condition: Expression;
  readonly body: Block;
}

export interface IfStatement {
  readonly kind: "If";
  readonly span: Span;
  /** `if` and every `elseif`. */
  readonly clauses: readonly IfClause[];
  readonly otherwise: Block | undefined;
}

export interface NumericForStatement {
  readonly kind: "NumericFor";
  readonly span: Span;
  readonly variable: Identifier;
  readonly from: Expression;
  readonly to: Expression;
  readonly step: Expression | undefined;
  readonly body: Block;
}

export interface GenericForStatement {
  readonly kind: "GenericFor";
  readonly span: Span;
  readonly names: readonly Identifier[];
  readonly values: readonly Expression[];
  readonly body: Block;
}

/** `function a.b.c()` and `function a.b:c()`; the target is an Identifier or a Member. */
export interface FunctionStatement {
  readonly kind: "FunctionStatement";
  readonly span: Span;
  readonly target: Identifier | MemberExpression;
  readonly function: FunctionExpression;
}

export interface LocalFunctionStatement {
  readonly kind: "LocalFunction";
  readonly span: Span;
  readonly name: Identifier;
  readonly function: FunctionExpression;
}

export interface ReturnStatement {
  readonly kind: "Return";
  readonly span: Span;
  readonly values: readonly Expression[];
}

export interface BreakStatement {
  readonly kind: "Break";
  readonly span: Span;
}

export interface GotoStatement {
  readonly kind: "Goto";
  readonly span: Span;
  readonly label: Identifier | undefined;
}

export interface LabelStatement {
  readonly kind: "Label";
  readonly span: Span;
  readonly label: Identifier | undefined;
}

export type Statement =
  | LocalStatement
  | AssignmentStatement
  | ExpressionStatement
  | DoStatement
  | WhileStatement
  | RepeatStatement
  | IfStatement
  | NumericForStatement
  | GenericForStatement
  | FunctionStatement
  | LocalFunctionStatement
  | ReturnStatement
  | BreakStatement
  | GotoStatement
  | LabelStatement;

export interface Identifier {
  readonly kind: "Identifier";
  readonly span: Span;
  readonly name: string;
}

export interface StringLiteral {
  readonly kind: "String";
  readonly span: Span;
  /** Between the delimiters; of an unclosed one, up to where it was taken to end. */
  readonly contentSpan: Span;
  /** Decoded; bytes that are no UTF-8 become U+FFFD. */
  readonly value: string;
  readonly quote: '"' | "'" | "long";
  readonly closed: boolean;
}

export interface NumberLiteral {
  readonly kind: "Number";
  readonly span: Span;
  readonly raw: string;
}

export interface ConstantExpression {
  readonly kind: "Nil" | "True" | "False" | "Vararg";
  readonly span: Span;
}

export interface FunctionExpression {
  readonly kind: "Function";
  /** From `function` (also `local function`'s) to `end`. */
  readonly span: Span;
  /** Without the `self` that `function a:b()` adds. */
  readonly parameters: readonly Identifier[];
  readonly vararg: boolean;
  /** `function a:b()`: there is a local `self`. */
  readonly method: boolean;
  readonly body: Block;
}

export type TableField =
  | { readonly kind: "Positional"; readonly span: Span; readonly value: Expression }
  | {
      readonly kind: "Named";
      readonly span: Span;
      readonly name: Identifier;
      readonly value: Expression;
    }
  | {
      readonly kind: "Computed";
      readonly span: Span;
      readonly key: Expression;
      readonly value: Expression;
    };

export interface TableExpression {
  readonly kind: "Table";
  readonly span: Span;
  readonly fields: readonly TableField[];
  readonly closed: boolean;
}

export type BinaryOperator =
  | "or"
  | "and"
  | "<"
  | ">"
  | "<="
  | ">="
  | "~="
  | "=="
  | "|"
  | "~"
  | "&"
  | "<<"
  | ">>"
  | ".."
  | "+"
  | "-"
  | "*"
  | "/"
  | "//"
  | "%"
  | "^";

export interface BinaryExpression {
  readonly kind: "Binary";
  readonly span: Span;
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface UnaryExpression {
  readonly kind: "Unary";
  readonly span: Span;
  readonly operator: "not" | "#" | "-" | "~";
  readonly operand: Expression;
}

export interface ParenExpression {
  readonly kind: "Paren";
  readonly span: Span;
  readonly expression: Expression;
}

/** `a.b`, and `a:b` as the callee of a method call. */
export interface MemberExpression {
  readonly kind: "Member";
  readonly span: Span;
  readonly object: Expression;
  /** Where `.` or `:` stands. */
  readonly dot: number;
  readonly method: boolean;
  /** undefined after a bare dot. */
  readonly name: Identifier | undefined;
  /** Of the name; empty after a bare dot. */
  readonly nameSpan: Span;
}

/** `a[b]` */
export interface IndexExpression {
  readonly kind: "Index";
  readonly span: Span;
  readonly object: Expression;
  readonly index: Expression;
  readonly closed: boolean;
}

export interface CallExpression {
  readonly kind: "Call";
  readonly span: Span;
  /** Of a method call: a Member with `method`. */
  readonly callee: Expression;
  /** May end with `Missing`: nothing stands after the last comma. */
  readonly args: readonly Expression[];
  /** From after `(` to before `)`, or the lone string or table argument. */
  readonly argsSpan: Span;
  /** Offsets of the commas between the arguments. */
  readonly commas: readonly number[];
  readonly closed: boolean;
}

/** Where an expression should stand and none does; its span is empty. */
export interface MissingExpression {
  readonly kind: "Missing";
  readonly span: Span;
  /** It is not in the tree, but stands for something that nobody has written. */
  readonly apart?: true;
}

export type Expression =
  | Identifier
  | StringLiteral
  | NumberLiteral
  | ConstantExpression
  | FunctionExpression
  | TableExpression
  | BinaryExpression
  | UnaryExpression
  | ParenExpression
  | MemberExpression
  | IndexExpression
  | CallExpression
  | MissingExpression;
