import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** The functions of the client that make rows of views: name and text. */
function rowMakers(): { readonly name: string; readonly text: string }[] {
  const makers: { name: string; text: string }[] = [];
  for (const path of globSync("client/src/**/*.ts", { cwd: root })) {
    const text = readFileSync(join(root, path), "utf8");
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const named = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
      const body = named ? node.getText(source) : "";
      if (named && body.includes("new vscode.TreeItem(")) {
        makers.push({ name: `${path}: ${node.name?.getText(source)}`, text: body });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return makers;
}

test("every row of a view says in words what it is: VS Code would read its tooltip instead", () => {
  const makers = rowMakers();
  expect(makers.length).toBeGreaterThan(8);
  const silent = makers.filter(({ text }) => !text.includes(".accessibilityInformation = "));
  expect(silent.map(({ name }) => name)).toEqual([]);
});
