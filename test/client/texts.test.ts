import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Fields of VS Code's objects that people read. */
const SHOWN_FIELDS = new Set([
  "title",
  "prompt",
  "placeHolder",
  "placeholder",
  "tooltip",
  "detail",
  "description",
  "message",
  "openLabel",
  "saveLabel",
]);
/** Functions whose texts people read. */
const SHOWN_BY =
  /^vscode\.window\.(?:show(?:Information|Warning|Error)Message|setStatusBarMessage)$/;
/** Names are the same in every language. */
const NAMES = new Set(["LLMSpell State"]);
/** So are addresses. */
const ADDRESS = /^\w+:\/\//;

/** Calls `visit` for each node of each file of the client. */
function walk(visit: (node: ts.Node, source: ts.SourceFile) => void): void {
  for (const path of globSync("client/src/**/*.ts", { cwd: root })) {
    const text = readFileSync(join(root, path), "utf8");
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
    const each = (node: ts.Node): void => {
      visit(node, source);
      ts.forEachChild(node, each);
    };
    each(source);
  }
}

const placed = (node: ts.Node, source: ts.SourceFile) =>
  `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;

const isWords = (node: ts.Node | undefined): node is ts.StringLiteralLike | ts.TemplateExpression =>
  node !== undefined &&
  ((ts.isStringLiteralLike(node) &&
    /\p{L}{2}/u.test(node.text) &&
    !NAMES.has(node.text) &&
    !ADDRESS.test(node.text)) ||
    (ts.isTemplateExpression(node) &&
      [node.head, ...node.templateSpans.map(({ literal }) => literal)].some(({ text }) =>
        /\p{L}{2}/u.test(text.replace(/\$\([\w-]+\)/g, "")),
      )));

test("what is translated is a whole literal with numbered gaps", () => {
  const wrong: string[] = [];
  let seen = 0;
  walk((node, source) => {
    if (!ts.isCallExpression(node) || node.expression.getText(source) !== "vscode.l10n.t") return;
    seen += 1;
    const [first, ...gaps] = node.arguments;
    const text = first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
    const numbers = new Set([...(text ?? "").matchAll(/\{(\d+)\}/g)].map(([, number]) => number));
    const spread = gaps.some((gap) => ts.isSpreadElement(gap));
    if (text === undefined || (!spread && numbers.size !== gaps.length)) {
      wrong.push(placed(node, source));
    }
  });
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(100);
});

test("what people read is translated", () => {
  const bare: string[] = [];
  walk((node, source) => {
    if (ts.isPropertyAssignment(node) && SHOWN_FIELDS.has(node.name.getText(source))) {
      if (isWords(node.initializer)) bare.push(placed(node, source));
    }
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isPropertyAccessExpression(node.left) &&
      SHOWN_FIELDS.has(node.left.name.text) &&
      isWords(node.right)
    ) {
      bare.push(placed(node, source));
    }
    if (ts.isCallExpression(node) && SHOWN_BY.test(node.expression.getText(source))) {
      for (const given of node.arguments) if (isWords(given)) bare.push(placed(given, source));
    }
  });
  expect(bare).toEqual([]);
});
