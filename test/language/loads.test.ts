import { describe, expect, test } from "vitest";
import type { Shape } from "../../server/src/language/flow/shape.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import type { Expression } from "../../server/src/language/syntax/ast.ts";
import { visitNodes } from "../../server/src/language/syntax/nodes.ts";
import type { ModuleSummary } from "../../server/src/language/wrappers/summary.ts";
import { loadText, placeText } from "./cursor.ts";

describe("fields of loaded values", () => {
  const load = "local p = State.load('user', 'prefs') ";
  test.each([
    [`${load} p.|`, "field user/prefs"],
    [`${load} print(p.the|)`, "field user/prefs the"],
    [`${load} if p.th|eme then end`, "field user/prefs theme"],
    [`${load} p.|\nlocal x = 1`, "field user/prefs"],
    [`${load} p["the|`, "field user/prefs the"],
    [`${load} print(p["the|"])`, "field user/prefs the"],
    [`${load} print(p.a.b|)`, "field user/prefs.a b"],
    [`${load} print(p.items[1].na|)`, "field user/prefs.items.1 na"],
    [`${load} print(p.items[i].na|)`, "field user/prefs.items.* na"],
    [`${load} local q = p q.|`, "field user/prefs"],
    [`${load} local q = p.a q.|`, "field user/prefs.a"],
    [`${load} p = p or {} p.|`, "field user/prefs"],
    ["local p = State.load('user', 'prefs') or {} p.|", "field user/prefs"],
    ["local p = assert(State.load('user', 'prefs')) p.|", "field user/prefs"],
    ["local p = (State.load('user', 'p:' .. id)) p.|", "field user/p:*"],
    [
      "local p if x then p = State.load('a', 'b') else p = State.load('c', 'd') end p.|",
      "field a/b | c/d",
    ],
    ["print(State.load('a', 'b').x|)", "field a/b x"],
    ["local S = State local p = S.load('a', 'b') p.|", "field a/b"],
    ["local p = State.agent_get('a1', 'memory') p.|", "field a1/memory"],
    ["State.save('x', 'y', State.load('a', 'b').x|)", "field a/b x"],
    [
      "local function get() local c = State.load('app', 'config') if not c then c = {} end return c end local c = get() c.|",
      "field app/config",
    ],
    [
      "local function get(id) return State.load('user', 'p:' .. id) end local p = get('7') p.|",
      "field user/p:7",
    ],
    [
      "local function get(id) return State.load('user', id).profile end get('7').na|",
      "field user/7.profile na",
    ],
    ["local ok, p = pcall(State.load, 'a', 'b') p.|", "field a/b"],
    ["local ok, p ok, p = pcall(State.load, 'a', 'b') p.|", "field a/b"],
    [
      "local function get(id) return State.load('a', id) end local ok, p = pcall(get, 'b') p.|",
      "field a/b",
    ],
    ["local ok, p = State.load('a', 'b') p.|", "none"],
    ["for _, item in ipairs(State.load('a', 'b')) do item.| end", "field a/b.*"],
    [
      "local p = State.load('a', 'b') for k, v in pairs(p.list) do v.na| end",
      "field a/b.list.* na",
    ],
    ["for k, v in pairs(p) do k.| end", "none"],
    ["local function f(n) return f(n) end f(1).x|", "none"],
    ["local a = b b = a a.x|", "none"],
    ["local x = y x.|", "none"],
    ["local t = {a = 1} t.|", "field"],
    ["State.|", "member"],
    ["local p = State.list_keys('a') p.|", "none"],
  ])("%s", (source, place) => {
    expect(placeText(source)).toBe(place);
  });

  const retry =
    "local function retry(n, f, ...) for i = 1, n do local ok, v = pcall(f, ...) if ok then return v end end end";
  test.each([
    [`${retry} local p = retry(3, State.load, "user", "x") p.|`, "field user/x"],
    [
      `${retry} local function get(k) return State.load("a", k).ui end retry(3, get, "x").color.|`,
      "field a/x.ui.color",
    ],
    [
      `${retry} local function get(id) return retry(3, State.load, "user", "p:" .. id) end local p = get("7") p.|`,
      "field user/p:7",
    ],
    [
      `${retry} local function again(...) return retry(5, ...) end local p = again(State.load, "user", "x") p.|`,
      "field user/x",
    ],
    [
      "local function get(...) return State.load(...) end local p = get('user', 'x') p.|",
      "field user/x",
    ],
    [
      "local function memo(f) return function(...) return f(...) end end local load = memo(State.load) local p = load('user', 'x') p.|",
      "field user/x",
    ],
    ["local function a(f, ...) return f(f, ...) end local p = a(a, State.load, 'x') p.|", "none"],
    [`${retry} local p = retry(3, State.list_keys, "user") p.|`, "none"],
  ])("through functions that are given one: %s", (source, place) => {
    expect(placeText(source)).toBe(place);
  });

  test.each([
    ["local p = require('prefs').of('7') print(p)", "user/p:7"],
    ["local P = require('prefs') print(P.config)", "app/config"],
    ["local P = require('prefs') local ui = P.config.ui print(ui.size)", "app/config.ui.size"],
    ["local P = require('prefs') print(P.late.x)", "app/late.x"],
    ["local P = require('prefs') print(P.sub.deep)", "app/deep"],
    ["local P = require('prefs') print(P.theme)", "app/theme"],
    ["local P = require('prefs') local u = P.user('7') print(u.data.name)", "user/u:7.name"],
    ["local c = require('config') print(c.theme)", "app/settings.theme"],
    ["print(require('other').config)", ""],
    ["local P = require('prefs') print(P.of.config)", ""],
  ])("through a module: %s", (source, loaded) => {
    const modules: Record<string, string> = {
      config: "return State.load('app', 'settings') or {}",
      prefs: `local M = { config = State.load('app', 'config') or {}, late = nil, sub = {} }
        function M.of(id) return State.load('user', 'p:' .. id) end
        function M.init() M.late = State.load('app', 'late') end
        M.sub.deep = State.load('app', 'deep')
        M.theme = State.load('app', 'theme') or 'dark'
        function M.user(id) return { data = State.load('user', 'u:' .. id) } end
        return M`,
    };
    const lookup = (name: string): ModuleSummary | undefined =>
      modules[name] === undefined ? undefined : buildScriptModel(modules[name]).module;
    const model = buildScriptModel(source, lookup);
    let printed: Expression | undefined;
    visitNodes(model.chunk.body.statements, (node) => {
      if (node.kind === "Call" && source.startsWith("print(", node.span.start))
        [printed] = node.args;
    });
    expect(printed && model.loads.of(printed).map(loadText).join()).toEqual(loaded);
    for (const text of Object.values(modules)) {
      const { module } = buildScriptModel(text);
      expect(JSON.parse(JSON.stringify(module))).toEqual(module);
    }
  });
});

/** `{theme: string, ui: {size: integer}, ...}` */
function shapeText(shape: Shape): string {
  if (shape.kind !== "table") return shape.kind;
  const fields = shape.fields.map((field) => `${field.name}: ${shapeText(field.shape)}`);
  if (shape.items > 0) fields.push(`#${shape.items}`);
  if (shape.open) fields.push("...");
  return `{${fields.join(", ")}}`;
}

function savedShape(source: string): string {
  const model = buildScriptModel(source);
  const value = model.uses.find(({ member }) => member === "save")?.args[2];
  return value === undefined ? "nothing" : shapeText(model.shapes.of(value.expression));
}

describe("shapes of saved values", () => {
  test.each([
    [
      "State.save('a', 'b', {theme = 'dark', size = 3, ratio = 1.5, on = true})",
      "{theme: string, size: integer, ratio: float, on: boolean}",
    ],
    ["State.save('a', 'b', {a = {b = {c = 1}}})", "{a: {b: {c: integer}}}"],
    ["State.save('a', 'b', {1, 2, 3})", "{#3}"],
    ["State.save('a', 'b', {['x y'] = 1, [k] = 2})", "{x y: integer, ...}"],
    ["State.save('a', 'b', 'text')", "string"],
    ["State.save('a', 'b', 'x' .. y)", "string"],
    ["State.save('a', 'b', #t)", "integer"],
    ["State.save('a', 'b', n + 1)", "number"],
    ["State.save('a', 'b', not x)", "boolean"],
    ["State.save('a', 'b', f())", "unknown"],
    ["State.save('a', 'b', nil)", "nil"],
    ["State.save('a', 'b', function() end)", "function"],
    [
      "local t = {a = 1} t.b = 'x' t.c = {} t.c.d = true State.save('a', 'b', t)",
      "{a: integer, b: string, c: {d: boolean}}",
    ],
    ["local t = {} t['a b'] = 1 t[k] = 2 State.save('a', 'b', t)", "{a b: integer, ...}"],
    [
      "local t = State.load('a', 'b') or {n = 0} t.m = 1 State.save('a', 'b', t)",
      "{n: integer, m: integer, ...}",
    ],
    ["local t = State.load('a', 'b') t.m = 1 State.save('a', 'b', t)", "{m: integer, ...}"],
    [
      "local t = State.load('a', 'b') if not t then t = {n = 0} end State.save('a', 'b', t)",
      "{n: integer, ...}",
    ],
    ["local t = {a = {x = 1}} State.save('a', 'b', t.a)", "{x: integer}"],
    ["local t = {a = 1} t.a = 'x' State.save('a', 'b', t)", "{a: unknown}"],
    ["local t = {a = 1} t.a = nil State.save('a', 'b', t)", "{a: integer}"],
    ["local t = {} t.self = t State.save('a', 'b', t)", "{self: unknown}"],
    ["local n = 1 State.save('a', 'b', n)", "integer"],
    ["local n = 1 n = 'x' State.save('a', 'b', n)", "unknown"],
  ])("%s", (source, shape) => {
    expect(savedShape(source)).toBe(shape);
  });
});
