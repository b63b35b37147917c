import type { Argument, ScriptModel, StateUse } from "../../language/model.ts";
import type { TextChange } from "../types.ts";
import { callPlace } from "./call-place.ts";

/**
 * The changes that make the last argument of a load, meant as a default, one: `State.load(n, k, d)`
 * becomes `State.load(n, k) or d`. None where that is not the same: for `true`, which would take the
 * place of a stored `false`, and for what may give no value or several.
 */
export function asDefault(use: StateUse, model: ScriptModel): readonly TextChange[] | undefined {
  const [fallback, before] = [use.args.at(-1), use.args.at(-2)];
  if (fallback === undefined || before === undefined || !isPlainDefault(fallback)) return undefined;
  const place = callPlace(model, use);
  if (place === "statement" || use.via !== "direct") return undefined;
  const { start, end } = use.span;
  const text = model.text.slice(fallback.span.start, fallback.span.end);
  const [open, close] = place === "value" ? ["", ""] : ["(", ")"];
  const changes: TextChange[] = [
    { span: { start, end: start }, newText: open },
    { span: { start: before.span.end, end: fallback.span.end }, newText: "" },
    { span: { start: end, end }, newText: ` or ${text}${close}` },
  ];
  return changes.filter(({ span, newText }) => span.start < span.end || newText !== "");
}

function isPlainDefault({ expression: { kind } }: Argument): boolean {
  return ["String", "Number", "Table", "False", "Identifier", "Member"].includes(kind);
}

/** Whether an argument as it is written can be no key: `{}`, `0`, `false`. */
export function isNoKey({ expression: { kind } }: Argument): boolean {
  return ["Table", "Number", "True", "False", "Nil", "Function"].includes(kind);
}
