import type { Shape, ShapeField } from "../../language/flow/shape.ts";
import type { Argument, KnownText, ScriptModel, StateUse } from "../../language/model.ts";
import { argumentFor, touchedBy } from "../../language/touched.ts";
import { eachOf } from "../../language/variants.ts";
import { enclosingFunction } from "./enclosing-function.ts";
import { packUses, type UnplacedName, type UnplacedUse } from "./packed-uses.ts";
import { lineStarts } from "./places.ts";
import { emptySummary, type FileSummary } from "./summary.ts";

/** A script with more calls than this is data that looks like one. */
const MAX_USES = 20_000;
/** Fields of one saved value that are kept. */
const MAX_FIELDS = 100;

/** What the index keeps of a script's model. */
export function summarize(file: string, model: ScriptModel): FileSummary {
  return { ...summarizeUses(file, model), module: model.module };
}

/** The same without what the script is to others. */
export function summarizeUses(file: string, model: ScriptModel): FileSummary {
  if (model.uses.length + model.wrapperUses.length > MAX_USES) {
    return emptySummary(file, "too-many-uses");
  }
  const found = [...model.uses, ...model.wrapperUses]
    .flatMap(eachOf)
    .map((use) => useOf(use, model))
    .filter((use) => use !== undefined)
    .sort((a, b) => a.memberPlace.start - b.memberPlace.start);
  if (found.length === 0) return emptySummary(file);
  return { ...emptySummary(file), uses: packUses(found, lineStarts(model.text)) };
}

function useOf(use: StateUse, model: ScriptModel): UnplacedUse | undefined {
  const touched = touchedBy(use);
  if (touched === undefined) return undefined;
  return {
    member: use.member,
    via: use.via,
    namespace: touched.namespace,
    key: touched.key && composed(touched.key),
    place: use.span,
    memberPlace: use.memberSpan,
    namespaceName: nameOf(touched.namespaceArgument),
    keyName: nameOf(touched.keyArgument),
    function: enclosingFunction(model.chunk.body, use.span.start),
    wrapper: use.wrapper,
    value: touched.member.access === "write" ? savedBy(use, model) : undefined,
  };
}

/** How a name is written at the call; undefined where a wrapper sets it by itself. */
function nameOf(argument: Argument | undefined): UnplacedName | undefined {
  if (argument?.origin !== undefined) {
    const { span, kind } = argument.origin;
    const content = kind === "String" ? argument.origin.contentSpan : undefined;
    return { place: span, content, within: argument.within };
  }
  if (argument?.slot === undefined || argument.expression.kind === "Missing") return undefined;
  const { span, literal, within } = argument;
  return { place: span, content: literal?.contentSpan, quote: literal?.quote, within };
}

function savedBy(use: StateUse, model: ScriptModel): Shape | undefined {
  const argument = argumentFor(use, "value");
  if (argument?.slot === undefined || argument.within !== undefined) return undefined;
  const shape = model.shapes.of(argument.expression);
  return shape.kind === "unknown" ? undefined : cut(shape, { left: MAX_FIELDS });
}

/** Stored keys are in Unicode NFC. */
function composed(key: KnownText): KnownText {
  return key.kind === "exact" ? { kind: "exact", text: key.text.normalize("NFC") } : key;
}

/** The shape with as many fields as are left. */
function cut(shape: Shape, budget: { left: number }): Shape {
  if (shape.kind !== "table") return shape;
  const fields: ShapeField[] = [];
  for (const field of shape.fields) {
    if (budget.left === 0) return { ...shape, fields, open: true };
    budget.left -= 1;
    fields.push({ ...field, shape: cut(field.shape, budget) });
  }
  return { ...shape, fields };
}
