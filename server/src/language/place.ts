import type { Place, ScriptModel, StateUse } from "./model.ts";

/** Where a UTF-16 offset stands, as far as State is concerned: the innermost use around it. */
export function placeAt(model: ScriptModel, offset: number): Place {
  let found: StateUse | undefined;
  for (const use of model.uses) {
    if (offset >= use.memberSpan.start && offset <= use.memberSpan.end)
      return { kind: "member", use };
    if (use.argsSpan === undefined || offset < use.argsSpan.start || offset > use.argsSpan.end)
      continue;
    if (found === undefined || length(use) <= length(found)) found = use;
  }
  return found === undefined ? { kind: "none" } : argumentAt(found, offset);
}

function argumentAt(use: StateUse, offset: number): Place {
  const index = use.commas.filter((comma) => comma < offset).length;
  return { kind: "argument", use, index, argument: use.args[index] };
}

function length(use: StateUse): number {
  return use.span.end - use.span.start;
}
