import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import { StateError } from "../../../../shared/src/errors.ts";
import type { ScriptModel, Span } from "../../language/model.ts";
import { placeAt } from "../../language/place.ts";
import { touchedBy } from "../../language/touched.ts";
import { targetAt, type WrittenTarget } from "../navigation/target.ts";
import { firstLiteral } from "./literals.ts";
import type { Renaming } from "./name.ts";

/** What F2 is about: the text that is edited, and what a new text for it means. */
export interface Prepared {
  readonly span: Span;
  readonly placeholder: string;
  readonly renaming: (newText: string) => Renaming;
}

/**
 * What is renamed at an offset (UTF-16) of a script; undefined where nothing of State stands.
 * @throws StateError `computed-name` where the name is only known when the script runs
 */
export function prepareRename(model: ScriptModel, offset: number): Prepared | undefined {
  const target = targetAt(model, offset);
  if (target === undefined) {
    if (isName(model, offset)) throw computed();
    return undefined;
  }
  const known = target.key ?? target.namespace;
  const { before, after } = surroundings(target);
  const { literal, span } = target.argument;
  if (known.kind === "exact") {
    return {
      span: literal?.contentSpan ?? span,
      placeholder: literal?.value ?? known.text,
      renaming: (text) => ({
        ...ofTarget(target),
        extent: "whole",
        from: known.text,
        to: literal === undefined ? text : before + text + after,
      }),
    };
  }
  const first = firstLiteral(target.argument.expression);
  const beginning = known.kind === "pattern" ? known.parts[0] : null;
  const inFirst =
    first !== undefined && offset >= first.contentSpan.start && offset <= first.contentSpan.end;
  if (!inFirst || beginning !== before + first.value || first.value === "") throw computed();
  return {
    span: first.contentSpan,
    placeholder: first.value,
    renaming: (text) => ({
      ...ofTarget(target),
      extent: "beginning",
      from: beginning,
      to: before + text,
    }),
  };
}

function ofTarget({ namespace, key }: WrittenTarget): Pick<Renaming, "of" | "namespace"> {
  return { of: key === undefined ? "namespace" : "key", namespace };
}

/** What stands around the written text in the whole name: of a wrapper, or `agent:` of a helper. */
function surroundings({ use, argument, key }: WrittenTarget) {
  const prefix = key === undefined ? (STATE_MEMBERS.get(use.member)?.namespacePrefix ?? "") : "";
  const { before, after } = argument.within ?? { before: "", after: "" };
  return { before: prefix + before, after };
}

function isName(model: ScriptModel, offset: number): boolean {
  const place = placeAt(model, offset);
  if (place.kind !== "argument" || place.argument === undefined) return false;
  if (place.argument.text.kind === "exact") return false;
  const touched = touchedBy(place.use);
  return place.argument === touched?.keyArgument || place.argument === touched?.namespaceArgument;
}

function computed(): StateError {
  return new StateError(
    "computed-name",
    "This name is only known when the script runs.",
    "Put the cursor on a name, or on the beginning of one, that is written as a string.",
  );
}
