import { buildScriptModel } from "../../language/script-model.ts";

const CANDIDATE = /\brequire\b/g;
const LITERAL = /\s*(?:\(\s*)?(?:"([\w.-]*)"|'([\w.-]*)')/y;

/**
 * Names that a script may give to `require`, by its text alone: also one in a comment, which does no
 * harm. The script is understood only where the text does not show them.
 */
export function requiredNames(text: string): readonly string[] {
  const names = new Set<string>();
  for (const candidate of text.matchAll(CANDIDATE)) {
    LITERAL.lastIndex = candidate.index + candidate[0].length;
    const literal = LITERAL.exec(text);
    if (literal === null) return buildScriptModel(text).module.requires;
    names.add(literal[1] ?? literal[2] ?? "");
  }
  return [...names];
}
