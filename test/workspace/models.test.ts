import { expect, test } from "vitest";
import type { ModuleSummary } from "../../server/src/language/wrappers/summary.ts";
import { ScriptModels } from "../../server/src/workspace/models.ts";

function document(uri: string, text: string) {
  return { uri, version: 1, getText: () => text };
}

const a = document("file:///a.lua", 'return { key = "k" }');
const b = document("file:///b.lua", 'State.load("app", require("a").key)');

function summary(key: string): ModuleSummary {
  const value = { kind: "text" as const, text: { kind: "exact" as const, text: key } };
  return { exports: [{ path: ["key"], value, start: 0, end: 0 }], requires: [] };
}

test("when a script becomes another module, only the others are understood again", () => {
  const models = new ScriptModels();
  let key = "old";
  const built: string[] = [];
  const of = (one: typeof a) =>
    models.of(
      one,
      () => summary(key),
      () => built.push(one.uri),
    );
  of(a);
  of(b);
  key = "new";
  models.modulesChanged(a.uri);
  of(a);
  const [load] = of(b).uses;
  expect(built).toEqual([a.uri, b.uri, b.uri]);
  expect(load?.args[1]?.text).toEqual({ kind: "exact", text: "new" });
  models.modulesChanged();
  of(a);
  expect(built).toEqual([a.uri, b.uri, b.uri, a.uri]);
});

test("a script that was already to be understood again is so, though only it changed since", () => {
  const models = new ScriptModels();
  let built = 0;
  const of = () =>
    models.of(
      a,
      () => undefined,
      () => built++,
    );
  of();
  models.modulesChanged();
  models.modulesChanged(a.uri);
  of();
  expect(built).toBe(2);
});
