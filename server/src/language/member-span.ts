import type { Expression } from "./syntax/ast.ts";
import type { Span } from "./syntax/span.ts";

/** The name by which a call or member expression names its function. */
export function memberSpan(callee: Expression): Span {
  if (callee.kind === "Member") return callee.nameSpan;
  if (callee.kind !== "Index") return callee.span;
  return callee.index.kind === "String" ? callee.index.contentSpan : callee.index.span;
}
