import { Loads } from "./flow/loads.ts";
import { Shapes } from "./flow/shape.ts";
import { findUncheckedLoads } from "./flow/unchecked.ts";
import type { ScriptModel } from "./model.ts";
import { constantProblems } from "./scope/constants.ts";
import { resolveScopes } from "./scope/resolve.ts";
import { parse } from "./syntax/parse.ts";
import { findUses } from "./uses.ts";
import { Evaluator } from "./values/evaluate.ts";
import { FunctionEffects } from "./wrappers/effects.ts";
import { usesOfMade } from "./wrappers/made.ts";
import { exportsOf } from "./wrappers/module.ts";
import type { ModuleLookup } from "./wrappers/summary.ts";

/**
 * Understands a script: a pure function of its text (and of what the modules it requires are), for
 * half-typed text too. Never throws.
 * @param before of an earlier text: what did not change of that is not parsed again
 */
export function buildScriptModel(
  text: string,
  modules?: ModuleLookup,
  before?: ScriptModel,
): ScriptModel {
  const modulesOnce = modules && remembering(modules);
  const parsed = parse(text, before);
  const { chunk, problems } = parsed;
  const scopes = resolveScopes(chunk);
  const evaluator = new Evaluator(scopes, modulesOnce);
  const effects = new FunctionEffects(evaluator);
  const loads = new Loads(scopes, evaluator, effects);
  const { uses, wrapperUses, requires } = findUses(scopes, evaluator, effects);
  const unchecked = once(() => findUncheckedLoads(scopes, evaluator));
  const module = once(() => {
    const exports = exportsOf(scopes, evaluator, effects, loads);
    return { exports, requires };
  });
  return {
    text,
    parsed,
    chunk,
    problems: problems.length > 0 ? problems : constantProblems(scopes),
    uses,
    wrapperUses,
    // Nobody needs these while typing: they are found out when they are asked for.
    get uncheckedLoads() {
      return unchecked();
    },
    madeBy: (call) => usesOfMade(call, effects, evaluator),
    get module() {
      return module();
    },
    loads,
    shapes: new Shapes(scopes),
    scopes,
  };
}

/** A module is asked for at every call of what is in it, and finding one takes a while. */
function remembering(modules: ModuleLookup): ModuleLookup {
  const known = new Map<string, ReturnType<ModuleLookup>>();
  return (name) => {
    if (!known.has(name)) known.set(name, modules(name));
    return known.get(name);
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
