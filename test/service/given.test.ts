import { describe, expect, it } from "vitest";
import { complete } from "../../server/src/service/completion/complete.ts";
import { hover } from "../../server/src/service/hover.ts";
import { referencesAt } from "../../server/src/service/navigation/references.ts";
import { renameEdits } from "../../server/src/service/rename/edits.ts";
import { prepareRename } from "../../server/src/service/rename/prepare.ts";
import { marked } from "./support/cursor.ts";
import { withEdits } from "./support/edits.ts";
import { scriptsAt } from "./support/scripts.ts";
import { NOW, viewOf } from "./support/view.ts";

/** What scripts give their functions and objects, and these pass on: each asked at the cursor ‸. */

const view = viewOf({
  app: { config: '{"db":{"host":"h"}}' },
  user: { theme: '{"color":"dark"}', "profile:1": '{"name":"Ann"}' },
});

/** A store of one namespace, and a service that works with any store. */
const REPO =
  "local R = {} R.__index = R function R.new(ns) return setmetatable({ns = ns}, R) end function R:get(k) return State.load(self.ns, k) end ";
const SERVICE =
  "local S = {} S.__index = S function S.new(repo) local self = setmetatable({}, S) self.repo = repo return self end ";

const EACH =
  "local function each(ns, f) for _, k in ipairs(State.list_keys(ns)) do f(k, State.load(ns, k)) end end ";

async function offered(fixture: string): Promise<string> {
  const { model, offset, workspace } = scriptsAt(fixture);
  const { items } = await complete({ model, offset, workspace, view });
  const shown = items.toSorted((a, b) => (a.sortText < b.sortText ? -1 : 1));
  return shown.map(({ label }) => label).join(" ");
}

function referenced(fixture: string): string {
  const at = scriptsAt(fixture.replaceAll(/⟦|⟧/g, ""));
  const spans = (referencesAt(at) ?? []).map(({ place }) => place);
  return marked(at.model.text, spans);
}

function renamed(fixture: string): string {
  const { model, offset } = scriptsAt(fixture);
  const renaming = prepareRename(model, offset)?.renaming("x");
  if (renaming === undefined) throw new Error("Nothing is renamed there.");
  return withEdits(model.text, renameEdits(model, renaming));
}

describe("completion offers", () => {
  it.each([
    // keys and fields in methods of what an object was given
    [
      `${REPO}${SERVICE}function S:theme() return self.repo:get("‸") end S.new(R.new("user"))`,
      "profile:1 theme",
    ],
    [
      `${REPO}${SERVICE}function S:theme() local t = self.repo:get("theme") print(t.‸) end S.new(R.new("user"))`,
      "color",
    ],
    [
      `${REPO}${SERVICE}function S:theme() return self.repo:get("theme") end print(S.new(R.new("user")):theme().‸)`,
      "color",
    ],
    [`${REPO}local function use(repo) return repo:get("‸") end use(R.new("app"))`, "config"],
    [`${REPO}local function use(repo) return repo:get("‸") end use(other)`, ""],
    [
      `${REPO}function R:theme() return State.load(self.ns, "‸") end R.new("app"):theme()`,
      "config",
    ],
    [`${REPO}function R:theme() local t = self:get("theme") return t.‸ end R.new("user")`, "color"],
    ['local function use(db) return db.load("app", "‸") end use(State)', "config"],
    [
      '-- file: main.lua\nlocal S, R = require("s"), require("r") print(S.new(R.new("user")):theme().‸)\n-- file: s.lua\nlocal S = {} S.__index = S\nfunction S.new(repo) return setmetatable({repo = repo}, S) end\nfunction S:theme() return self.repo:get("theme") end\nreturn S\n-- file: r.lua\nlocal R = {} R.__index = R\nfunction R.new(ns) return setmetatable({ns = ns}, R) end\nfunction R:get(k) return State.load(self.ns, k) end\nreturn R\n',
      "color",
    ],
    // parameters of functions that are given
    [`${EACH}each("user", function(key, value) print(value.‸) end)`, "name color"],
    [`${EACH}each("user", function(key, value) print(key.‸) end)`, ""],
    [`${EACH}each("user", function(key) print(key) end) local value = x print(value.‸)`, ""],
    [
      'local function update(k, f) local v = State.load("app", k) or {} pcall(f, v) State.save("app", k, v) end update("config", function(c) c.‸ end)',
      "db",
    ],
    [
      `${REPO}function R:with(k, f) local v = State.load(self.ns, k) if v then f(v) end end R.new("app"):with("config", function(c) print(c.db.‸) end)`,
      "host",
    ],
    [
      '-- file: main.lua\nlocal u = require("u") u.each("user", function(key, value) print(value.‸) end)\n-- file: u.lua\nlocal M = {}\nfunction M.each(ns, f) for _, k in ipairs(State.list_keys(ns)) do f(k, State.load(ns, k)) end end\nreturn M\n',
      "name color",
    ],
    ["local function f(g) g(g) end f(function(x) print(x.‸) end)", ""],
    ["local function f(g) f(g) g(f(g)) end f(function(x) print(x.‸) end)", ""],
    // builders
    [
      'local E = {} E.__index = E function E.of(ns) return setmetatable({ns = ns}, E) end function E:key(k) self.k = k return self end function E:load() return State.load(self.ns, self.k) end E.of("user"):key("‸"):load()',
      "profile:1 theme",
    ],
    // arguments that are taken apart
    [
      'local function f(...) local t = {...} return State.load(t[1], t[2]) end f("app", "‸")',
      "config",
    ],
  ])("%s", async (fixture, expected) => {
    expect(await offered(fixture)).toBe(expected);
  });
});

describe("hover tells", () => {
  it.each([
    [
      `${REPO}${SERVICE}function S:theme() return self.repo:get("the‸me") end S.new(R.new("user"))`,
      "`user` / `theme`",
    ],
    [
      `${REPO}function R:t() return State.load(self.ns, "the‸me") end R.new("user")`,
      "`user` / `theme`",
    ],
  ])("%s", async (fixture, expected) => {
    const { model, offset, workspace } = scriptsAt(fixture);
    const told = await hover({ model, offset, workspace, view, now: NOW });
    expect(told?.markdown).toContain(expected);
  });
});

describe("references are found", () => {
  it.each([
    'for ns, keys in pairs({app = {theme = 1, size = 2}, user = {theme = 1}}) do for key in pairs(keys) do State.load(ns, ⟦key⟧) end end State.save("app", "⟦the‸me⟧", 1) State.save("user", "size", 1)',
    'for _, s in ipairs({{ns = "raw", keys = {"⟦a⟧", "b"}}, {ns = "clean", keys = {"a"}}}) do for _, key in ipairs(s.keys) do State.load(s.ns, key) end end State.save("raw", "⟦‸a⟧", 1) State.save("clean", "b", 1)',
    'local Q = setmetatable({}, {__call = function(cls, name) return setmetatable({name = name}, cls) end}) Q.__index = Q function Q:push(v) State.save("queues", self.name, v) end Q("⟦mail⟧"):push(1) State.load("queues", "⟦ma‸il⟧")',
    `${REPO}${SERVICE}function S:theme() return self.repo:get("⟦the‸me⟧") end S.new(R.new("user")) State.save("user", "⟦theme⟧", 1) State.save("app", "theme", 1)`,
    `${REPO}function R:t() return State.load(self.ns, "⟦theme⟧") end R.new("user") State.save("user", "⟦the‸me⟧", 1)`,
    `${REPO}local function use(repo) return repo:get("theme") end use(other) State.save("user", "⟦the‸me⟧", 1)`,
  ])("%s", (fixture) => {
    expect(referenced(fixture)).toBe(fixture.replace("‸", ""));
  });
});

describe("renamed is", () => {
  const entry =
    "local E = {} E.__index = E function E.of(ns) return setmetatable({ns = ns}, E) end function E:key(k) self.k = k return self end function E:load() return State.load(self.ns, self.k) end ";
  it.each([
    [
      `${entry}E.of("user"):key("the‸me"):load() State.save("user", "theme", 1) E.of("user"):key("b"):load()`,
      `${entry}E.of("user"):key("x"):load() State.save("user", "x", 1) E.of("user"):key("b"):load()`,
    ],
    [
      'local function f(...) local t = {...} return State.load(t[1], t[2]) end f("app", "a") State.save("app", "‸a", 1)',
      'local function f(...) local t = {...} return State.load(t[1], t[2]) end f("app", "x") State.save("app", "x", 1)',
    ],
    [
      `${REPO}${SERVICE}function S:theme() return self.repo:get("theme") end S.new(R.new("user")) State.save("user", "the‸me", 1)`,
      `${REPO}${SERVICE}function S:theme() return self.repo:get("x") end S.new(R.new("user")) State.save("user", "x", 1)`,
    ],
    [
      `${REPO}function R:t() return State.load(self.ns, "theme") end R.new("user") State.save("us‸er", "theme", 1)`,
      `${REPO}function R:t() return State.load(self.ns, "theme") end R.new("x") State.save("x", "theme", 1)`,
    ],
    [
      `${REPO}local function use(repo) return repo:get("theme") end use(R.new("user")) use(R.new("app")) State.save("us‸er", "theme", 1)`,
      `${REPO}local function use(repo) return repo:get("theme") end use(R.new("x")) use(R.new("app")) State.save("x", "theme", 1)`,
    ],
  ])("%s", (fixture, expected) => {
    expect(renamed(fixture)).toBe(expected);
  });
});

it("a key of two namespaces at once is renamed with a doubt", () => {
  const script = `${REPO}local function use(repo) return repo:get("theme") end use(R.new("user")) use(R.new("app")) State.save("user", "the‸me", 1)`;
  const { model, offset } = scriptsAt(script);
  const renaming = prepareRename(model, offset)?.renaming("x");
  const edits = renaming === undefined ? [] : renameEdits(model, renaming);
  expect(edits.map(({ doubt, optional }) => [doubt, optional])).toEqual([
    ["namespace", undefined],
    [undefined, undefined],
  ]);
});
