import type { Argument, KnownText, ScriptModel, Span, StateUse } from "../../language/model.ts";
import { placeAt } from "../../language/place.ts";
import { touchedBy } from "../../language/touched.ts";

/** An entry or, without a key, a namespace. */
export interface StateName {
  readonly namespace: KnownText;
  readonly key?: KnownText;
}

/** A namespace or key where it stands in a script. */
export interface WrittenTarget extends StateName {
  readonly use: StateUse;
  readonly argument: Argument;
  /** Between the quotes, where it is one string; else the whole argument. */
  readonly span: Span;
}

/** Stored keys are in Unicode NFC. */
function composed(key: KnownText): KnownText {
  return key.kind === "exact" ? { kind: "exact", text: key.text.normalize("NFC") } : key;
}

/** The namespace or key at an offset (UTF-16) of a script, as far as anything is known of it. */
export function targetAt(model: ScriptModel, offset: number): WrittenTarget | undefined {
  const place = placeAt(model, offset);
  if (place.kind !== "argument" || place.argument === undefined) return undefined;
  const { use, argument } = place;
  const touched = touchedBy(use);
  if (touched === undefined) return undefined;
  const { namespace, key, namespaceArgument, keyArgument } = touched;
  if (argument.text.kind === "exact" && argument.text.text === "") return undefined;
  const span = argument.literal?.contentSpan ?? argument.span;
  if (argument === keyArgument && key !== undefined && key.kind !== "unknown") {
    return { namespace, key: composed(key), use, argument, span };
  }
  if (argument !== namespaceArgument || namespace.kind === "unknown") return undefined;
  return { namespace, use, argument, span };
}
