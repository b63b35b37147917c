import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KnownText } from "../../server/src/language/model.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { matches, overlaps } from "../../server/src/language/values/matching.ts";
import { summarizeUses } from "../../server/src/workspace/index/summarize.ts";
import { UseTables } from "../../server/src/workspace/index/use-tables.ts";
import { exact, pattern, useText } from "./folder.ts";

function tablesOf(scripts: Readonly<Record<string, string>>): UseTables {
  const tables = new UseTables();
  for (const [file, text] of Object.entries(scripts)) {
    tables.set(file, summarizeUses(file, buildScriptModel(text)).uses);
  }
  return tables;
}

const tables = tablesOf({
  "b.lua":
    "State.load('user', 'a') State.load('user', 'ab') State.load('user', 'a' .. x) State.load('user', x)",
  "a.lua":
    "State.save('user', 'ab', 1) State.delete('use' .. x, 'ab') State.list_keys('user') State.load(x, 'ab')",
  "c.lua": "State.agent_set('7', 'k', 1) State.agent_get(id, 'k') State.workflow_list('w')",
});

test("exact matches and patterns are told apart, in the order of files and places", () => {
  const { same, overlapping, unknown } = tables.usesOf(exact("user"), exact("ab"));
  expect(same.map(useText)).toEqual(["a.lua:1 save user/ab", "b.lua:1 load user/ab"]);
  expect(overlapping.map(useText)).toEqual(["a.lua:1 delete use*/ab", "b.lua:1 load user/a*"]);
  expect(unknown.map(useText)).toEqual(["b.lua:1 load user/?"]);
});

test("a pattern finds the same pattern, and the keys and patterns that it may mean", () => {
  const { same, overlapping } = tables.usesOf(exact("user"), pattern("a*"));
  expect(same.map(useText)).toEqual(["b.lua:1 load user/a*"]);
  expect(overlapping.map(useText)).toEqual([
    "a.lua:1 save user/ab",
    "a.lua:1 delete use*/ab",
    "b.lua:1 load user/a",
    "b.lua:1 load user/ab",
  ]);
  expect(tables.usesOf(exact("user"), { kind: "unknown" }).same).toEqual([]);
});

test("helpers count for the namespaces that they build", () => {
  const { same, overlapping } = tables.usesOf(exact("agent:7"), exact("k"));
  expect(same.map(useText)).toEqual(["c.lua:1 agent_set agent:7/k"]);
  expect(overlapping.map(useText)).toEqual(["c.lua:1 agent_get agent:*/k"]);
  expect(tables.usesOfNamespace(exact("workflow:w")).same.map(useText)).toEqual([
    "c.lua:1 workflow_list workflow:w",
  ]);
});

test("names are listed in order, by prefix and up to a limit", () => {
  expect(tables.namespaces()).toEqual({
    exact: [
      { text: "agent:7", uses: 1 },
      { text: "user", uses: 6 },
      { text: "workflow:w", uses: 1 },
    ],
    patterns: [
      { pattern: pattern("agent:*"), uses: 1 },
      { pattern: pattern("use*"), uses: 1 },
    ],
    more: false,
  });
  expect(tables.namespaces({ prefix: "us" })).toEqual({
    exact: [{ text: "user", uses: 6 }],
    patterns: [{ pattern: pattern("use*"), uses: 1 }],
    more: false,
  });
  expect(tables.namespaces({ limit: 2 })).toMatchObject({ exact: { length: 2 }, more: true });
  expect(tables.keys("user", { prefix: "ab" }).exact).toEqual([{ text: "ab", uses: 2 }]);
  expect(tables.keys("nobody")).toEqual({ exact: [], patterns: [], more: false });
});

test("keys are found in Unicode NFC, however they are written", () => {
  const decomposed = "cafe\u0301";
  const found = tablesOf({ "a.lua": `State.save("u", "${decomposed}", 1)` });
  for (const key of [decomposed, "caf\u00e9"]) {
    expect(found.usesOf(exact("u"), exact(key)).same).toHaveLength(1);
  }
});

test("a script that is set again leaves nothing behind", () => {
  const changing = tablesOf({ "a.lua": "State.save('x', 'y' .. z, 1) State.list_keys('x')" });
  changing.set("a.lua", undefined);
  expect(changing.namespaces()).toEqual({ exact: [], patterns: [], more: false });
  expect(changing.usesIn("a.lua")).toEqual([]);
});

test("what is saved keeps its form, and a call its words", () => {
  const text =
    'local M = {}\nfunction M.put(id, v) State.save("u", "p:" .. id .. "!", v) end\nM.put("7", { dark = true })';
  const wrapped = tablesOf({ "a.lua": text }).usesOf(exact("u"), exact("p:7!")).same[0];
  expect(wrapped).toMatchObject({
    access: "write",
    via: "wrapper",
    wrapper: { name: "M.put" },
    keyName: { quote: '"', within: { before: "p:", after: "!" }, content: { startLine: 2 } },
    value: { kind: "table", fields: [{ name: "dark", shape: { kind: "boolean" } }] },
  });
  expect(wrapped?.namespaceName).toBeUndefined();
  expect(wrapped?.function).toBeUndefined();
});

describe("the function around a call", () => {
  const cases: readonly (readonly [source: string, name: string | undefined])[] = [
    ["State.load('a', 'b')", undefined],
    ["local function f() State.load('a', 'b') end", "f"],
    ["function M.x:y() State.load('a', 'b') end", "M.x:y"],
    ["local f <const> = function() return { State.load('a', 'b') } end", "f"],
    ["M.a.b = function() if x then State.load('a', 'b') end end", "M.a.b"],
    ["local M = { get = function() State.load('a', 'b') end }", "get"],
    ["function f() pcall(function() State.load('a', 'b') end) end", "f"],
    ["function f() pcall(function() local function g() State.load('a', 'b') end end) end", "g"],
    [
      "for i = 1, 2 do while x do repeat function f() State.load('a', 'b') end until y end end",
      "f",
    ],
    ["M[1] = function() State.load('a', 'b') end", undefined],
    ["function f() end State.load('a', 'b')", undefined],
  ];
  test.each(cases)("%s", (source, name) => {
    const [use] = tablesOf({ "a.lua": source }).usesIn("a.lua");
    expect(use?.function).toBe(name);
  });
});

const parts = fc.array(fc.constantFrom("a", "b", "ab", null), { minLength: 1, maxLength: 5 });
const known: fc.Arbitrary<KnownText> = parts.map((all) => {
  // Neighbours of the same kind are one part.
  const joined: (string | null)[] = [];
  for (const part of all) {
    const last = joined.at(-1);
    if (part === null || last === null || last === undefined) {
      if (part !== null || last !== null) joined.push(part);
    } else joined[joined.length - 1] = last + part;
  }
  const [only] = joined;
  if (joined.length === 1 && typeof only === "string") return exact(only);
  return joined.length === 1 ? { kind: "unknown" } : { kind: "pattern", parts: joined };
});
const texts = ["a", "b"].flatMap((x) => [x, ...["a", "b"].flatMap((y) => [x + y, x + y + x])]);

test("a pattern matches what a regular expression of it matches", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  fc.assert(
    fc.property(known, text, (one, asked) => {
      const source =
        one.kind === "exact"
          ? one.text
          : one.kind === "unknown"
            ? ".*"
            : one.parts.map((part) => part ?? ".*").join("");
      expect(matches(one, asked)).toBe(new RegExp(`^${source}$`).test(asked));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test("two patterns overlap when some text is of both", () => {
  fc.assert(
    fc.property(known, known, (one, other) => {
      expect(overlaps(one, other)).toBe(overlaps(other, one));
      if (texts.some((text) => matches(one, text) && matches(other, text))) {
        expect(overlaps(one, other)).toBe(true);
      }
      if (!overlaps(one, other)) return;
      // One text of both: the longer start, what stands between in either, the longer end.
      const common = witness(one, other);
      expect([matches(one, common), matches(other, common)]).toEqual([true, true]);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

function witness(one: KnownText, other: KnownText): string {
  if (one.kind === "exact") return one.text;
  if (other.kind === "exact") return other.text;
  const partsOf = (text: KnownText) => (text.kind === "pattern" ? text.parts : [null]);
  const longer = (a: string, b: string): string => (a.length > b.length ? a : b);
  const [a, b] = [partsOf(one), partsOf(other)];
  const between = [...a.slice(1, -1), ...b.slice(1, -1)].map((part) => part ?? "").join("");
  return longer(a[0] ?? "", b[0] ?? "") + between + longer(a.at(-1) ?? "", b.at(-1) ?? "");
}
