import { Loads } from "./flow/loads.ts";
import { Shapes } from "./flow/shape.ts";
import { findUncheckedLoads } from "./flow/unchecked.ts";
import { KeptUses } from "./kept-uses.ts";
import type {
  FoundUses,
  ScriptModel,
  StateUse,
  SyntaxProblem,
  UncheckedLoad,
  UsesByParts,
} from "./model.ts";
import { constantProblems } from "./scope/constants.ts";
import { type ResolvedScopes, resolveScopes } from "./scope/scopes.ts";
import type { CallExpression, Chunk, Statement } from "./syntax/ast.ts";
import { type Parsed, parse } from "./syntax/parse.ts";
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
  return new LazyModel(text, modules, before);
}

/**
 * What nobody needs while typing is found out when it is asked for. A class, not an object with
 * getters: for each of those V8 makes a shape of its own, among what is old at once, and what its
 * functions hold, all of the model, stays until V8 looks through everything.
 */
class LazyModel implements ScriptModel {
  readonly text: string;
  readonly parsed: Parsed;
  readonly chunk: Chunk;
  readonly problems: readonly SyntaxProblem[];
  readonly loads: Loads;
  readonly shapes: Shapes;
  readonly scopes: ResolvedScopes;
  readonly keptUses: UsesByParts;
  readonly #askedModules = new Map<string, ModuleSummary | undefined>();
  readonly #modules: ModuleLookup;
  readonly #answers: Answers;
  #found: FoundUses | undefined;
  #near: Answers | undefined;
  #unchecked: readonly UncheckedLoad[] | undefined;
  #module: ModuleSummary | undefined;

  constructor(text: string, modules: ModuleLookup | undefined, before: ScriptModel | undefined) {
    this.#modules = remembering(modules, this.#askedModules);
    this.text = text;
    this.parsed = parse(text, before);
    this.chunk = this.parsed.chunk;
    const usable = this.parsed.age > 0 ? before : undefined;
    this.scopes = resolveScopes(this.parsed, usable?.scopes);
    const { problems } = this.parsed;
    this.problems = problems.length > 0 ? problems : constantProblems(this.scopes);
    this.#answers = this.#apart();
    const { evaluator, effects } = this.#answers;
    this.loads = new Loads(this.scopes, evaluator, effects);
    this.shapes = new Shapes(this.scopes);
    this.keptUses = usable?.keptUses ?? new KeptUses();
  }

  /** Answers that nothing was asked yet: what is found out first matters to what is found out later. */
  #apart(): Answers {
    const evaluator = new Evaluator(this.scopes, this.#modules);
    return { evaluator, effects: new FunctionEffects(evaluator) };
  }

  get #uses(): FoundUses {
    this.#found ??= this.keptUses.of({
      parts: this.parsed.parts,
      names: this.scopes.names,
      modules: this.#modules,
      askedModules: this.#askedModules,
      answers: this.#answers,
      apart: () => this.#apart(),
    });
    return this.#found;
  }

  get uses(): readonly StateUse[] {
    return this.#uses.uses;
  }

  get wrapperUses(): readonly StateUse[] {
    return this.#uses.wrapperUses;
  }

  usesNear(offset: number): Pick<ScriptModel, "uses" | "wrapperUses"> {
    if (this.#found !== undefined) return this.#found;
    this.#near ??= this.#apart();
    return findUses(statementsNear(this.chunk, offset), this.#near.evaluator, this.#near.effects);
  }

  get uncheckedLoads(): readonly UncheckedLoad[] {
    this.#unchecked ??= findUncheckedLoads(this.scopes, this.#answers.evaluator);
    return this.#unchecked;
  }

  madeBy(call: CallExpression): readonly StateUse[] {
    const { evaluator, effects } = this.#answers;
    return usesOfMade(call, effects, evaluator);
  }

  get module(): ModuleSummary {
    this.#module ??= this.#summary();
    return this.#module;
  }

  #summary(): ModuleSummary {
    const { evaluator, effects } = this.#answers;
    const exports = exportsOf(this.scopes, evaluator, effects, this.loads);
    return { exports, requires: this.#uses.requires };
  }
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
