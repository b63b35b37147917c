import type { Argument, ScriptModel, Span } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import { firstLiteral } from "../rename/literals.ts";

/** A namespace or key to colour. */
export interface NameToken {
  readonly span: Span;
  readonly kind: "namespace" | "key";
  /** It is saved or deleted there. */
  readonly write: boolean;
}

/**
 * The namespaces and keys of a script, between their quotes, in the order of the text; of computed
 * ones the string they begin with. Those that go over several lines are left out.
 * @param within only those that touch it, UTF-16
 */
export function nameTokens(model: ScriptModel, within?: Span): readonly NameToken[] {
  const tokens = new Map<number, NameToken>();
  const add = (argument: Argument | undefined, kind: NameToken["kind"], write: boolean) => {
    if (argument === undefined || (argument.slot === undefined && argument.origin === undefined))
      return;
    const literal = argument.literal ?? firstLiteral(argument.origin ?? argument.expression);
    if (literal === undefined) return;
    const { start, end } = literal.contentSpan;
    if (start === end || (within !== undefined && (end < within.start || start > within.end))) {
      return;
    }
    if (/[\r\n]/.test(model.text.slice(start, end))) return;
    const known = tokens.get(start);
    tokens.set(start, { span: { start, end }, kind, write: write || known?.write === true });
  };
  for (const use of allUses(model)) {
    const touched = touchedBy(use);
    if (touched === undefined) continue;
    const { access } = touched.member;
    const write = access === "write" || access === "delete";
    add(touched.namespaceArgument, "namespace", write);
    add(touched.keyArgument, "key", write);
  }
  return [...tokens.values()].sort((a, b) => a.span.start - b.span.start);
}
