import { PROTECTED } from "../scope/call-names.ts";
import type { CallExpression, Expression } from "../syntax/ast.ts";
import { soleHole } from "./template.ts";
import type { Value, Values } from "./value.ts";

/** What a call calls in the end. */
export interface Called {
  /** The expression that names it. */
  readonly callee: Expression;
  readonly value: Value;
  /** How many arguments of the call stand before those of what is called. */
  readonly skipped: number;
}

/** What a call calls; through `pcall(f, ...)` and `xpcall(f, handler, ...)` that is `f`, given or not. */
export function calledBy(call: CallExpression, values: Pick<Values, "value">): Called {
  const value = values.value(call.callee);
  const [first] = call.args;
  const skipped = value.kind === "global" ? PROTECTED.get(value.path) : undefined;
  if (skipped === undefined || first === undefined)
    return { callee: call.callee, value, skipped: 0 };
  const inner = values.value(first);
  const isCalled = inner.kind === "member" || inner.kind === "function" || inner.kind === "module";
  if (!isCalled && (inner.kind !== "text" || soleHole(inner.template) === undefined)) {
    return { callee: call.callee, value, skipped: 0 };
  }
  return { callee: first, value: inner, skipped };
}

/** The arguments as they stand, without a missing last one. */
export function argumentsOf(call: CallExpression, skipped: number): readonly Expression[] {
  const last = call.args.at(-1)?.kind === "Missing" ? -1 : undefined;
  return call.args.slice(skipped, last);
}
