import type { Argument, KnownText, ScriptModel, Span, StateUse } from "../../language/model.ts";
import { placeAt } from "../../language/place.ts";
import { touchedBy } from "../../language/touched.ts";
import { writtenPlace } from "../written-place.ts";

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
  const direct = place.kind === "argument" ? place.argument : undefined;
  if (place.kind === "argument" && direct !== undefined && direct.text.kind !== "unknown") {
    const span = direct.literal?.contentSpan ?? direct.span;
    return target(place.use, direct, span, direct.text);
  }
  return place.kind === "argument" || place.kind === "none"
    ? targetOfPiece(model, offset)
    : undefined;
}

/** A string that is given to State from elsewhere: a constant, an item of a list. */
function targetOfPiece(model: ScriptModel, offset: number): WrittenTarget | undefined {
  const written = writtenPlace(model, offset);
  if (written === undefined) return undefined;
  const { use, argument, piece } = written;
  if (piece.open || piece.before !== "") return undefined;
  const { before, after } = argument.within ?? { before: "", after: "" };
  const { value: text, contentSpan } = piece.literal;
  return target(use, { ...argument, literal: piece.literal }, contentSpan, {
    kind: "exact",
    text: before + text + after,
  });
}

function target(
  use: StateUse,
  argument: Argument,
  span: Span,
  text: KnownText,
): WrittenTarget | undefined {
  const given = { ...argument, text };
  const touched = touchedBy({
    ...use,
    args: use.args.map((one) =>
      one.expression === argument.expression && one.origin === argument.origin ? given : one,
    ),
  });
  if (touched === undefined) return undefined;
  const { namespace, key, namespaceArgument, keyArgument } = touched;
  if (text.kind === "exact" && text.text === "") return undefined;
  if (given === keyArgument && key !== undefined && key.kind !== "unknown") {
    return { namespace, key: composed(key), use, argument: given, span };
  }
  if (given !== namespaceArgument || namespace.kind === "unknown") return undefined;
  return { namespace, use, argument: given, span };
}
