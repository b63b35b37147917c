import { Loads } from "./flow/loads.ts";
import { Shapes } from "./flow/shape.ts";
import { findUncheckedLoads } from "./flow/unchecked.ts";
import { KeptUses } from "./kept-uses.ts";
import type { ScriptModel } from "./model.ts";
import { constantProblems } from "./scope/constants.ts";
import { resolveScopes } from "./scope/scopes.ts";
import type { Chunk, Statement } from "./syntax/ast.ts";
import { parse } from "./syntax/parse.ts";
import type { Answers } from "./understood.ts";
import { findUses } from "./uses.ts";
import { Evaluator } from "./values/evaluate.ts";
import { FunctionEffects } from "./wrappers/effects.ts";
import { usesOfMade } from "./wrappers/made.ts";
import { exportsOf } from "./wrappers/module.ts";
import type { ModuleLookup, ModuleSummary } from "./wrappers/summary.ts";

/**
 * Understands a script: a pure function of its text (and of what the modules it requires are), for
 * half-typed text too. Never throws.
 * @param before of an earlier text: what did not change of it is taken over and not found out again.
 * Nobody may go by positions in it, or ask it what names mean, any more.
 */
export function buildScriptModel(
  text: string,
  modules?: ModuleLookup,
  before?: ScriptModel,
): ScriptModel {
  const askedModules = new Map<string, ModuleSummary | undefined>();
  const modulesOnce = remembering(modules, askedModules);
  const parsed = parse(text, before);
  const { chunk, problems } = parsed;
  const usable = parsed.age > 0 ? before : undefined;
  const scopes = resolveScopes(parsed, usable?.scopes);
  const evaluator = new Evaluator(scopes, modulesOnce);
  const effects = new FunctionEffects(evaluator);
  const loads = new Loads(scopes, evaluator, effects);
  const apart = (): Answers => {
    const another = new Evaluator(scopes, modulesOnce);
    return { evaluator: another, effects: new FunctionEffects(another) };
  };
  const keptUses = usable?.keptUses ?? new KeptUses();
  // Nobody needs these while typing: they are found out when they are asked for.
  const found = once(() =>
    keptUses.of({
      parts: parsed.parts,
      names: scopes.names,
      modules: modulesOnce,
      askedModules,
      answers: { evaluator, effects },
      apart,
    }),
  );
  const unchecked = once(() => findUncheckedLoads(scopes, evaluator));
  const module = once(() => {
    const exports = exportsOf(scopes, evaluator, effects, loads);
    return { exports, requires: found.value.requires };
  });
  // What is found out first must not matter to what is told of the whole script.
  const near = once(apart);
  return {
    text,
    parsed,
    chunk,
    problems: problems.length > 0 ? problems : constantProblems(scopes),
    get uses() {
      return found.value.uses;
    },
    get wrapperUses() {
      return found.value.wrapperUses;
    },
    usesNear: (offset) =>
      found.isKnown
        ? found.value
        : findUses(statementsNear(chunk, offset), near.value.evaluator, near.value.effects),
    get uncheckedLoads() {
      return unchecked.value;
    },
    madeBy: (call) => usesOfMade(call, effects, evaluator),
    get module() {
      return module.value;
    },
    loads,
    shapes: new Shapes(scopes),
    scopes,
    keptUses,
  };
}

/** A module is asked for at every call of what is in it, and finding one takes a while. */
function remembering(
  modules: ModuleLookup = () => undefined,
  known: Map<string, ModuleSummary | undefined>,
): ModuleLookup {
  return (name) => {
    if (!known.has(name)) known.set(name, modules(name));
    return known.get(name);
  };
}

/** Statements before the one at an offset that are looked at too: an unclosed call may go on behind its last token. */
const BEFORE = 3;

/** The outermost statements that an offset may belong to. */
function statementsNear({ body: { statements } }: Chunk, offset: number): readonly Statement[] {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((statements[middle]?.span.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return statements.slice(Math.max(0, low - 1 - BEFORE), low);
}

/** A value that is made when it is first asked for. */
function once<T>(make: () => T): { readonly value: T; readonly isKnown: boolean } {
  let made: { readonly value: T } | undefined;
  return {
    get isKnown() {
      return made !== undefined;
    },
    get value() {
      made ??= { value: make() };
      return made.value;
    },
  };
}
