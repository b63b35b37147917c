import { describe, expect, it } from "vitest";
import { definition } from "../../server/src/service/navigation/definition.ts";
import { highlights } from "../../server/src/service/navigation/highlights.ts";
import { referencesAt, referencesTo } from "../../server/src/service/navigation/references.ts";
import { documentSymbols, workspaceSymbols } from "../../server/src/service/navigation/symbols.ts";
import { targetAt } from "../../server/src/service/navigation/target.ts";
import { marked } from "./support/cursor.ts";
import { scriptsAt, scriptsOf, withMarks } from "./support/scripts.ts";

/** The fixture without its marks and with the cursor where it was: what an answer is asked for. */
const plain = (fixture: string) => fixture.replaceAll(/[⟦⟧]/g, "");
const uncursored = (fixture: string) => fixture.replace("‸", "");

/** The fixture with ⟦ ⟧ around the places that a key or namespace is defined at. */
function defined(fixture: string): string {
  const at = scriptsAt(plain(fixture));
  const places = definition(at);
  return withMarks(at.texts, (file, text) =>
    marked(
      text,
      places.filter((place) => place.file === file).map(({ span }) => span),
    ),
  );
}

describe("definition: a key's saves, a wrapper's function, a saved field", () => {
  it.each([
    'State.save("user", "⟦theme⟧", 1) print(State.load("user", "the‸me"))',
    'State.save("user", "⟦theme⟧", 1) State.save("user", "⟦theme⟧", 2) State.load("user", "theme‸")',
    "State.save('user', [[⟦theme⟧]], 1) State.load('user', 'the‸me')",
    'State.save("user", "⟦the‸me⟧", 1)',
    'local S = State S.save("user", "⟦theme⟧", 1) S.load("user", "the‸me")',
    'local put = State.save put("user", "⟦theme⟧", 1) State["load"]("user", "the‸me")',
    'State.agent_set("7", "⟦mood⟧", 1) State.load("agent:7", "mo‸od")',
    'State.save("agent:7", "⟦mood⟧", 1) State.agent_get("7", "mo‸od")',
    'local KEY = "theme" State.save("user", ⟦KEY⟧, 1) State.load("user", "the‸me")',
    'State.save("user", ⟦"the" .. "me"⟧, 1) State.load("user", "the‸me")',
    'State.save("user", "⟦th\\x65me⟧", 1) State.load("user", "the‸me")',
    'State.save("user", ⟦"profile:" .. id⟧, 1) State.load("user", "profile:4‸2")',
    'State.save("user", "⟦profile:42⟧", 1) State.save("user", "profile:" .. id, 1) State.load("user", "profile:4‸2")',
    'State.save("user", ⟦"profile:" .. id⟧, 1) State.load("user", "prof‸ile:" .. other)',
    'State.save("⟦user⟧", "theme", 1) State.load("us‸er", "x")',
    'State.load("us‸er", "theme")',
    'State.load("user", k‸ey)',
    'State.save("other", "theme", 1) State.load("user", "the‸me")',
    'local State = {} State.save("user", "theme", 1) State.load("user", "the‸me")',
    '-- State.save("user", "theme", 1)\nState.load("user", "the‸me")',
    'State:save("user", "theme", 1) State.load("user", "the‸me")',
    'local function ⟦put⟧(k, v) State.save("cache", k, v) end pu‸t("a", 1)',
    'local function put(k, v) State.save("cache", k, v) end put("⟦a⟧", 1) State.load("cache", "‸a")',
    'local function put(k, v) State.save("user", "p:" .. k, v) end put("⟦a⟧", 1) State.load("user", "p:‸a")',
    'local ⟦put⟧ = function(k, v) State.save("cache", k, v) end pu‸t("a", 1)',
    'local M = {} function M.⟦put⟧(k, v) State.save("cache", k, v) end M.p‸ut("a", 1)',
    'local M = { ⟦put⟧ = function(k, v) State.save("cache", k, v) end } M.p‸ut("a", 1)',
    '-- file: a.lua\nlocal c = require("cache")\nc.se‸t("k", 1)\n-- file: cache.lua\nlocal M = {}\nfunction ⟦M.set⟧(k, v) State.save("cache", k, v) end\nreturn M\n',
    '-- file: a.lua\nlocal c = require("cache")\nc.set("⟦k⟧", 1)\n-- file: b.lua\nState.load("cache", "‸k")\n-- file: cache.lua\nlocal M = {}\nfunction M.set(k, v) State.save("cache", k, v) end\nreturn M\n',
    '-- file: a.lua\nState.save("user", "⟦theme⟧", 1)\n-- file: b.lua\nState.load("user", "‸theme")\n-- file: c.lua\nState.save("user", "⟦theme⟧", 2)\n',
    'State.save("user", "p", {⟦theme⟧ = 1}) local p = State.load("user", "p") print(p.the‸me)',
    '-- file: a.lua\nState.save("user", "p", {ui = {⟦theme⟧ = 1}})\n-- file: b.lua\nlocal p = State.load("user", "p") print(p.ui.the‸me)\n',
    'State.save("user", "é😀⟦⟧", 1)\nprint("‸")'.replace("⟦⟧", ""),
    'print("😀") State.save("user", "⟦é😀⟧", 1) State.load("user", "é‸😀")',
  ])("%s", (fixture) => {
    expect(defined(fixture)).toBe(uncursored(fixture));
  });
});

/** The fixture with ⟦ ⟧ around reads, and ⟦! ⟧ around what changes the entry. */
function referenced(fixture: string): string {
  const at = scriptsAt(fixture.replaceAll(/⟦!?|⟧/g, ""));
  const found = referencesAt(at) ?? [];
  return withMarks(at.texts, (file, text) =>
    found
      .filter((one) => one.file === file)
      .toReversed()
      .reduce((done, { place: { start, end }, access }) => {
        const mark = access === "write" || access === "delete" ? "⟦!" : "⟦";
        return `${done.slice(0, start)}${mark}${done.slice(start, end)}⟧${done.slice(end)}`;
      }, text),
  );
}

describe("references: reads and writes told apart", () => {
  it.each([
    'State.save("user", "⟦!theme⟧", 1) State.load("user", "⟦the‸me⟧") State.delete("user", "⟦!theme⟧")',
    'State.save("user", "⟦!the‸me⟧", 1) State.load("user", "other") State.load("other", "theme")',
    'State.load("⟦us‸er⟧", "a") State.save("⟦!user⟧", "b", 1) State.list_keys("⟦user⟧") State.load("user:1", "a")',
    'State.load("⟦agent:7⟧", "mo‸od")'.replace("⟦agent:7⟧", "agent:7").replace("mo‸od", "⟦mo‸od⟧"),
    'State.agent_set("7", "⟦!mood⟧", 1) State.load("agent:7", "⟦mo‸od⟧")',
    'State.agent_get("⟦‸7⟧", "mood") State.list_keys("⟦agent:7⟧")',
    'State.workflow_get("1", "⟦st‸ep⟧") State.save("workflow:1", "⟦!step⟧", 1)',
    'State.load("user", ⟦"profile:" .. id⟧) State.save("user", "⟦!profile:4‸2⟧", 1)',
    'State.load("user", "⟦pro‸file⟧") State.load("user", key)',
    'State.load("user", "⟦Å‸⟧") State.save("user", "⟦!Å⟧", 1)',
    'if State.load("user", "⟦a⟧") then State.save("user", "⟦!‸a⟧", 1) end goto done ::done::',
    'local function f(...) return State.load("user", "⟦a⟧", ...) end State.save("user", "⟦!‸a⟧", f())',
    'local function get(k) return State.load("user", k) end get("⟦‸a⟧") State.save("user", "⟦!a⟧", 1)',
    'local function get(k) local e = State.load("c", k) if e then State.delete("c", k) end return e end get("⟦!‸a⟧")'.replace(
      "⟦!‸a⟧",
      "⟦‸a⟧",
    ),
    '-- file: a.lua\nState.save("user", "⟦!theme⟧", 1)\n-- file: lib/b.lua\nreturn State.load("user", "⟦the‸me⟧")\n',
    'State.save("user",\r\n  "⟦!theme⟧", 1)\r\nState.load("user", "⟦the‸me⟧")',
    'local function put(k) State.save("⟦!ca‸che⟧", k, 1) end put("a") put("b")',
    'local function get() return State.load("u", "⟦‸a⟧") end get() get()',
    "State.save('user', '⟦!it\\'s⟧', 1) State.load(\"user\", \"⟦it‸'s⟧\")",
    'local S <const> = State S.save("user", "⟦!a⟧", 1) do local S = {} S.load("user", "a") end S.load("user", "⟦‸a⟧")',
    'State.load("user", "‸',
    'State.load("user", "⟦a‸⟧',
    // constants that other scripts use
    '-- file: a.lua\nlocal K = require("keys")\nState.load("user", ⟦K.KEY⟧)\n-- file: b.lua\nState.save("user", "⟦!profile⟧", 1)\n-- file: keys.lua\nreturn { KEY = "pro‸file", OTHER = "b" }\n',
    '-- file: a.lua\nlocal K = require("keys")\nState.load(⟦K.names.USER⟧, "a")\n-- file: b.lua\nState.save("⟦!user⟧", "profile", 1)\n-- file: keys.lua\nlocal M = {}\nM.names = { USER = "us‸er" }\nreturn M\n',
    '-- file: a.lua\nlocal K = require("keys")\nState.load("user", ⟦K.KEY⟧) State.save("app", ⟦!K.KEY⟧, 1)\n-- file: keys.lua\nlocal KEY = "pro‸file"\nreturn { KEY = KEY }\n',
    '-- file: a.lua\nlocal K = require("keys")\nlocal KEY = "profile"\nState.load("user", K.OTHER)\n-- file: b.lua\nlocal KEY = "profile"\nState.load("user", KEY)\n-- file: keys.lua\nreturn { KEY = "pro‸file", OTHER = "b" }\n',
    '-- file: a.lua\nlocal K = require("keys")\nState.load("user", K.KEY)\n-- file: keys.lua\nprint("pro‸file")\nreturn { KEY = "profile" }\n',
    // functions that are given a function of State
    'local function retry(n, f, ...) return f(...) end retry(3, State.load, "user", "⟦‸a⟧") retry(3, State.save, "user", "⟦!a⟧", 1) State.load("user", "⟦a⟧")',
    'local function mk(f) return function(...) return f(...) end end local load = mk(State.load) load("⟦us‸er⟧", "a") State.save("⟦!user⟧", "a", 1)',
    'local DB = setmetatable({}, {__index = State}) DB.save("user", "⟦!a⟧", 1) DB.load("user", "⟦‸a⟧")',
    // texts in and around what makes an object
    'local C = {} C.__index = C function C.new(n) local self = setmetatable({}, C) self.key = "rl:" .. n return self end function C:reset() State.delete("limits", self.key) end C.new("⟦!api⟧"):reset() State.load("limits", "⟦rl:a‸pi⟧")',
    'local B = {} B.__index = B function B:get(k) return State.load(self.ns, k) end local C = setmetatable({}, {__index = B}) C.__index = C function C.new() return setmetatable({ns = "⟦user⟧"}, C) end C.new():get("a") State.save("⟦!us‸er⟧", "a", 1)',
    // functions of another script that are given an object
    '-- file: main.lua\nlocal Store, Svc = require("store"), require("svc")\nSvc.new(Store.new("user")):⟦!rename⟧("ann") State.save("user", "⟦!na‸me⟧", 1)\n-- file: svc.lua\nlocal S = {} S.__index = S\nfunction S.new(store) return setmetatable({ store = store }, S) end\nfunction S:rename(n) self.store:put("name", n) end\nreturn S\n-- file: store.lua\nlocal T = {} T.__index = T\nfunction T.new(ns) return setmetatable({ ns = ns }, T) end\nfunction T:put(k, v) State.save(self.ns, k, v) end\nreturn T\n',
    // what is given to make something that nobody has called yet
    'local function mk(n) return function(k) State.load(n, k) end end local f = mk("⟦us‸er⟧") State.list_keys("⟦user⟧")'.replace(
      "⟦us‸er⟧",
      "us‸er",
    ),
  ])("%s", (fixture) => {
    expect(referenced(fixture)).toBe(uncursored(fixture));
  });

  it("tells what is only possible", () => {
    const at = scriptsAt('State.load("u", "p:" .. id) State.save("u", "p:‸1", 1)');
    const target = targetAt(at.model, at.offset);
    const found = target && referencesTo(at.workspace, target);
    expect(found?.map(({ uncertain }) => uncertain)).toEqual([true, undefined]);
  });

  it("names the function around", () => {
    const at = scriptsAt('local function keep() State.save("u", "‸a", 1) end');
    const target = targetAt(at.model, at.offset);
    expect(target && referencesTo(at.workspace, target)).toMatchObject([{ function: "keep" }]);
  });
});

describe("highlights", () => {
  it("are the places of this script, reads and writes", () => {
    const at = scriptsAt(
      '-- file: a.lua\nState.save("u", "a", State.load("u", "‸a"))\n-- file: b.lua\nState.load("u", "a")\n',
    );
    const found = highlights(at);
    expect(found.map(({ kind }) => kind)).toEqual(["write", "read"]);
  });

  it.each([
    'State.save("u", "⟦!a⟧", 1) State.load("u", "⟦‸a⟧") State.load("v", "a") State.load("u", k)',
    'State.list_keys("⟦u⟧") State.load("⟦‸u⟧", "a") State.load(ns, "a") State.load("u:1", "a")',
    'State.load("u", ⟦"p:" .. x⟧) State.delete("u", "⟦!p:‸1⟧") State.load("u", "q:" .. x)',
    'State.load("u", "⟦e\u0301⟧") State.save("u", "⟦!\u00e9‸⟧", 1)',
    'local function get(k) return State.load("u", k) end get("⟦‸a⟧") State.list_keys("u")',
  ])("in %s", (fixture) => {
    const at = scriptsAt(fixture.replaceAll(/⟦!?|⟧/g, ""));
    const found = highlights(at).toReversed();
    const text = found.reduce((done, { span: { start, end }, kind }) => {
      const mark = kind === "write" ? "⟦!" : "⟦";
      return `${done.slice(0, start)}${mark}${done.slice(start, end)}⟧${done.slice(end)}`;
    }, at.model.text);
    expect(text).toBe(uncursored(fixture));
  });

  it.each(['print("‸a")', "State.lo‸ad()", 'State.load("u", ‸k)', "‸"])(
    "none for %s",
    (fixture) => {
      expect(highlights(scriptsAt(fixture))).toEqual([]);
    },
  );
});

describe("symbols", () => {
  it("of a script are its namespaces with their keys", () => {
    const { workspace } = scriptsOf({
      "a.lua":
        'State.save("user", "theme", 1)\nState.load("cache", "x:" .. id)\nState.load("user", "theme")\nState.list_keys("user")\nState.load(ns, key)',
    });
    const found = documentSymbols(workspace, "a.lua").map((one) => [
      one.name,
      one.kind,
      one.detail,
      one.place.startLine,
      one.place.endLine,
      one.children.map(({ name, detail }) => `${name}: ${detail}`),
    ]);
    expect(found).toEqual([
      ["user", "namespace", "2 reads, 1 write", 0, 3, ["theme: 1 read, 1 write"]],
      ["cache", "namespace", "1 read", 1, 1, ["x:*: 1 read"]],
    ]);
  });

  it("have their name inside their range, children inside their parent", () => {
    const { workspace } = scriptsOf({
      "a.lua":
        'local function put(k, v) State.save("cache", k, v) end\nput("a", 1) local K = "b" put(K, State.load("cache", K))',
    });
    for (const parent of documentSymbols(workspace, "a.lua")) {
      for (const one of [parent, ...parent.children]) {
        expect(one.namePlace.start).toBeGreaterThanOrEqual(one.place.start);
        expect(one.namePlace.end).toBeLessThanOrEqual(one.place.end);
        expect(one.place.start).toBeGreaterThanOrEqual(parent.place.start);
        expect(one.place.end).toBeLessThanOrEqual(parent.place.end);
      }
    }
  });

  it.each([
    ["", ["cache", "hit", "user", "profile:name", "theme"]],
    ["theme", ["theme"]],
    ["USE", ["user", "profile:name", "theme"]],
    ["user/th", ["theme"]],
    ["pfnm", ["profile:name"]],
    ["zzz", []],
  ])("of the workspace like %j", (query, names) => {
    const { workspace } = scriptsOf({
      "a.lua": 'State.load("user", "theme") State.load("cache", "hit") State.load("user", k)',
      "b.lua": 'State.save("user", "theme", 1) State.save("user", "profile:name", 1)',
    });
    const found = workspaceSymbols(workspace, query);
    expect(found.map(({ name }) => name)).toEqual(names);
    // A key is shown where it is saved.
    for (const one of found.filter(({ name }) => name === "theme")) expect(one.file).toBe("b.lua");
  });
});
