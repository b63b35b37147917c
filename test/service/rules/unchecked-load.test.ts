import { describe, expect, it } from "vitest";
import { findings, fixed, passes, reports } from "../support/rule.ts";

const LOAD = 'local p = State.load("user", "prefs") ';

reports("unchecked-load", [
  `State.save("user", "other", {}) ${LOAD}print(⟦p⟧.theme)`,
  `if x then State.save("user", "prefs", {}) end ${LOAD}print(⟦p⟧.theme)`,
  `State.save("user", "prefs", {}) State.delete("user", "prefs") ${LOAD}print(⟦p⟧.theme)`,
  `State.save("user", "prefs", {}) State.delete("user", key) ${LOAD}print(⟦p⟧.theme)`,
  `${LOAD}print(⟦p⟧.theme) State.save("user", "prefs", {})`,
  `if State.load("user", "prefs") then State.save("user", "prefs", {}) end ${LOAD}print(⟦p⟧.theme)`,
  `local function init() State.save("user", "prefs", {}) end ${LOAD}print(⟦p⟧.theme)`,
  `State.save("user", "prefs", nil) ${LOAD}print(⟦p⟧.theme)`,
  `${LOAD}print(⟦p⟧.theme)`,
  `${LOAD}print(⟦p⟧["theme"])`,
  `${LOAD}⟦p⟧.theme = "dark" p.x = 1`,
  `${LOAD}print(⟦p⟧ + 1)`,
  `${LOAD}print(1 - -⟦p⟧)`,
  `${LOAD}print(#⟦p⟧)`,
  `${LOAD}print("theme: " .. ⟦p⟧)`,
  `${LOAD}for k, v in pairs(⟦p⟧) do end`,
  `${LOAD}for i, v in ipairs(⟦p⟧) do end`,
  `${LOAD}⟦p⟧()`,
  `${LOAD}⟦p⟧:save()`,
  'print(⟦State.load("user", "prefs")⟧.theme)',
  'for _, v in ipairs(⟦State.load("user", "list")⟧) do end',
  'local n = ⟦State.load("stats", "visits")⟧ + 1',
  'local n = ⟦(State.load("stats", "visits"))⟧ + 1',
  'local m = ⟦State.agent_get("7", "mood")⟧.level',
  `${LOAD}if other then print(⟦p⟧.theme) end`,
  `${LOAD}if p == nil then print("none") end print(⟦p⟧.theme)`,
  `${LOAD}if not p then log("none") end print(⟦p⟧.theme)`,
  `${LOAD}if p then print(p.a) else print(⟦p⟧.theme) end`,
  `${LOAD}if p or q then print(⟦p⟧.theme) end`,
  `${LOAD}local x = p or ⟦p⟧.theme`,
  `${LOAD}p = State.load("user", "other") print(⟦p⟧.theme)`,
  `${LOAD}while other do print(⟦p⟧.theme) end`,
  `local function f() ${LOAD}return ⟦p⟧.theme end`,
  `${LOAD}if type(p) == "nil" then print(⟦p⟧.x) end`,
  'local S = State local p = S.load("a", "k1") print(⟦p⟧.x)',
  'local get = State.load local p = get("a", "k1") print(⟦p⟧.x)',
  'p = State.load("a", "k1") print(⟦p⟧.x)',
  'local p <const> = State.load("a", "k1") print(⟦p⟧.x)',
  'local a, b = 1, State.load("a", "k1") print(⟦b⟧.x)',
  `${LOAD}local q = {t = ⟦p⟧.theme, p.other}`,
  `${LOAD}do local p = {} print(p.x) end print(⟦p⟧.x)`,
  `${LOAD}for i = 1, #⟦p⟧ do print(p[i]) end`,
  'self.data = State.load("a", "k1") print(⟦self.data⟧.x)',
  'local M = {} function M:f() self.data = State.load("a", "k1") print(⟦self.data⟧.x, self.data.y) end',
  'local M = {} M.list = State.load("a", "k1") for _, x in ipairs(⟦M.list⟧) do end',
]);

reports("unchecked-load", [
  'local function get(k) return State.load("a", k) end print(⟦get("k1")⟧.x)',
  'local function get(k) return State.load("a", k) end local p = get("k1") print(⟦p⟧.x)',
  'local function get(k) local v = State.load("a", k) return v end print(⟦get("k1")⟧.x, ⟦get("k2")⟧.x)',
  `local function f() return error("x") end ${LOAD}if not p then g() end print(⟦p⟧.x)`,
]);

passes("unchecked-load", [
  `State.save("user", "prefs", {}) ${LOAD}print(p.theme)`,
  `State.save("user", "prefs", {}) if x then ${LOAD}print(p.theme) end`,
  `if State.load("user", "prefs") == nil then State.save("user", "prefs", {}) end ${LOAD}print(p.theme)`,
  `if not State.load("user", "prefs") then log() State.save("user", "prefs", {}) end ${LOAD}print(p.theme)`,
  `local old = State.load("user", "prefs") if not old then State.save("user", "prefs", {}) end ${LOAD}print(p.theme)`,
  `State.agent_set("7", "mood", {}) print(State.agent_get("7", "mood").level)`,
  `State.save("user", "prefs", {}) State.delete("user", "other") ${LOAD}print(p.theme)`,
  'local function get(k) return State.load("a", k) or {} end print(get("k1").x)',
  'local function get(k) return (assert(State.load("a", k))) end print(get("k1").x)',
  'local M = {} function M.fail() os.exit(1) end local p = State.load("a", "k1") if not p then M.fail() end print(p.x)',
  `${LOAD}print(p)`,
  `${LOAD}return p`,
  `${LOAD}if p == "dark" then end`,
  'local p = State.load("user", "prefs") or {} print(p.theme)',
  'local p = State.load("user", "prefs") p = p or {} print(p.theme)',
  'local p = assert(State.load("user", "prefs")) print(p.theme)',
  'print((State.load("user", "prefs") or {}).theme)',
  `${LOAD}if p then print(p.theme) end`,
  `${LOAD}if p ~= nil then print(p.theme) end`,
  `${LOAD}if nil ~= p and p.theme then print(p.theme) end`,
  `${LOAD}if p and p.theme == "dark" then print(#p) end`,
  `${LOAD}print(p and p.theme)`,
  `${LOAD}print(p and p.theme or "light")`,
  `${LOAD}print(not p or p.theme)`,
  `${LOAD}if not p then return end print(p.theme)`,
  `${LOAD}if not p then error("no preferences") end print(p.theme)`,
  `${LOAD}if p == nil then os.exit(1) end print(p.theme)`,
  `${LOAD}assert(p, "none") print(p.theme)`,
  `${LOAD}assert(type(p) == "table") print(p.theme)`,
  `${LOAD}if type(p) == "table" then print(p.theme) end`,
  `${LOAD}if type(p) ~= "table" then return end print(p.theme)`,
  `${LOAD}if not p then p = {} end print(p.theme)`,
  `${LOAD}if p == nil then p = {} State.save("user", "prefs", p) end print(p.theme)`,
  `${LOAD}if not p or not p.theme then return end print(p.theme)`,
  `${LOAD}if is_table(p) then print(p.theme) end`,
  `${LOAD}if not valid(p) then return end print(p.theme)`,
  `${LOAD}validate(p) print(p.theme)`,
  `${LOAD}while p do print(p.theme) break end`,
  `${LOAD}while not p do p = State.load("user", "prefs") end print(p.theme)`,
  `${LOAD}repeat p = State.load("a", "k1") until p print(p.theme)`,
  'local p while true do p = State.load("a", "k1") if p then break end end print(p.x)',
  'for i = 1, 3 do local p = State.load("a", "k" .. i) if not p then goto continue end print(p.x) ::continue:: end',
  'for _, k in ipairs(keys) do local s = State.load("session", k) if s and s.last < cutoff then State.delete("session", k) end end',
  'local function fail() error("none") end local p = State.load("a", "k1") if not p then fail() end print(p.x)',
  `${LOAD}local function set() p = {} end set() print(p.theme)`,
  `${LOAD}if other then p = {} elseif not p then return end if p then print(p.x) end`,
  'self.data = State.load("a", "k1") self:fill() print(self.data.x)',
  'self.data = State.load("a", "k1") if not self.data then self.data = {} end print(self.data.x)',
  'self.data = State.load("a", "k1") or {} print(self.data.x)',
  'local State = require("other") local p = State.load("a", "k1") print(p.x)',
  'local keys = State.list_keys("user") print(#keys)',
  `${LOAD}local t = p and {x = p.theme} or {}`,
  `${LOAD}local n = (p or {}).n`,
  'local v = State.load("a", "k1") if v < 3 then end',
  'local q = State.load("a", "k1") local p = q and q.x if p then print(p) end',
  'local function get(k) local v = State.load("a", k) if v == nil then return {} end return v end print(get("b").x)',
]);

reports("unchecked-load", [
  'local ok, p = pcall(State.load, "a", "k1") print(⟦p⟧.x)',
  'local ok, p = pcall(State.load, "a", "k1") if ok then print(⟦p⟧.x) end',
  'local ok, p = xpcall(State.load, print, "a", "k1") if not ok then return end print(#⟦p⟧)',
  'local function get(k) return State.load("a", k) end local ok, p = pcall(get, "k1") print(⟦p⟧.x)',
  'for i = 1, ⟦State.load("a", "count")⟧ do print(i) end',
  `${LOAD}for i = ⟦p⟧, 1, -1 do print(i) end`,
  `${LOAD}local n = p == nil and other or #⟦p⟧.list`,
  `${LOAD}local n = p and nil or ⟦p⟧.x`,
  `${LOAD}local known = other ~= nil if known then print(⟦p⟧.x) end`,
  `${LOAD}local known = p ~= nil if not known then print(⟦p⟧.x) end`,
  `${LOAD}local known = p ~= nil known = other if known then print(⟦p⟧.x) end`,
  'local p = State.load("a", "k1") local known = p ~= nil p = State.load("a", "k2") if known then print(⟦p⟧.x) end',
  'State.save("a", id, {}) local p = State.load("a", other) print(⟦p⟧.x)',
  'local function f(id) State.save("a", id, {}) id = id .. "2" local p = State.load("a", id) print(⟦p⟧.x) end',
  'local function f(id, b) State.save("a", id, {}) State.delete("a", b) local p = State.load("a", id) print(⟦p⟧.x) end',
  'local function f(id) State.save("a", "x1:" .. id, {}) local p = State.load("a", "x2:" .. id) print(⟦p⟧.x) end',
  'local function f(id) State.save("a", id, {}) end local function g(id) local p = State.load("a", id) print(⟦p⟧.x) end',
  'if not State.load("a", "flag") then State.save("a", "k1", {}) end local p = State.load("a", "k1") print(⟦p⟧.x)',
  'local function get(k, d) if State.load("a", k) == nil then State.save("b", k, d) end return State.load("a", k) end print(⟦get("k1", {})⟧.x)',
]);

passes("unchecked-load", [
  'local ok, p = pcall(State.load, "a", "k1") if ok and p then print(p.x) end',
  'local ok, p = pcall(State.load, "a", "k1") if not ok or not p then return end print(p.x)',
  'local ok, p = pcall(State.load, "a", "k1") p = ok and p or {} print(p.x)',
  'local ok, p, q = pcall(State.load, "a", "k1") print(q.x, ok.x)',
  'local ok, p = pcall(print, "a", "k1") print(p.x)',
  `${LOAD}local n = p == nil and 0 or #p.list`,
  'for i = 1, State.load("a", "count") or 0 do print(i) end',
  `${LOAD}local n = not p and "none" or p.name`,
  `${LOAD}local n = (p == nil and {} or p.list).x`,
  `${LOAD}if p ~= nil or false then print(p.x) end`,
  `${LOAD}local known = p ~= nil if known then print(p.x) end`,
  `${LOAD}local missing = p == nil if missing then return end print(p.x)`,
  `${LOAD}local usable = p and p.enabled if usable then print(p.x) end`,
  'local function f(id) State.save("a", id, {}) local p = State.load("a", id) print(p.x) end',
  'local id = next_id() State.save("a", "x1:" .. id, {}) print(State.load("a", "x1:" .. id).x)',
  'local function f(u) State.save("a", u.id, {}) print(State.load("a", u.id).x) end',
  'for i = 1, 3 do State.save("a", "k" .. i, {}) print(State.load("a", "k" .. i).x) end',
  'local function f(id) if State.load("a", id) == nil then State.save("a", id, {}) end local p = State.load("a", id) print(p.x) end',
  'if not State.load("a", "flag") then State.save("a", "flag", true) State.save("a", "k1", {}) end local p = State.load("a", "k1") print(p.x)',
  'if not State.load("a", "flag") then State.save("a", "k1", {}) State.save("a", "flag", true) end local p = State.load("a", "k1") print(p.x)',
  'local function get(k, d) if State.load("a", k) == nil then State.save("a", k, d) end return State.load("a", k) end print(get("k1", {}).x)',
  'local function get(k, d) State.save("a", k, d) local v = State.load("a", k) return v end local p = get("k1", {}) print(p.x)',
]);

const EACH = 'for _, k in ipairs(State.list_keys("user")) do';

reports("unchecked-load", [
  `${EACH} local p = State.load("other", k) print(⟦p⟧.x) end`,
  `${EACH} local p = State.load("user", "x:" .. k) print(⟦p⟧.x) end`,
  `${EACH} State.delete("user", k) print(⟦State.load("user", k)⟧.x) end`,
  `${EACH} k = k:upper() print(⟦State.load("user", k)⟧.x) end`,
  'State.save("a", "d:" .. os.date("%F"), {}) print(⟦State.load("a", "d:" .. os.date("%F", t))⟧.x)',
  'State.save("a", "d:" .. next_id(), {}) print(⟦State.load("a", "d:" .. next_id())⟧.x)',
  'State.save("a", ("%d"):format(1), {}) print(⟦State.load("a", ("%d"):format(2))⟧.x)',
  'for k in pairs(State.list_keys("user")) do print(⟦State.load("user", k)⟧.x) end',
  'for _, k in ipairs(names) do print(⟦State.load("user", k)⟧.x) end',
  'local ks = State.list_keys("user") ks = other for _, k in ipairs(ks) do print(⟦State.load("user", k)⟧.x) end',
]);

passes("unchecked-load", [
  `${EACH} local p = State.load("user", k) print(p.x) end`,
  `${EACH} print(State.load("user", k).x) State.delete("user", k) end`,
  'local ks = State.list_keys("user") for _, k in ipairs(ks) do print(State.load("user", k).x) end',
  "local function f(ns) for _, k in ipairs(State.list_keys(ns)) do print(State.load(ns, k).x) end end",
]);

describe("the fix", () => {
  it("is not offered behind pcall", async () => {
    const script = 'local ok, p = pcall(State.load, "a", "k1") print(p.x)';
    const [found] = await findings("unchecked-load", script);
    expect(found?.fixes.map(({ title }) => title)).toEqual(["Silence unchecked-load on this line"]);
    expect(found?.message).toContain("Test it first");
  });

  it.each([
    [`${LOAD}print(p.theme)`, 'local p = State.load("user", "prefs") or {} print(p.theme)'],
    [`${LOAD}print(p + 1)`, 'local p = State.load("user", "prefs") or 0 print(p + 1)'],
    [`${LOAD}print("a" .. p)`, 'local p = State.load("user", "prefs") or "" print("a" .. p)'],
    ['print(State.load("user", "prefs").x)', 'print((State.load("user", "prefs") or {}).x)'],
    ['print((State.load("user", "prefs")).x)', 'print((State.load("user", "prefs") or {}).x)'],
    [
      'local function get(k) return State.load("a", k) end local p = get("k1") print(p.x)',
      'local function get(k) return State.load("a", k) end local p = get("k1") or {} print(p.x)',
    ],
  ])("%s", async (script, expected) => {
    expect(await fixed("unchecked-load", script, /^Add the default/)).toBe(expected);
  });
});
