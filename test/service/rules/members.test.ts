import { describe, expect, it } from "vitest";
import { findings, fixed, passes, reports } from "../support/rule.ts";

reports("unknown-member", [
  'State.⟦get⟧("theme")',
  'State.⟦set⟧("theme", "dark")',
  "local v = State.⟦keys⟧()",
  "State.⟦list_scopes⟧()",
  'State.⟦laod⟧("user", "theme")',
  'State.⟦Save⟧("user", "theme", 1)',
  'State["⟦get⟧"]("theme")',
  "local get = State.⟦get⟧",
  'local S = State S.⟦get⟧("theme")',
  'print(State.⟦exists⟧("user", "theme"))',
  'if State.⟦exists⟧("user", "theme") then end',
  'pcall(State.⟦get⟧, "theme")',
  "State.⟦get⟧('theme') State.⟦set⟧('theme', 1)",
]);

passes("unknown-member", [
  'local get = State.get or State.load print(get("user", "theme"))',
  'State.load("user", "theme")',
  "if State.exists then end",
  "if not State.exists then return end",
  "local has = State.exists ~= nil",
  "local keys = State.list_keys or function() return {} end",
  "if type(State.exists) == 'function' then end",
  'local State = require("statemachine") State.get("theme")',
  'function f(State) return State.get("theme") end',
  'Other.get("theme")',
  'game.State.get("theme")',
  'State.exists = function(ns, k) return State.load(ns, k) ~= nil end State.exists("a", "b")',
  "function State.peek() end State.peek()",
  "State.",
  'State = {} State.get("theme")',
  'State[name]("theme")',
  "State.create_backup(true)",
  "if State.exists then State.exists('user', 'theme') end",
  "if not State.migration_status then return end print(State.migration_status())",
  "local ok = State.exists and State.exists('user', 'theme')",
]);

describe("the suggestion", () => {
  it.each([
    ["get", "State.get is not part of the State API: it is nil. Did you mean State.load?"],
    [
      "list_key",
      "State.list_key is not part of the State API: it is nil. Did you mean State.list_keys?",
    ],
    [
      "setScope",
      "State.setScope is not part of the State API: it is nil. See the list of functions.",
    ],
    [
      "frobnicate",
      "State.frobnicate is not part of the State API: it is nil. See the list of functions.",
    ],
  ])("for %s", async (member, message) => {
    const [found] = await findings("unknown-member", `State.${member}()`);
    expect(found?.message).toBe(message);
  });

  it("is a fix where the arguments fit the other function", async () => {
    const script = 'State.get("user", "theme")';
    expect(await fixed("unknown-member", script, "Change to State.load")).toBe(
      'State.load("user", "theme")',
    );
    const [found] = await findings("unknown-member", 'State.get("a", "b", "c")');
    expect(found?.fixes.map(({ title }) => title)).toEqual(["Silence unknown-member on this line"]);
  });
});

describe("calls that lack the namespace", () => {
  it.each([
    ['State.get("theme")', 'State.load("global", "theme")'],
    ['State.set("theme", x)', 'State.save("global", "theme", x)'],
    ["State.keys()", 'State.list_keys("global")'],
    [
      'State.load("user", "b1") State.load("user", "c1") State.get("theme")',
      'State.load("user", "b1") State.load("user", "c1") State.load("user", "theme")',
    ],
  ])("%s", async (script, expected) => {
    expect(await fixed("unknown-member", script, /^Change to State\.\w+ in/)).toBe(expected);
  });

  it.each(['State.get "theme"', "State.get(...)", "State.set(pair())", 'State.get("theme", )'])(
    "%s stays as it is",
    async (script) => {
      const [found] = await findings("unknown-member", script);
      expect(found?.fixes.map(({ title }) => title)).toEqual([
        "Silence unknown-member on this line",
      ]);
    },
  );

  it("of functions that there are", async () => {
    expect(await fixed("argument-count", 'State.load("theme")', /^Add the namespace/)).toBe(
      'State.load("global", "theme")',
    );
  });
});

reports("syntax-error", ["local x =⟦⟧ ", 'local x = ⟦"abc⟧\nlocal y = 1', "⟦if⟧ x then "]);

passes("syntax-error", [
  "local x <const> = 1 // 2 & 3",
  "goto done ::done::",
  "return function(...) return ... end",
]);
