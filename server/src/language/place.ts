import type { Place, ScriptModel, StateUse } from "./model.ts";
import type { Expression } from "./syntax/ast.ts";
import { visitExpressionsAt } from "./syntax/walk.ts";

/** Where a UTF-16 offset stands, as far as State is concerned: the innermost use around it. */
export function placeAt(model: ScriptModel, offset: number): Place {
  let found: StateUse | undefined;
  const { uses, wrapperUses } = model.usesNear(offset);
  for (const use of uses) {
    const { memberSpan } = use;
    if (offset >= memberSpan.start && offset <= memberSpan.end) return { kind: "member", use };
    if (isInArguments(use, offset) && isInner(use, found)) found = use;
  }
  const field = fieldAt(model, offset);
  let place = found === undefined ? undefined : argumentAt(found, offset);
  for (const use of wrapperUses) {
    if (!isInArguments(use, offset) || !isInner(use, found)) continue;
    const inWrapper = argumentAt(use, offset);
    if (found !== undefined && length(use) === length(found) && place !== undefined) continue;
    place = inWrapper;
    found = use;
  }
  if (field?.kind === "field" && !isName(model, field, place)) return field;
  return place ?? { kind: "none" };
}

/** `KEYS.theme` as an argument is a name, not a part of a value. */
function isName(
  model: ScriptModel,
  { object, nameSpan }: Place & { kind: "field" },
  place: Place | undefined,
): boolean {
  if (place?.kind !== "argument" || place.argument === undefined) return false;
  const { expression, text } = place.argument;
  if (expression.kind !== "Member" && expression.kind !== "Index") return false;
  if (expression.object !== object || nameSpan.end > expression.span.end) return false;
  return text.kind !== "unknown" && model.loads.of(object).length === 0;
}

/** The innermost field's name at an offset, of a value that was loaded or is a table. */
function fieldAt(model: ScriptModel, offset: number): Place | undefined {
  let found: (Place & { kind: "field" }) | undefined;
  visitExpressionsAt(model.chunk.body, offset, (expression) => {
    const place = fieldOf(expression);
    if (place === undefined) return;
    const { nameSpan } = place;
    if (offset >= nameSpan.start && offset <= nameSpan.end) found = place;
  });
  if (found === undefined) return undefined;
  const known =
    model.loads.of(found.object).length > 0 || model.shapes.of(found.object).kind === "table";
  return known ? found : undefined;
}

function fieldOf(expression: Expression): (Place & { kind: "field" }) | undefined {
  if (expression.kind === "Member") {
    const { object, name, nameSpan } = expression;
    return { kind: "field", object, name: name?.name ?? "", nameSpan, literal: undefined };
  }
  if (expression.kind !== "Index" || expression.index.kind !== "String") return undefined;
  const { object, index: literal } = expression;
  return { kind: "field", object, name: literal.value, nameSpan: literal.contentSpan, literal };
}

function isInArguments({ argsSpan }: StateUse, offset: number): boolean {
  return argsSpan !== undefined && offset >= argsSpan.start && offset <= argsSpan.end;
}

function isInner(use: StateUse, than: StateUse | undefined): boolean {
  return than === undefined || length(use) <= length(than);
}

/** undefined where a wrapper passes what stands here nowhere. */
function argumentAt(use: StateUse, offset: number): Place | undefined {
  const slot = use.commas.filter((comma) => comma < offset).length;
  if (use.via !== "wrapper") {
    const argument = use.args[slot];
    return { kind: "argument", use, index: slot, argument, within: undefined };
  }
  const index = use.args.findIndex(
    ({ slot: given, field, span }) =>
      given === slot && (field !== true || (offset >= span.start && offset <= span.end)),
  );
  const found = use.args[index];
  if (found === undefined) return undefined;
  const argument = found.expression.kind === "Missing" ? undefined : found;
  return { kind: "argument", use, index, argument, within: found.within };
}

function length(use: StateUse): number {
  return use.span.end - use.span.start;
}
