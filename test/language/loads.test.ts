import { describe, expect, test } from "vitest";
import type { Shape } from "../../server/src/language/flow/shape.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
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

  test("through a module", () => {
    const lookup = (name: string): ModuleSummary | undefined =>
      name === "prefs"
        ? buildScriptModel(
            "local M = {} function M.of(id) return State.load('user', 'p:' .. id) end return M",
          ).module
        : undefined;
    const source = "local p = require('prefs').of('7')";
    const model = buildScriptModel(source, lookup);
    const [statement] = model.chunk.body.statements;
    const value = statement?.kind === "Local" ? statement.values[0] : undefined;
    expect(value && model.loads.of(value).map(loadText)).toEqual(["user/p:7"]);
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
