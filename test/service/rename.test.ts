import { describe, expect, it } from "vitest";
import { renameEdits } from "../../server/src/service/rename/edits.ts";
import { checkNewName } from "../../server/src/service/rename/name.ts";
import { prepareRename } from "../../server/src/service/rename/prepare.ts";
import { withEdits } from "./support/edits.ts";
import { scriptsAt, withMarks } from "./support/scripts.ts";

/** All scripts after a rename at the cursor; `only` "certain": without what should be looked at. */
function renamed(fixture: string, newName: string, only: "all" | "certain" | "needed" = "all") {
  const at = scriptsAt(fixture);
  const prepared = prepareRename(at.model, at.offset);
  if (prepared === undefined) return undefined;
  const renaming = prepared.renaming(newName);
  checkNewName(renaming);
  return withMarks(at.texts, (file, text) => {
    const model = at.models.get(file);
    const edits = model === undefined ? [] : renameEdits(model, renaming);
    const chosen = edits.filter(
      (edit) =>
        only === "all" || (only === "certain" ? edit.doubt === undefined : edit.optional !== true),
    );
    return withEdits(text, chosen);
  });
}

describe("renames", () => {
  it.each([
    [
      'State.save("user", "the‸me", 1) State.load("user", "theme")',
      "colour",
      'State.save("user", "colour", 1) State.load("user", "colour")',
    ],
    [
      'State.save("us‸er", "a", 1) State.list_keys("user") State.load("user:1", "a")',
      "person",
      'State.save("person", "a", 1) State.list_keys("person") State.load("user:1", "a")',
    ],
    [
      "State.load('user', 'the‸me') State.load([[user]], [[theme]])",
      "it's",
      "State.load('user', 'it\\'s') State.load([[user]], [[it's]])",
    ],
    [
      'State.load("user", [==[\ntheme]==]) State.load("user", "the‸me")',
      "x]]y",
      'State.load("user", [==[\nx]]y]==]) State.load("user", "x]]y")',
    ],
    [
      'State.load("user", "th\\x65me") State.load("user", "the‸me")',
      'a"b',
      'State.load("user", "a\\"b") State.load("user", "a\\"b")',
    ],
    [
      'State.load("user", "the‸me") State.load("other", "theme") State.load("user", "themes")',
      "x",
      'State.load("user", "x") State.load("other", "theme") State.load("user", "themes")',
    ],
    [
      'local S = State S.save("user", "the‸me", 1) local l = S.load l("user", "theme")',
      "x",
      'local S = State S.save("user", "x", 1) local l = S.load l("user", "x")',
    ],
    [
      'local KEY = "theme" State.save("user", KEY, 1) State.load("user", K‸EY)',
      "x",
      'local KEY = "x" State.save("user", KEY, 1) State.load("user", KEY)',
    ],
    [
      'local K <const> = "theme" State.load("user", K) State.load("user", "the‸me")',
      "x",
      'local K <const> = "x" State.load("user", K) State.load("user", "x")',
    ],
    [
      'State.load("user", "the‸me") local State = {} State.load("user", "theme")',
      "x",
      'State.load("user", "x") local State = {} State.load("user", "theme")',
    ],
    [
      '-- "theme"\nState.load("user", "the‸me") print("theme")',
      "x",
      '-- "theme"\nState.load("user", "x") print("theme")',
    ],
    [
      'State.load("user",\r\n"the‸me")\r\nState.load("user", "theme")',
      "é😀",
      'State.load("user",\r\n"é😀")\r\nState.load("user", "é😀")',
    ],
    [
      'print("😀") State.load("user", "é‸") State.load("user", "e\u0301")',
      "x",
      'print("😀") State.load("user", "x") State.load("user", "x")',
    ],
    [
      'State.agent_set("7", "mo‸od", 1) State.load("agent:7", "mood")',
      "x",
      'State.agent_set("7", "x", 1) State.load("agent:7", "x")',
    ],
    [
      'State.agent_set("‸7", "mood", 1) State.load("agent:7", "mood")',
      "8",
      'State.agent_set("8", "mood", 1) State.load("agent:8", "mood")',
    ],
    [
      'State.load("agent:‸7", "mood") State.agent_get("7", "mood")',
      "agent:9",
      'State.load("agent:9", "mood") State.agent_get("9", "mood")',
    ],
    [
      'local function retry(n, f, ...) return f(...) end retry(3, State.load, "user", "‸a") retry(3, State.save, "user", "a", 1)',
      "b",
      'local function retry(n, f, ...) return f(...) end retry(3, State.load, "user", "b") retry(3, State.save, "user", "b", 1)',
    ],
    [
      'local C = {} C.__index = C function C.new(n) return setmetatable({key = "rl:" .. n}, C) end function C:get() return State.load("limits", self.key) end C.new("api"):get() State.load("limits", "rl:a‸pi")',
      "rl:web",
      'local C = {} C.__index = C function C.new(n) return setmetatable({key = "rl:" .. n}, C) end function C:get() return State.load("limits", self.key) end C.new("web"):get() State.load("limits", "rl:web")',
    ],
    [
      'local B = {} B.__index = B function B:get(k) return State.load(self.ns, k) end local C = setmetatable({}, {__index = B}) C.__index = C function C.new() return setmetatable({ns = "user"}, C) end C.new():get("a") State.list_keys("us‸er")',
      "person",
      'local B = {} B.__index = B function B:get(k) return State.load(self.ns, k) end local C = setmetatable({}, {__index = B}) C.__index = C function C.new() return setmetatable({ns = "person"}, C) end C.new():get("a") State.list_keys("person")',
    ],
    [
      'local function put(k, v) State.save("cache", k, v) end put("‸a", 1) State.load("cache", "a")',
      "b",
      'local function put(k, v) State.save("cache", k, v) end put("b", 1) State.load("cache", "b")',
    ],
    [
      'local function put(k, v) State.save("ca‸che", k, v) end put("a", 1) State.load("cache", "a")',
      "c",
      'local function put(k, v) State.save("c", k, v) end put("a", 1) State.load("c", "a")',
    ],
    [
      'local function get(id) return State.load("user", "profile:" .. id) end get("‸1") State.load("user", "profile:1")',
      "2",
      'local function get(id) return State.load("user", "profile:" .. id) end get("2") State.load("user", "profile:2")',
    ],
    [
      'local function get(id) return State.load("user", "profile:" .. id) end get("1") State.load("user", "profile:‸1")',
      "profile:2",
      'local function get(id) return State.load("user", "profile:" .. id) end get("2") State.load("user", "profile:2")',
    ],
    [
      'local function get(k) local v = State.load("c", k) State.delete("c", k) return v end get("‸a")',
      "b",
      'local function get(k) local v = State.load("c", k) State.delete("c", k) return v end get("b")',
    ],
    [
      'State.load("user", "‸profile:" .. id) State.save("user", "profile:" .. other, 1)',
      "p:",
      'State.load("user", "p:" .. id) State.save("user", "p:" .. other, 1)',
    ],
    [
      'State.load("user", "‸profile:" .. id) State.load("user", "profile:email")',
      "p:",
      'State.load("user", "p:" .. id) State.load("user", "p:email")',
    ],
    [
      'State.load("user", "profile:em‸ail") State.load("user", "profile:" .. id)',
      "account:email",
      'State.load("user", "account:email") State.load("user", "account:" .. id)',
    ],
    [
      'State.load("user", "profile:em‸ail") State.load("user", "profile:" .. id)',
      "profile:mail",
      'State.load("user", "profile:mail") State.load("user", "profile:" .. id)',
    ],
    [
      'State.load("user", "the‸me") State.load("user", "the" .. "me")',
      "x",
      'State.load("user", "x") State.load("user", "x")',
    ],
    [
      'State.load("user:‸" .. id, "a") State.load("user:1", "a")',
      "u:",
      'State.load("u:" .. id, "a") State.load("u:1", "a")',
    ],
    [
      '-- file: a.lua\nState.save("user", "theme", 1)\n-- file: b.lua\nState.load("user", "‸theme")\n',
      "x",
      '-- file: a.lua\nState.save("user", "x", 1)\n-- file: b.lua\nState.load("user", "x")\n',
    ],
    [
      '-- file: a.lua\nlocal c = require("cache")\nc.set("‸k", 1)\n-- file: cache.lua\nlocal M = {}\nfunction M.set(k, v) State.save("cache", "v1:" .. k, v) end\nreturn M\n-- file: z.lua\nState.load("cache", "v1:k")\n',
      "n",
      '-- file: a.lua\nlocal c = require("cache")\nc.set("n", 1)\n-- file: cache.lua\nlocal M = {}\nfunction M.set(k, v) State.save("cache", "v1:" .. k, v) end\nreturn M\n-- file: z.lua\nState.load("cache", "v1:n")\n',
    ],
    [
      '-- file: a.lua\nlocal K = require("keys")\nState.load("user", K.THEME)\nState.load("user", "‸theme")\n-- file: keys.lua\nreturn { THEME = "theme" }\n',
      "x",
      '-- file: a.lua\nlocal K = require("keys")\nState.load("user", "x")\nState.load("user", "x")\n-- file: keys.lua\nreturn { THEME = "theme" }\n',
    ],
  ])("%s to %s", (fixture, name, expected) => {
    expect(renamed(fixture, name)).toBe(expected);
  });
});

describe("asks before", () => {
  it.each([
    [
      "a computed name that begins so",
      'State.load("user", "profile:em‸ail") State.load("user", "profile:" .. id)',
      "account:email",
      'State.load("user", "account:email") State.load("user", "profile:" .. id)',
    ],
    [
      "a name that begins so",
      'State.load("user", "profile:‸" .. id) State.load("user", "profile:email")',
      "p:",
      'State.load("user", "p:" .. id) State.load("user", "profile:email")',
    ],
    [
      "a constant with other uses",
      'local K = "theme" State.load("user", K) print(K) State.load("user", "the‸me")',
      "x",
      'local K = "theme" State.load("user", K) print(K) State.load("user", "x")',
    ],
    [
      "writing out a computation",
      'State.load("user", "the‸me") State.load("user", "the" .. "me")',
      "x",
      'State.load("user", "x") State.load("user", "the" .. "me")',
    ],
    [
      "a key of a computed namespace",
      'State.load("user", "the‸me") State.load("us" .. x, "theme")',
      "x",
      'State.load("user", "x") State.load("us" .. x, "theme")',
    ],
  ])("%s", (_, fixture, name, certain) => {
    expect(renamed(fixture, name, "certain")).toBe(certain);
    expect(renamed(fixture, name, "all")).not.toBe(certain);
  });

  it("does what must be done where nobody can be asked", () => {
    expect(
      renamed(
        'State.load("user", "the‸me") State.load("user", "the" .. "me") State.load("us" .. x, "theme")',
        "x",
        "needed",
      ),
    ).toBe('State.load("user", "x") State.load("user", "x") State.load("us" .. x, "theme")');
  });
});

describe("refuses", () => {
  it.each([
    ['State.load("user", k‸ey)', "x", "computed-name"],
    ['State.load("user", id .. ":na‸me")', "x", "computed-name"],
    ['State.load("user", string.format("%s:x", i‸d))', "x", "computed-name"],
    ['State.load(n‸s, "a")', "x", "computed-name"],
    ['State.load("user", "the‸me")', "", "invalid-key"],
    ['State.load("user", "the‸me")', "a\nb", "invalid-key"],
    ['State.load("user", "the‸me")', "__x", "invalid-key"],
    ['State.load("us‸er", "theme")', "a b", "invalid-namespace"],
    ['State.load("us‸er", "theme")', "a::b", "invalid-namespace"],
    ['State.load("user:‸" .. id, "theme")', "a::", "invalid-namespace"],
    [
      'local function get(id) return State.load("user", "profile:" .. id) end get("1") State.load("user", "profile:‸1")',
      "other",
      "name-set-elsewhere",
    ],
    ['State.load("agent:‸7", "mood") State.agent_get("7", "mood")', "tool:7", "name-set-elsewhere"],
  ])("%s to %j: %s", (fixture, name, code) => {
    expect(() => renamed(fixture, name)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    'print("the‸me")',
    "State.lo‸ad()",
    "local th‸eme = 1",
    'State.save("u", "k", "val‸ue")',
    'State.load("user", "‸")',
  ])("nothing of ours in %s", (fixture) => {
    expect(renamed(fixture, "x")).toBeUndefined();
  });
});

describe("what is edited", () => {
  it.each([
    ['State.load("user", "the‸me")', "theme"],
    ['State.load("user", [[the‸me]])', "theme"],
    ['local function get(id) return State.load("user", "profile:" .. id) end get("‸1")', "1"],
    ['State.load("user", "prof‸ile:" .. id)', "profile:"],
    ['State.agent_get("‸7", "a")', "7"],
  ])("%s is %s", (fixture, expected) => {
    const { model, offset } = scriptsAt(fixture);
    const { span, placeholder } = prepareRename(model, offset) ?? { span: { start: 0, end: 0 } };
    expect(model.text.slice(span.start, span.end)).toBe(expected);
    expect(placeholder).toBe(expected);
  });
});
