import type { Names } from "./scope/scopes.ts";
import type { Part } from "./syntax/part.ts";
import type { Evaluator } from "./values/evaluate.ts";
import type { FunctionEffects } from "./wrappers/effects.ts";
import type { ModuleLookup, ModuleSummary } from "./wrappers/summary.ts";

/** What answers what expressions of a script stand for and do. */
export interface Answers {
  readonly evaluator: Evaluator;
  readonly effects: FunctionEffects;
}

/** One text of a script, as far as its uses depend on it. */
export interface Understood {
  readonly parts: readonly Part[];
  readonly names: Names;
  readonly modules: ModuleLookup;
  /** What the modules that were asked for are. */
  readonly askedModules: ReadonlyMap<string, ModuleSummary | undefined>;
  /** For all of the script. */
  readonly answers: Answers;
  /** For some of it: what is found out first must not matter to what is told of the whole. */
  readonly apart: () => Answers;
}
