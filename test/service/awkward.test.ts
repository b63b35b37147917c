import { describe, expect, it } from "vitest";
import { complete } from "../../server/src/service/completion/complete.ts";
import { hover } from "../../server/src/service/hover.ts";
import { keyLenses, usesLens } from "../../server/src/service/live/lenses.ts";
import { keyLinks } from "../../server/src/service/live/links.ts";
import { nameTokens } from "../../server/src/service/live/tokens.ts";
import { definition } from "../../server/src/service/navigation/definition.ts";
import { highlights } from "../../server/src/service/navigation/highlights.ts";
import { referencesTo } from "../../server/src/service/navigation/references.ts";
import { targetAt } from "../../server/src/service/navigation/target.ts";
import { renameEdits } from "../../server/src/service/rename/edits.ts";
import { prepareRename } from "../../server/src/service/rename/prepare.ts";
import { signatureHelp } from "../../server/src/service/signature-help.ts";
import { marked } from "./support/cursor.ts";
import { withEdits } from "./support/edits.ts";
import { scriptsAt, withMarks } from "./support/scripts.ts";
import { NOW, viewOf } from "./support/view.ts";

/** Scripts written to be awkward: each asked one thing, at the cursor ‸. */

const view = viewOf({
  app: { config: '{"db":{"host":"h","port":1},"list":[{"id":1}]}' },
  cache: { "api:1": "1", hits: "3" },
  user: { theme: '"dark"', "profile:1": '{"name":"Ann"}', "profile:2": "2" },
});

async function offered(fixture: string): Promise<string> {
  const { model, offset, workspace } = scriptsAt(fixture);
  const { items } = await complete({ model, offset, workspace, view });
  const shown = items.toSorted((a, b) => (a.sortText < b.sortText ? -1 : 1));
  return shown.map(({ label }) => label).join(" ");
}

async function taken(fixture: string, label: string): Promise<string> {
  const { model, offset, workspace } = scriptsAt(fixture);
  const { items } = await complete({ model, offset, workspace, view });
  const item = items.find((one) => one.label === label);
  if (item === undefined) throw new Error(`${label} is not among ${items.map((i) => i.label)}`);
  return model.text.slice(0, item.span.start) + item.insertText + model.text.slice(item.span.end);
}

const USER = "profile: profile:1 profile:2 theme";
const SPACES = "app cache user";
const CACHE = "api:1 hits";

describe("completion offers", () => {
  it.each([
    // constants, lists, alternatives
    ['local KEY = "‸" State.load("user", KEY)', USER],
    ['local NS <const> = "‸" State.load(NS, "theme")', SPACES],
    ['local NS = "user" local KEY = "‸" State.load(NS, KEY)', USER],
    ['local K = {THEME = "‸"} State.load("user", K.THEME)', USER],
    ['local K = {THEME = "a", LANG = "‸"} State.load("user", K.THEME)', ""],
    ['for _, k in ipairs({"a", "‸"}) do State.load("user", k) end', `${USER} a`],
    ['local all = {"‸"} for _, k in pairs(all) do State.delete("user", k) end', USER],
    ['for k in pairs({"‸"}) do State.load("user", k) end', ""],
    ['State.load("user", big and "‸" or "theme")', USER],
    ['State.load("user", name or "‸")', USER],
    ['State.load("user", name == "‸" and "a" or "b")', ""],
    ['State.load("user", ("‸"))', USER],
    ['local KEY = "‸" print(KEY)', ""],
    ['local KEY = "‸" KEY = "b" State.load("user", KEY)', `${USER} b`],
    ['KEY = "‸" State.load("user", KEY)', ""],
    // concatenations
    ['State.load("user", "pro" .. "‸")', "file: file:1 file:2"],
    ['local P = "profile:" State.load("user", P .. "‸")', "1 2"],
    ['local P = "profile:" State.load("user", P .. "‸" .. x)', ""],
    ['State.load("user", "‸" .. id)', "profile:"],
    ['State.load("user", id .. "‸")', ""],
    ['State.load("user", "profile:" .. id .. "‸")', ""],
    // functions that pass arguments on
    ['local function get(k) return State.load("cache", k) end get("‸', CACHE],
    ['local function get(k) return State.load("cache", "api:" .. k) end get("‸")', "1"],
    ['local function get(k) return State.load("cache", k) end local K = "‸" get(K)', CACHE],
    ['local get = function(...) return State.load("user", ...) end get("‸")', USER],
    ['local C = {} function C:get(k) return State.load("user", k) end C:get("‸")', USER],
    ['local C = {} function C:get(k) return State.load("user", k) end C.get(C, "‸")', USER],
    ['local C = {} function C:get(k) return State.load("user", k) end C:get("a", "‸")', ""],
    ['local function a(k) return b(k) end function b(k) return a(k) end a("‸")', ""],
    ['local function f(k) return f(State.load("user", k)) end f("‸")', USER],
    [
      '-- file: main.lua\nlocal c = require("lib.c") c.get("‸\n-- file: lib/c.lua\nlocal M = {}\nfunction M.get(k) return State.load("user", k) end\nreturn M\n',
      USER,
    ],
    [
      '-- file: main.lua\nlocal get = require "c".get\nget "‸"\n-- file: c.lua\nreturn { get = function(k) return State.load("user", k) end }\n',
      USER,
    ],
    // shadowing and names of State
    ['local State = {} State.load("user", "‸")', ""],
    ['do local State = {} end State.load("user", "‸")', USER],
    ['local function f(State) State.load("user", "‸") end', ""],
    ['local State = State State.load("user", "‸")', USER],
    ['local load = State.load local function load() end load("user", "‸")', ""],
    ['local t = {State = State} t.State.load("user", "‸")', USER],
    ['_G.State.load("user", "‸")', USER],
    ['_ENV.State.load("user", "‸")', USER],
    ['State["load"]("user", "‸")', USER],
    ['(State).load("user", "‸")', USER],
    ['(State.load)("user", "‸")', USER],
    ['local ok, v = pcall(State.load, "user", "‸")', USER],
    ['xpcall(State.load, debug.traceback, "user", "‸")', USER],
    ['local S <close> = State S.load("user", "‸")', USER],
    ['goto done State.load("user", "‸") ::done::', USER],
    ['State:load("user", "‸")', ""],
    ['State.load "‸"', SPACES],
    ["State.load [[‸]]", SPACES],
    ["State.load [==[‸", SPACES],
    // where strings end
    ['State.load("user", "‸\nlocal b = 1', USER],
    ["State.load('user', '‸\nlocal b = 1 -- it's", USER],
    ['State.load("user", "‸) local b = "x"', USER],
    ['State.load("user",\r\n  "‸"\r\n)', USER],
    ['local s = "😀" State.load("user", "‸")', USER],
    ['--[[ long\ncomment ]] State.load("user", "‸")', USER],
    ['--[==[ ]] State.load("user", "‸") ]==]', ""],
    ['-- State.load("user", "‸")', ""],
    ['print([[State.load("user", "‸")]])', ""],
    ['return State.load("user", "‸"), State.load("user", "a")', `${USER} a`],
    ['local t = { [State.load("user", "‸")] = 1 }', USER],
    ['while State.load("user", "‸") do end', USER],
    ['repeat local x = 1 until State.load("user", "‸")', USER],
    ['for i = 1, State.load("user", "‸") do end', USER],
    ['if a then elseif State.load("user", "‸") then end', USER],
    ['f(function() return State.load("user", "‸") end)', USER],
    ['State.load("user", f("‸"))', ""],
    ['State.save("user", "theme", State.load("cache", "‸"))', CACHE],
    ['State.save("user", "theme", "‸")', ""],
    ['State.agent_get("‸", "k")', ""],
    ['State.load("user", "‸", "extra")', USER],
    ['State.load("user",\n  ‸\nlocal x = 1', USER],
    ['State.load("user",\n  "‸\nlocal x = 1', USER],
    // what is given in tables, to what makes functions, and to constructors
    ['local function f(o) return State.load(o.ns, o.key) end f{ns = "‸"}', SPACES],
    ['local function f(o) return State.load(o.ns, o.key) end f{ns = "user", key = "‸', USER],
    ['local function f(o) o = o or {} State.load(o.ns or "user", o.key) end f{key = "‸"}', USER],
    ['local function f(o) State.load("user", "profile:" .. o.id) end f{id = "‸"}', "1 2"],
    ['local function f(o) State.load("user", o.key) end local o = {key = "‸"} f(o)', USER],
    ['local function f(o) State.load("user", o.key) end f{key = "a", other = "‸"}', ""],
    ['local function mk(n) return function(k) State.load(n, k) end end mk("user")("‸")', USER],
    [
      'local function mk(n) return function(k) State.load(n, k) end end local f = mk("‸") f("a")',
      SPACES,
    ],
    // ... whose result nobody has called yet
    ['local function mk(n) return function(k) State.load(n, k) end end mk("‸")', SPACES],
    ['local function mk(n) return function(k) State.load(n, k) end end local f = mk("‸', SPACES],
    ['local function mk(k) return function() State.load("user", k) end end f(mk("‸"))', USER],
    ['local function mk(n, k) return function() State.load(n, k) end end mk("user", "‸")', USER],
    ['local function mk(n) return function(k) State.load("user", k) end end mk("‸")', ""],
    ['local function mk(n) return {get = function(k) State.load(n, k) end} end mk("‸")', SPACES],
    [
      'local C = {} C.__index = C function C.new(n) return setmetatable({n = n}, C) end function C:get(k) State.load(self.n, k) end local c = C.new("‸")',
      SPACES,
    ],
    [
      'local function mk(n) return {get = function(k) State.load(n, k) end} end mk("user").get("‸")',
      USER,
    ],
    [
      'local C = {} C.__index = C function C.new(n) return setmetatable({n = n}, C) end function C:get(k) State.load(self.n, k) end C.new("user"):get("‸")',
      USER,
    ],
    [
      'local C = {} C.__index = C function C.new(n) return setmetatable({n = n}, C) end function C:get(k) State.load(self.n, k) end local c = C.new("‸") c:get("a")',
      SPACES,
    ],
    ['local function get(k, n) n = n or "user" return State.load(n, k) end get("‸")', USER],
    ['local function get(k, n) return State.load(n or "‸", k) end', SPACES],
    ['local M = {a = "x", b = "‸"} State.load("user", M[mode])', `${USER} x`],
    [
      'local L = {{n = "user", k = "‸"}, {n = "cache", k = "hits"}} for _, s in ipairs(L) do State.load(s.n, s.k) end',
      USER,
    ],
    [
      'local L = {{n = "user", k = "a"}, {n = "cache", k = "‸"}} for _, s in ipairs(L) do State.load(s.n, s.k) end',
      CACHE,
    ],
    [
      '-- file: main.lua\nlocal S = require("s") local s = S.new("user") s:get("‸\n-- file: s.lua\nlocal S = {} S.__index = S\nfunction S.new(n) local self = setmetatable({}, S) self.n = n return self end\nfunction S:get(k) return State.load(self.n, k) end\nreturn S\n',
      USER,
    ],
    [
      '-- file: main.lua\nlocal S = require("s") local s = S.new("‸") s:get("a")\n-- file: s.lua\nlocal S = {} S.__index = S\nfunction S.new(n) return setmetatable({n = n}, S) end\nfunction S:get(k) return State.load(self.n, k) end\nreturn S\n',
      SPACES,
    ],
    [
      '-- file: main.lua\nlocal get = require("s")("user") get("‸")\n-- file: s.lua\nreturn function(n) return function(k) return State.load(n, k) end end\n',
      USER,
    ],
    // names that State would refuse
    ['State.save("user", "a\\\\b", 1) State.save("user", "../x", 1) State.load("user", "‸")', USER],
    ['State.save("bad ns", "x", 1) State.load("‸")', SPACES],
    [
      '-- file: main.lua\nState.load("user", "‸")\n-- file: b.lua\nState.save("user", "__x", 1) State.save("user", "fine", 1) State.save("no ns", "y", 1)\n',
      `${USER} fine`,
    ],
    // fields
    ['local c = State.load("app", "config") c.‸', "db list"],
    ['local c = State.load("app", "config") or {} if c.db then print(c.db.‸) end', "host port"],
    ['local db = (State.load("app", "config") or {}).db print(db.‸)', "host port"],
    ['local c = State.load("app", "config") local d = c d.‸', "db list"],
    ['local c; c = State.load("app", "config") c.‸', "db list"],
    ['local c = State.load("app", "config") c:‸', ""],
    ['local c = State.load("app", "config") c["‸', "db list"],
    ["local c = State.load('app', 'config') c['d‸']", "db list"],
    ['local c = State.load("app", "config") print(c.list[1].‸)', "id"],
    ['local c = State.load("app", "config") do local c = {} c.‸ end', ""],
    ['local function cfg() return State.load("app", "config") end print(cfg().‸)', "db list"],
    ['local _, c = pcall(State.load, "app", "config") c.‸', "db list"],
    ['local c <const> = assert(State.load("app", "config")) c.db.‸', "host port"],
    ['local t = { cfg = State.load("app", "config") } print(t.cfg.‸)', "db list"],
    [
      'local C = {} function C:init() self.d = State.load("app", "config") end function C:f() return self.d.‸ end',
      "db list",
    ],
    [
      'local C = {} function C:f() if not self.d then self.d = State.load("app", "config") or {} end return self.d.db.‸ end function C:g() self.d = nil end',
      "host port",
    ],
    [
      'local t = {} t.c = t.c or State.load("app", "config") t.c = t.c or t.d t.d = t.c t.c.‸',
      "db list",
    ],
    ['local t = {} t.c = State.load("app", "config") local function f(t) return t.c.‸ end', ""],
    [
      '-- file: main.lua\nlocal C = require("c") local x = C:get() x.‸\n-- file: c.lua\nlocal C = {}\nfunction C:get() self.d = self.d or State.load("app", "config") return self.d end\nreturn C\n',
      "db list",
    ],
    ['local u = State.load("user", "profile:" .. id) u.‸', "name"],
    ['local function get(key) local u = State.load("user", key) if u.‸ end', "name"],
    ['for _, k in ipairs(State.list_keys("app")) do print(State.load("app", k).‸) end', "db list"],
    ['local c = State.load("app", x and "none" or "config") print(c.‸)', "db list"],
    [
      'local C = {} C.__index = C function C.new() local self = setmetatable({}, C) self.c = State.load("app", "config") return self end function C:f() return self.c.db.‸ end',
      "host port",
    ],
    [
      'local C = {} C.__index = C function C.new(k) return setmetatable({c = State.load("app", k)}, C) end local o = C.new("config") print(o.c.‸)',
      "db list",
    ],
    [
      'local function mk(n) return function(k) return State.load(n, k) end end local get = mk("app") print(get("config").‸)',
      "db list",
    ],
    [
      'local function get(o) return State.load(o.ns or "app", o.key) end print(get{key = "config"}.‸)',
      "db list",
    ],
  ])("%s", async (fixture, expected) => {
    expect(await offered(fixture)).toBe(expected);
  });
});

describe("completion writes", () => {
  it.each([
    [
      'local KEY = "‸" State.load("user", KEY)',
      "theme",
      'local KEY = "theme" State.load("user", KEY)',
    ],
    [
      "local KEY = [[‸]] State.load('user', KEY)",
      "theme",
      "local KEY = [[theme]] State.load('user', KEY)",
    ],
    ['State.load("user", "pro" .. "‸x")', "file:1", 'State.load("user", "pro" .. "file:1")'],
    [
      'State.load("user", a and "the‸me" or "b")',
      "profile:1",
      'State.load("user", a and "profile:1" or "b")',
    ],
    ["State:lo‸", "load", "State.load"],
    ['State:lo‸ad("a")', "save", 'State.save("a")'],
    ["State\n:‸", "load", "State\n.load"],
    ['State.load("user", "‸\r\nlocal b', "theme", 'State.load("user", "theme\r\nlocal b'],
    [
      'local c = State.load("app", "config") c.‸\nfoo()',
      "db",
      'local c = State.load("app", "config") c.db\nfoo()',
    ],
    ['State.load("user", "pro‸file:2")', "profile:1", 'State.load("user", "profile:1")'],
  ])("%s takes %s", async (fixture, label, expected) => {
    expect(await taken(fixture, label)).toBe(expected);
  });
});

describe("hover says", () => {
  it.each([
    ['local KEY = "th‸eme" State.load("user", KEY)', '"theme"', "`user` / `theme`"],
    ['local K = {T = "th‸eme"} State.load("user", K.T)', '"theme"', "`user` / `theme`"],
    ['for _, k in ipairs({"th‸eme"}) do State.load("user", k) end', '"theme"', "`user` / `theme`"],
    ['State.load("user", a and "th‸eme" or "x")', '"theme"', "`user` / `theme`"],
    ['local N = "us‸er" State.load(N, "theme")', '"user"', "Namespace `user`"],
    ['State.load("user", ("th‸eme"))', '("theme")', "`user` / `theme`"],
    ['State.load("user", [==[th‸eme]==])', "[==[theme]==]", "`user` / `theme`"],
    ['State.load("user", "th\\x65‸me")', '"th\\x65me"', "`user` / `theme`"],
    ['State.load("user", "the" .. "m‸e")', '"the" .. "me"', "`user` / `theme`"],
    ['local x = "😀" State.load("user", "th‸eme")', '"theme"', "`user` / `theme`"],
    ['State.load("user",\r\n"th‸eme")', '"theme"', "`user` / `theme`"],
    ['pcall(State.load, "user", "th‸eme")', '"theme"', "`user` / `theme`"],
    ['local v = State.load("user", "theme") print(#‸v)', "v", "`user` / `theme`"],
    ['local v <const> = State.load("user", "theme") print(‸v)', "v", "`user` / `theme`"],
    ['local v = State.load("user", "theme") local v = 1 print(‸v)', "", ""],
    ['local function f(v) print(‸v) end f(State.load("user", "theme"))', "", ""],
    ['local State = {} State.load("user", "th‸eme")', "", ""],
    ['-- State.load("user", "th‸eme")', "", ""],
    ['local KEY = "th‸eme" print(KEY)', "", ""],
    ['State.save("user", "theme", "th‸eme")', "", ""],
    ['local K = {T = "theme"} State.load("user", K.‸T)', "K.T", "`user` / `theme`"],
    [
      'local k = x and "theme" or "none" State.load("user", ‸k)',
      "k",
      'One of:\n- `user` / `theme`: `"dark"`\n- `user` / `none`: not stored',
    ],
    [
      'for _, n in ipairs({"user", "app"}) do State.list_keys(‸n) end',
      "n",
      "One of:\n- `user`\n- `app`",
    ],
    [
      'local function mk(n) return function(k) State.load(n, k) end end local f = mk("us‸er") f("a")',
      '"user"',
      "Namespace `user`",
    ],
    [
      'local function f(o) State.load("user", o.key) end f{ttl = 1, key = "th‸eme"}',
      '"theme"',
      "`user` / `theme`",
    ],
    ['local function f(o) State.load("user", o.key) end f{ttl = "th‸eme", key = "a"}', "", ""],
    ["State.sa‸ve", "save", "```lua\nState.save(namespace, key, value)\n```"],
  ])("%s", async (fixture, on, first) => {
    const { model, offset } = scriptsAt(fixture);
    const found = await hover({ model, offset, view, now: NOW });
    expect(found === undefined ? "" : model.text.slice(found.span.start, found.span.end)).toBe(on);
    expect(found?.markdown.split("\n\n")[0] ?? "").toBe(first);
  });
});

/** The fixture without marks, and what an answer marks in it. */
const plain = (fixture: string) => fixture.replaceAll(/[⟦⟧]/g, "");

function withPlaces(
  texts: Readonly<Record<string, string>>,
  places: readonly { readonly file: string; readonly span: { start: number; end: number } }[],
): string {
  return withMarks(texts, (file, text) =>
    marked(
      text,
      places.filter((place) => place.file === file).map(({ span }) => span),
    ),
  );
}

const uncursored = (fixture: string) => fixture.replace("‸", "");

describe("references", () => {
  it.each([
    'local KEY = "th‸eme" State.save("user", ⟦KEY⟧, 1) State.load("user", "⟦theme⟧")',
    'local K = {T = "th‸eme"} State.save("user", ⟦K.T⟧, 1) State.load("user", "⟦theme⟧")',
    'for _, k in ipairs({"⟦th‸eme⟧"}) do State.load("user", k) end State.save("user", "⟦theme⟧", 1)',
    'State.load("user", a and "⟦th‸eme⟧" or "b") State.save("user", "⟦theme⟧", 1)',
    'local ok, v = pcall(State.load, "user", "⟦th‸eme⟧") xpcall(State.save, print, "user", "⟦theme⟧", 1)',
    'State.load("user", "⟦th‸eme⟧") do local State = {} State.load("user", "theme") end',
    'State.load("user", "⟦th‸eme⟧") --[==[ State.load("user", "theme") ]==] print([[theme]])',
    'State.load("user", "⟦th‸eme⟧")\r\nState.load("user",\r\n\t[[⟦theme⟧]])',
    'local a = "😀😀" State.load("user", "⟦é‸😀⟧") State.save("user", "⟦é😀⟧", a)',
    'State.load("a", "⟦b‸:c⟧") State.load("a:b", "c")',
    'goto x State.load("user", "⟦th‸eme⟧") ::x:: local c <close> = State.load("user", "⟦theme⟧")',
    'local function get(k) return State.load("user", k) end get("⟦th‸eme⟧") local g = get g("⟦theme⟧") pcall(get, "⟦theme⟧")',
    'local function get(...) return State.load("user", ...) end get("⟦th‸eme⟧") State.save("user", "⟦theme⟧", 1)',
    'for _, k in ipairs({"⟦theme⟧", "b"}) do State.delete("user", k) end State.load("user", "⟦th‸eme⟧")',
    'local K = {A = "⟦theme⟧", B = "b"} for _, k in pairs(K) do State.load("user", k) end State.save("user", "⟦th‸eme⟧", 1)',
    'for k, v in pairs({theme = 1, b = 2}) do State.save("user", ⟦k⟧, v) end State.load("user", "⟦th‸eme⟧")',
    'local k = "⟦theme⟧" if x then k = "b" end State.load("user", k) State.save("user", "⟦th‸eme⟧", 1)',
    'local function f(o) State.load(o.ns or "user", o.key) end f{key = "⟦th‸eme⟧"} f{key = "⟦theme⟧", ns = "user"} f{key = "theme", ns = "b"}',
    'local function mk(n) return function(k) State.load(n, k) end end mk("user")("⟦th‸eme⟧") mk("b")("theme")',
    'local function mk(n) return function(k) State.load(n, k) end end local f = mk("⟦us‸er⟧") f("a") State.list_keys("⟦user⟧")',
    'local C = {} C.__index = C function C.new(n) return setmetatable({n = n}, C) end function C:get(k) State.load(self.n, k) end C.new("user"):get("⟦th‸eme⟧") C.new("b"):get("theme") State.save("user", "⟦theme⟧", 1)',
    'local L = {{n = "user", k = "⟦theme⟧"}, {n = "b", k = "theme"}} for _, s in ipairs(L) do State.load(s.n, s.k) end State.save("user", "⟦th‸eme⟧", 1)',
    'local function get(k, n) State.load(n or "⟦us‸er⟧", k) end get("a") State.list_keys("⟦user⟧")',
    '-- file: main.lua\nlocal S = require("s") local s = S.new("user") s:get("⟦th‸eme⟧") S.new("b"):get("theme")\n-- file: s.lua\nlocal S = {} S.__index = S\nfunction S.new(n) local self = setmetatable({}, S) self.n = n return self end\nfunction S:get(k) return State.load(self.n, k) end\nreturn S\n',
    '-- file: main.lua\nlocal K = require("k") for _, k in ipairs(K.ALL) do State.load("user", ⟦k⟧) end State.save("user", "⟦th‸eme⟧", 1)\n-- file: k.lua\nreturn { ALL = {"theme", "b"} }\n',
  ])("%s", (fixture) => {
    const at = scriptsAt(plain(fixture));
    const target = targetAt(at.model, at.offset);
    const found = target === undefined ? [] : referencesTo(at.workspace, target);
    const places = found.map(({ file, place: { start, end } }) => ({ file, span: { start, end } }));
    expect(withPlaces(at.texts, places)).toBe(uncursored(fixture));
  });
});

describe("definition", () => {
  it.each([
    'local KEY = "th‸eme" State.save("user", ⟦KEY⟧, 1) State.load("user", KEY)',
    'State.load("user", a and "th‸eme" or "b") State.save("user", "⟦theme⟧", 1)',
    'local t = {⟦get⟧ = function(k) return State.load("user", k) end} t.g‸et("a")',
    'local function ⟦a⟧(k) return State.load("user", k) end local function b(k) return a(k) end ‸a("x")',
    'local function a(k) return State.load("user", k) end local function ⟦b⟧(k) return a(k) end ‸b("x")',
    '-- file: main.lua\nlocal S = require("s") local s = S.new("user") s:g‸et("theme")\n-- file: s.lua\nlocal S = {} S.__index = S\nfunction S.new(n) return setmetatable({n = n}, S) end\nfunction ⟦S:get⟧(k) return State.load(self.n, k) end\nreturn S\n',
    'local function mk(n) return ⟦⟧function(k) State.load(n, k) end end local f = mk("user") ‸f("a")',
    'State.save("user", "⟦theme⟧", 1) do local KEY <const> = "theme" State.load("user", K‸EY) end',
  ])("%s", (fixture) => {
    const at = scriptsAt(plain(fixture));
    expect(withPlaces(at.texts, definition(at))).toBe(uncursored(fixture));
  });
});

describe("highlights", () => {
  it.each([
    'local KEY = "th‸eme" State.save("user", ⟦KEY⟧, 1) State.load("user", "⟦theme⟧")',
    'State.load("user", "⟦th‸eme⟧") local f = function(...) State.save("user", "⟦theme⟧", ...) end',
    'State.load("⟦us‸er⟧", "a") for _, k in ipairs(State.list_keys("⟦user⟧")) do end',
    'State.load("user", "a") local State = {} State.load("user", "‸a")',
  ])("%s", (fixture) => {
    const at = scriptsAt(plain(fixture));
    const places = highlights(at).map(({ span }) => ({ file: at.file, span }));
    expect(withPlaces(at.texts, places)).toBe(uncursored(fixture));
  });
});

describe("rename to x", () => {
  it.each([
    [
      'local K = {T = "th‸eme"} State.save("user", K.T, 1) State.load("user", "theme")',
      'local K = {T = "x"} State.save("user", K.T, 1) State.load("user", "x")',
    ],
    [
      'local K = {T = "theme"} State.save("user", K.T, 1) State.load("user", "the‸me")',
      'local K = {T = "x"} State.save("user", K.T, 1) State.load("user", "x")',
    ],
    [
      'for _, k in ipairs({"theme", "b"}) do State.delete("user", k) end State.load("user", "th‸eme")',
      'for _, k in ipairs({"x", "b"}) do State.delete("user", k) end State.load("user", "x")',
    ],
    [
      'for _, k in ipairs({"th‸eme", "b"}) do State.delete("other", k) end State.load("user", "theme")',
      'for _, k in ipairs({"x", "b"}) do State.delete("other", k) end State.load("user", "theme")',
    ],
    [
      'State.load("user", a and "theme" or "b") State.load("user", "th‸eme")',
      'State.load("user", a and "x" or "b") State.load("user", "x")',
    ],
    [
      'local all = {"theme"} for _, k in ipairs(all) do State.load("user", k) end for _, k in ipairs(all) do State.delete("user", k) end State.load("user", "th‸eme")',
      'local all = {"x"} for _, k in ipairs(all) do State.load("user", k) end for _, k in ipairs(all) do State.delete("user", k) end State.load("user", "x")',
    ],
    [
      'local N = "us‸er" State.load(N, "a") State.load("user", "b")',
      'local N = "x" State.load(N, "a") State.load("x", "b")',
    ],
    [
      'local L = {{n = "user", k = "th‸eme"}, {n = "b", k = "theme"}} for _, s in ipairs(L) do State.load(s.n, s.k) end',
      'local L = {{n = "user", k = "x"}, {n = "b", k = "theme"}} for _, s in ipairs(L) do State.load(s.n, s.k) end',
    ],
    [
      'local function f(o) State.load("user", o.key) end f{key = "theme"} State.save("user", "th‸eme", 1)',
      'local function f(o) State.load("user", o.key) end f{key = "x"} State.save("user", "x", 1)',
    ],
    [
      'local function f(o) State.load("user", o.key) end local o = {key = "theme"} f(o) State.save("user", "th‸eme", 1)',
      'local function f(o) State.load("user", o.key) end local o = {key = "x"} f(o) State.save("user", "x", 1)',
    ],
    [
      'local function mk(n) return function(k) State.load(n, k) end end local f = mk("user") f("a") State.list_keys("us‸er")',
      'local function mk(n) return function(k) State.load(n, k) end end local f = mk("x") f("a") State.list_keys("x")',
    ],
    [
      'local C = {} C.__index = C function C.new(n) return setmetatable({n = n or "us‸er"}, C) end function C:get(k) State.load(self.n, k) end C.new():get("a")',
      'local C = {} C.__index = C function C.new(n) return setmetatable({n = n or "x"}, C) end function C:get(k) State.load(self.n, k) end C.new():get("a")',
    ],
    [
      'local function f(o) State.load(o.ns or "user", o.key) end f{key = "a"} State.list_keys("us‸er")',
      'local function f(o) State.load(o.ns or "x", o.key) end f{key = "a"} State.list_keys("x")',
    ],
    [
      'local k = y and "theme" or "b" State.load("user", k) State.save("user", "th‸eme", 1)',
      'local k = y and "x" or "b" State.load("user", k) State.save("user", "x", 1)',
    ],
    [
      'State.load("user", ("th‸eme")) State.load("user", [=[theme]=])',
      'State.load("user", ("x")) State.load("user", [=[x]=])',
    ],
    [
      'State.load("user", "th‸eme") local State = {} State.load("user", "theme")',
      'State.load("user", "x") local State = {} State.load("user", "theme")',
    ],
  ])("%s", (fixture, expected) => {
    const { model, offset } = scriptsAt(fixture);
    const renaming = prepareRename(model, offset)?.renaming("x");
    if (renaming === undefined) throw new Error("Nothing is renamed there.");
    expect(withEdits(model.text, renameEdits(model, renaming))).toBe(expected);
  });
});

describe("signature help", () => {
  it.each([
    ["State.save(‸", "State.save(namespace, key, value)", 0],
    ['State.save("a,b", ‸', "State.save(namespace, key, value)", 1],
    ["State.save([[a, b]], ‸", "State.save(namespace, key, value)", 1],
    ['State.save("a", --[[ , , ]] ‸)', "State.save(namespace, key, value)", 1],
    ['State.save("a", {1, 2, ‸}', "State.save(namespace, key, value)", 1],
    ['State.save("a",\r\n"b",\r\n‸)', "State.save(namespace, key, value)", 2],
    ['State.save("😀", ‸)', "State.save(namespace, key, value)", 1],
    ["State.load(State.load(‸", "State.load(namespace, key)", 0],
    ['State.save("a", State.load("b", ‸', "State.load(namespace, key)", 1],
    ['State.save("a", "b", State.load("b", "c"), ‸', "State.save(namespace, key, value)", 3],
    ["local S <const> = State S.delete(‸", "State.delete(namespace, key)", 0],
    ['State.save("a",\n  ‸\nlocal x = 1', "State.save(namespace, key, value)", 1],
    ['State.save("a",\n  "b",\n\n  ‸\n\nprint(1)', "State.save(namespace, key, value)", 2],
    ["State.save(\r\n  ‸\r\nlocal x", "State.save(namespace, key, value)", 0],
    ['State.save("a", "b"\n  ‸', "State.save(namespace, key, value)", 1],
    [
      'local function f()\n  State.save("a",\n    ‸\nend\nf()',
      "State.save(namespace, key, value)",
      1,
    ],
    ['if x then\n  State.load("a",\n  ‸\nelse\nend', "State.load(namespace, key)", 1],
    ['State.load("a",\n‸\nState.save("a", "b", 1)', "State.load(namespace, key)", 1],
    ['State.load("a",\nState.save(‸', "State.save(namespace, key, value)", 0],
    ['State.load("a",\n-- ‸\nprint(1)', undefined, undefined],
    ['State.load("a", "b")\n‸', undefined, undefined],
    [
      'local function retry(n, f, ...) return f(...) end retry(3, State.load, "user", ‸)',
      "retry(n, f, namespace, key)",
      3,
    ],
    ["local State = {} State.save(‸", undefined, undefined],
    ["State.nothing(‸", undefined, undefined],
    ["-- State.save(‸", undefined, undefined],
  ])("%s", (fixture, label, active) => {
    const help = signatureHelp(scriptsAt(fixture));
    expect(help?.label).toBe(label);
    expect(help?.activeParameter).toBe(active);
  });
});

describe("tokens", () => {
  it.each([
    'State.load("⟦user⟧", [[⟦theme⟧]])',
    "State.load('⟦us\\x65r⟧', [==[⟦a]]b⟧]==])",
    'State.load("⟦user⟧", "⟦profile:⟧" .. id .. ":x")',
    'State.load("⟦user⟧", [[\na]])',
    'local function get(k) return State.load("⟦user⟧", k) end get("⟦a⟧") get(b)',
    'local function retry(n, f, ...) return f(...) end retry(3, State.load, "⟦user⟧", "⟦theme⟧")',
    'local State = {} State.load("user", "theme")',
    'State:load("user", "theme")',
    'State.load("⟦user⟧", "⟦é😀⟧")\r\nState.delete("⟦user⟧", "⟦a⟧")',
    '-- State.load("user", "a")\nprint("user")',
    'pcall(State.save, "⟦user⟧", "⟦a⟧", "user")',
    'State.load("⟦user⟧", "⟦the',
  ])("%s", (fixture) => {
    const { model } = scriptsAt(`‸${plain(fixture)}`);
    const spans = nameTokens(model).map(({ span }) => span);
    expect(marked(model.text, spans)).toBe(fixture.endsWith("⟦the") ? `${fixture}⟧` : fixture);
  });
});

describe("links", () => {
  it.each([
    'State.load("user", "⟦theme⟧") State.load("user", "nothing")',
    'State.load("user", [[⟦theme⟧]]) State.load("user", "the',
    'local function get(k) return State.load("cache", k) end get("⟦hits⟧") get("none")',
    'local function get(k) return State.load("cache", "api:" .. k) end get("⟦1⟧")',
    'State.load("user", "th" .. "eme") local K = "theme" State.load("user", K)',
    'print("theme") local State = {} State.load("user", "theme")',
  ])("%s", async (fixture) => {
    const { model } = scriptsAt(`‸${plain(fixture)}`);
    const links = await keyLinks(model, view);
    expect(
      marked(
        model.text,
        links.map(({ span }) => span),
      ),
    ).toBe(fixture);
  });
});

describe("lenses", () => {
  it.each([
    ['State.save("user", "a", 1)\nState.load("user", "a")', ["0 a: 1 read, 1 write"]],
    ['State.load("user", "a")\nState.save("user", "a", 1)', ["1 a: 1 read, 1 write"]],
    [
      'State.save("user", "p:" .. id, 1)\nState.load("user", "p:1")',
      ["1 p:1: 1 read, 1 more by computed keys"],
    ],
    ['local function g(k) return State.load("c", k) end\ng("a")\ng("a")', ["1 a: 2 reads"]],
    ['local State = {}\nState.save("user", "a", 1)', []],
    ['State.delete("user", "a")\r\nState.delete("user", "a")', ["0 a: 2 deletes"]],
    ['State.save("user", "", 1)\nState.save("", "a", 1)\nState.list_keys("user")', []],
    ['pcall(State.save, "user", "a", 1)', ["0 a: 1 write"]],
    ['local function g(k) return State.load("c", "v1:" .. k) end\ng("', []],
  ])("%s", (fixture, expected) => {
    const { workspace, file } = scriptsAt(`‸${fixture}`);
    const shown = keyLenses(workspace, file).map(
      (lens) => `${lens.place.startLine} ${usesLens(workspace, lens).title}`,
    );
    expect(shown).toEqual(expected);
  });
});
