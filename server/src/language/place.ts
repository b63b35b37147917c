import type { Place, ScriptModel, StateUse } from "./model.ts";

/** Where a UTF-16 offset stands, as far as State is concerned: the innermost use around it. */
export function placeAt(model: ScriptModel, offset: number): Place {
  let found: StateUse | undefined;
  for (const use of model.uses) {
    const { memberSpan } = use;
    if (offset >= memberSpan.start && offset <= memberSpan.end) return { kind: "member", use };
    if (isInArguments(use, offset) && isInner(use, found)) found = use;
  }
  let place = found === undefined ? undefined : argumentAt(found, offset);
  for (const use of model.wrapperUses) {
    if (!isInArguments(use, offset) || !isInner(use, found)) continue;
    const inWrapper = argumentAt(use, offset);
    if (found !== undefined && length(use) === length(found) && place !== undefined) continue;
    place = inWrapper;
    found = use;
  }
  return place ?? { kind: "none" };
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
  const index = use.args.findIndex((argument) => argument.slot === slot);
  const found = use.args[index];
  if (found === undefined) return undefined;
  const argument = found.expression.kind === "Missing" ? undefined : found;
  return { kind: "argument", use, index, argument, within: found.within };
}

function length(use: StateUse): number {
  return use.span.end - use.span.start;
}
