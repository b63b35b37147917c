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

reports("unknown-member", [
  'local cfg = State.⟦get⟧("config", {})',
  'local n = State.⟦get⟧("retries", 3) + 1',
  'State.⟦set⟧("theme", 1) local t = State.⟦get⟧("theme", "dark")',
  'local t = State.⟦get⟧("user", "theme", "dark")',
  'local t = State.⟦get⟧("user", "beta", true)',
  'if State.⟦exists⟧("user", "theme") and x then end',
  'local there = not State.⟦has⟧("user", "theme")',
  'local there = State.⟦contains⟧("theme")',
  'State.⟦clear⟧("user")',
  "local key = x State.⟦clear⟧(key)",
  'local ok = State.⟦clear⟧("user")',
  'State.⟦put⟧("user", "mood", "good")',
  'State.⟦fetch⟧("user", "mood")',
  'State.⟦unset⟧("user", "mood")',
  'State.⟦increment⟧("counters", "runs")',
  'State.load("bot", "k1") State.save("user", "k2", 1) State.load("user", "k3") State.⟦get⟧("user")',
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

  it.each([
    ['local c = State.get("config", {})', 'local c = State.load("global", "config") or {}'],
    ['local n = State.get("tries", 3) + 1', 'local n = (State.load("global", "tries") or 3) + 1'],
    ['return State.get("app", "cfg", {})', 'return State.load("app", "cfg") or {}'],
    ['print(State.get("app", "cfg", x.y))', 'print((State.load("app", "cfg") or x.y))'],
    [
      'local t = State.get("theme", "dark") State.set("theme", t)',
      'local t = State.load("global", "theme") or "dark" State.set("theme", t)',
    ],
    ['if State.exists("app", "cfg") then end', 'if State.load("app", "cfg") ~= nil then end'],
    [
      'if not State.has("app", "cfg") then end',
      'if not (State.load("app", "cfg") ~= nil) then end',
    ],
    ['while State.has("cfg") do end', 'while State.load("global", "cfg") ~= nil do end'],
    ['repeat until State.has("app", "cfg")', 'repeat until State.load("app", "cfg") ~= nil'],
    ['x = State.exists("app", "cfg")', 'x = State.load("app", "cfg") ~= nil'],
    [
      'State.clear("app")',
      'for _, key in ipairs(State.list_keys("app")) do State.delete("app", key) end',
    ],
    [
      "local key = 1 State.clear(key)",
      "local key = 1 for _, name in ipairs(State.list_keys(key)) do State.delete(key, name) end",
    ],
  ])("of %s", async (script, expected) => {
    expect(await fixed("unknown-member", script, /^(Change|Delete)/)).toBe(expected);
  });

  it.each([
    'State.get("enabled", true)',
    'local x = State.get("limit", nil)',
    "local x = State.clear(name)",
    "State.clear(f())",
    "State.clear()",
  ])("is none for %s", async (script) => {
    const [found] = await findings("unknown-member", script);
    expect(found?.fixes.map(({ title }) => title)).toEqual(["Silence unknown-member on this line"]);
  });

  it("offers the namespaces of the script, the most used first", async () => {
    const uses = 'State.load("bot", "k1") State.save("user", "k2", 1) State.load("user", "k3")';
    const [found] = await findings("unknown-member", `${uses} State.get("theme")`);
    expect(found?.fixes.map(({ title, preferred }) => [title, preferred])).toEqual([
      ['Change to State.load in the namespace "user"', true],
      ['Change to State.load in the namespace "bot"', undefined],
      ['Change to State.load in the namespace "global"', undefined],
      ["Silence unknown-member on this line", undefined],
    ]);
  });

  it("takes a namespace from calls of other stores, too", async () => {
    const script = 'State.set("bot", "mood", 1) State.set("mood", 2)';
    const found = await findings("unknown-member", script);
    expect(found[1]?.fixes[0]?.title).toBe('Change to State.save in the namespace "bot"');
  });

  it("is safe only for a slip in the name of a complete call", async () => {
    const safe = async (script: string) =>
      (await findings("unknown-member", script))[0]?.fixes.some((fix) => fix.safe);
    expect(await safe('State.laod("user", "theme")')).toBe(true);
    expect(await safe('State.get("user", "theme")')).toBe(false);
    expect(await safe('State.laod("theme")')).toBe(false);
    expect(await safe("local load = State.laod")).toBe(false);
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

  it.each(['State.load("user")', 'State.save("user", x)', 'State.delete("user")'])(
    "%s lacks a key where the script has that namespace",
    async (call) => {
      const script = `State.load("user", "theme") ${call}`;
      const [found] = await findings("argument-count", script);
      expect(found?.fixes.map(({ title }) => title)).toEqual([
        "Silence argument-count on this line",
      ]);
    },
  );

  it("of functions that there are", async () => {
    expect(await fixed("argument-count", 'State.load("theme")', /^Add the namespace/)).toBe(
      'State.load("global", "theme")',
    );
  });
});

reports("syntax-error", [
  "local x =⟦⟧ ",
  'local x = ⟦"abc⟧\nlocal y = 1',
  "⟦if⟧ x then ",
  "⟦for⟧ i = 1, 3 do print(i)",
  "⟦while⟧ true do",
  "local ⟦function⟧ f()",
  "⟦repeat⟧ f()",
  "f(1, 2⟦⟧",
  "local t = {1, 2⟦⟧",
  "x = 1 ⟦end⟧",
  "⟦goto done⟧",
  "⟦break⟧",
  "local x = ⟦/⟧\0 § § §",
  "⟦\x1b⟧Lua\x54\x19\x93",
]);

passes("syntax-error", [
  'local zero = "\0"',
  "local t = {1; 2, a = 3, [4] = 5,}",
  "for i = 1, 3 do if i == 2 then break end end",
  "while true do goto next ::next:: end",
  "repeat local x = f() until x",
  "local function f(a, ...) return ... end",
  'f "text" f {1} f [[long]] a.b:c(1)',
  "return",
  "; ; ;",
  "--[==[ a comment ]==] local x <close> = nil",
  "local x <const> = 1 // 2 & 3",
  "goto done ::done::",
  "return function(...) return ... end",
]);

/** What is silenced and found: vague-key on a key `x`. */
const VAGUE = 'State.delete("app", "x")';
const NEXT = "-- llmspell-state-disable-next-line";
const LINE = "-- llmspell-state-disable-line";
const FILE = "-- llmspell-state-disable-file";

reports("unused-suppression", [
  `${NEXT} ⟦vague-key⟧\nlocal x = 1`,
  `${NEXT} ⟦vague-key⟧: why\nlocal x = 1`,
  `${NEXT} ⟦vague-key⟧\n\n${VAGUE}`,
  `${LINE} ⟦vague-key⟧\n${VAGUE}`,
  `${FILE} ⟦vague-key⟧`,
  `⟦${FILE}⟧`,
  `⟦${NEXT}⟧\nlocal x = 1`,
  `⟦${NEXT}: why⟧\nlocal x = 1`,
  `${NEXT} ⟦vague-keys⟧\n${VAGUE}`,
  `${NEXT} ⟦nonsense⟧\n${VAGUE}`,
  `${NEXT} vague-key, ⟦invalid-key⟧\n${VAGUE}`,
  `${NEXT} ⟦invalid-key⟧, vague-key\n${VAGUE}`,
  `⟦--[[ llmspell-state-disable-line ]]⟧ local x = 1`,
  `${VAGUE}\n${VAGUE} ${LINE} ⟦vague-namespace⟧`,
]);

passes("unused-suppression", [
  `${NEXT} vague-key\n${VAGUE}`,
  `${NEXT} vague-key: why\n${VAGUE}`,
  `${NEXT}\n${VAGUE}`,
  `${VAGUE} ${LINE}`,
  `${VAGUE} ${LINE} vague-key`,
  `${FILE} vague-key\n\n${VAGUE}`,
  `${FILE}\n\n${VAGUE}`,
  `${NEXT} vague-key, vague-namespace\nState.delete("data", "x")`,
  // Rules that are switched off, or that cannot look, do not say whether they were silenced.
  `${NEXT} unguarded-list-keys\nlocal x = 1`,
  `${NEXT} never-read\nlocal x = 1`,
  `local s = "${NEXT} vague-key"`,
  "-- llmspell-state-disable-next-lines vague-key\nlocal x = 1",
  "-- vague-key\nlocal x = 1",
  `--[[ llmspell-state-disable-line vague-key ]] ${VAGUE}`,
]);

describe("removing a comment that silences nothing", () => {
  it.each([
    [`local a = 1\n${NEXT} vague-key: old\nlocal b\n`, "local a = 1\nlocal b\n"],
    [`if x then\r\n  ${NEXT} vague-key\r\nend\r\n`, "if x then\r\nend\r\n"],
    [`local a = 1 ${LINE} vague-key\nlocal b`, "local a = 1\nlocal b"],
    [`--[[ llmspell-state-disable-line ]] local a = 1`, " local a = 1"],
    [`local a = 1\n${NEXT} vague-key`, "local a = 1\n"],
  ])("%j", async (script, expected) => {
    expect(await fixed("unused-suppression", script, "Remove the comment")).toBe(expected);
  });
});
