import type { ScriptModel } from "./model.ts";
import { constantProblems } from "./scope/constants.ts";
import { resolveScopes } from "./scope/resolve.ts";
import { parse } from "./syntax/parser.ts";
import { findUses } from "./uses.ts";
import { Evaluator } from "./values/evaluate.ts";

/** Understands a script: a pure function of its text, for half-typed text too. Never throws. */
export function buildScriptModel(text: string): ScriptModel {
  const { chunk, problems } = parse(text);
  const scopes = resolveScopes(chunk);
  const evaluator = new Evaluator(scopes);
  return {
    text,
    chunk,
    problems: problems.length > 0 ? problems : constantProblems(scopes),
    uses: findUses(scopes, evaluator),
  };
}
