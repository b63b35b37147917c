import ts from "typescript";

export interface Mutant {
  /** What was negated, with single spaces, and its 1-based line. */
  readonly condition: string;
  readonly line: number;
  /** The named function that it stands in; "" for none. */
  readonly within: string;
  readonly text: string;
}

/**
 * The source of a rule with one of its conditions negated: of an `if`, of `? :`, of what `filter`,
 * `some`, `every`, `find` are given. One mutant for each.
 */
export function negations(source: string): readonly Mutant[] {
  const file = ts.createSourceFile("rule.ts", source, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const negate = (condition: ts.Node) => {
    const [start, end] = [condition.getStart(file), condition.end];
    const line = file.getLineAndCharacterOfPosition(start).line + 1;
    const written = source.slice(start, end);
    found.push({
      condition: written.replaceAll(/\s+/g, " "),
      line,
      within: functionAround(condition),
      text: `${source.slice(0, start)}!(${written})${source.slice(end)}`,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIfStatement(node)) negate(node.expression);
    if (ts.isConditionalExpression(node)) negate(node.condition);
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [callback] = node.arguments;
      const tests = ["filter", "some", "every", "find"].includes(node.expression.name.text);
      if (tests && callback !== undefined && ts.isArrowFunction(callback)) {
        if (!ts.isBlock(callback.body)) negate(callback.body);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function functionAround(node: ts.Node): string {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (ts.isFunctionDeclaration(at)) return at.name?.text ?? "";
  }
  return "";
}
