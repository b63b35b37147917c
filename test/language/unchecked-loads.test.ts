import { describe, expect, test } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";

/** `kind text` for every unchecked load. */
function unchecked(source: string): string[] {
  return buildScriptModel(source).uncheckedLoads.map(
    ({ span, kind }) => `${kind} ${source.slice(span.start, span.end)}`,
  );
}

const LOAD = "local p = State.load('a', 'b') ";

const KEPT = "local M, t = {}, {} M.p = State.load('a', 'b') ";

describe("loaded values that fields keep", () => {
  test.each<[string, ...string[]]>([
    [`${KEPT} print(M.p.x)`, "index M.p"],
    [`${KEPT} print(M['p'].x)`, "index M['p']"],
    [`${KEPT} M.p.x = 1`, "index M.p"],
    [`${KEPT} M.p = M.p + 1`, "arithmetic M.p"],
    [`${KEPT} for _, v in ipairs(M.p) do end`, "iteration M.p"],
    [`${KEPT} print(#M.p, M.p.x)`, "length M.p"],
    [`${KEPT} local p = M.p print(p.x)`, "index p"],
    [`${KEPT} print("a") State.save("c", "d", 1) print(M.p.x)`, "index M.p"],
    [`${KEPT} if other then print(M.p.x) end`, "index M.p"],
    [`${KEPT} t.q = 1 print(M.p.x)`, "index M.p"],
    ["function M:f() self.p = State.load('a', 'b') print(self.p.x) end", "index self.p"],
    ["local ok M = {} ok, M.p = pcall(State.load, 'a', 'b') print(M.p.x)", "index M.p"],
    ["M.a.b = State.load('a', 'b') print(M.a.b.c)", "index M.a.b"],
    ["M.p = State.load('a', 'b') or {} print(M.p.x)"],
    [`${KEPT} if M.p then print(M.p.x) end`],
    [`${KEPT} if M['p'] ~= nil then print(M.p.x) end`],
    [`${KEPT} if not M.p then M.p = {} end print(M.p.x)`],
    [`${KEPT} if not M.p then return end print(M.p.x)`],
    [`${KEPT} if type(M.p) == 'table' then print(M.p.x) end`],
    [`${KEPT} M.p = M.p or {} print(M.p.x)`],
    [`${KEPT} local x = M.p and M.p.x`],
    [`${KEPT} assert(M.p) print(M.p.x)`],
    [`${KEPT} check(M.p) print(M.p.x)`],
    // What may have been given another value, nobody knows how, passes.
    [`${KEPT} fill() print(M.p.x)`],
    [`${KEPT} M:fill() print(M.p.x)`],
    [`${KEPT} if fill() then end print(M.p.x)`],
    [`${KEPT} local y = fill() print(M.p.x)`],
    [`${KEPT} pcall(function() M.p = {} end) print(M.p.x)`],
    [`${KEPT} setmetatable(M, {}) print(M.p.x)`],
    [`${KEPT} local N = M N.p = {} print(M.p.x)`],
    [`${KEPT} M[name] = {} print(M.p.x)`],
    [`${KEPT} M = {} print(M.p.x)`],
    ["M[name] = State.load('a', 'b') print(M[name].x)"],
    ["function M:f() self.p = State.load('a', 'b') end function M:g() print(self.p.x) end"],
    [
      "local C = {} function C.new() local self = {} self.p = State.load('a', 'b') return self end print(C.new().p.x)",
    ],
  ])("%s", (source, ...expected) => {
    expect(unchecked(source)).toEqual(expected);
  });
});

const RETRY =
  "local function retry(n, f, ...) for i = 1, n do local ok, v = pcall(f, ...) if ok then return v end end error('no') end ";
const CALL = "local function call(f, ...) return f(...) end ";

describe("what a function gives back that is given one", () => {
  test.each<[string, ...string[]]>([
    [`${RETRY} local p = retry(3, State.load, "user", "x") print(p.theme)`, "index p"],
    [
      `${RETRY} print(retry(3, State.load, "user", "x").theme)`,
      'index retry(3, State.load, "user", "x")',
    ],
    [`${CALL} local ok, p = pcall(call, State.load, "user", "x") print(p.theme)`, "index p"],
    [
      `${CALL} local function get(k) return State.load("user", k) end local n = call(get, "x") n = n + 1`,
      "arithmetic n",
    ],
    [
      `${CALL} local function twice(g, ...) return call(g, ...) end local n = twice(State.load, "user", "x") print(n + 1)`,
      "arithmetic n",
    ],
    [
      `${CALL} local M = {} function M:do_it(f, ...) return f(...) end print(#M:do_it(State.load, "user", "x"))`,
      'length M:do_it(State.load, "user", "x")',
    ],
    [`${RETRY} local p = retry(3, State.load, "user", "x") or {} print(p.theme)`],
    [`${RETRY} local p = retry(3, State.load, "user", "x") if p then print(p.theme) end`],
    [`${CALL} local p = call(tostring, "x") print(p.theme)`],
    [`${CALL} local p = call(State.list_keys, "user") print(#p)`],
    [`${CALL} local p = call(other, "user") print(#p)`],
    ["local function call(f, ...) local v = f(...) print(v.x) return v end call(print)"],
    [
      "local function call(f, d, ...) return f(...) or d end print(call(State.load, {}, 'user', 'x').y)",
    ],
    [
      "local function call(f, d, ...) local v = f(...) if v == nil then return d end return v end print(call(State.load, {}, 'user', 'x').y)",
    ],
    ["local function a(f, ...) return a(f, ...) end print(a(State.load, 'x', 'y').z)"],
  ])("%s", (source, ...expected) => {
    expect(unchecked(source)).toEqual(expected);
  });
});

describe("loaded values used before any check", () => {
  test.each([
    ["print(p.x)", "index p"],
    ["print(p['x'])", "index p"],
    ["p.x = 1", "index p"],
    ["p:run()", "index p"],
    ["p()", "call p"],
    ["p = p + 1", "arithmetic p"],
    ["print(1 - p)", "arithmetic p"],
    ["print(-p)", "arithmetic p"],
    ["print(#p)", "length p"],
    ["print('n: ' .. p)", "concatenation p"],
    ["for k in pairs(p) do end", "iteration p"],
    ["for i, v in ipairs(p) do end", "iteration p"],
    ["for k in next, p do end"],
    ["for x in p do end", "iteration p"],
    ["print(next(p))", "iteration p"],
    ["if p.x then end", "index p"],
    ["if other then print(p.x) end", "index p"],
    ["if not p then print('none') end print(p.x)", "index p"],
    ["if p then end print(p.x)", "index p"],
    ["print(p.x) print(p.y)", "index p"],
    ["local q = p print(q.x)", "index q"],
    ["while other do print(p.x) end", "index p"],
    ["local x = p and p.x or p.y", "index p"],
    ["print(other or p.x)", "index p"],
    ["if type(p) == 'nil' then print(p.x) end", "index p"],
    ["p = State.load('c', 'd') print(p.x)", "index p"],
    ["local t = {p.x}", "index p"],
    ["return p.x", "index p"],
    ["if a then p = {} end print(p.x)", "index p"],
    ["print(p) print(tostring(p)) table.insert(t, p)"],
    ["if p then print(p.x) end"],
    ["if p ~= nil then print(p.x) end"],
    ["if nil ~= p then print(p.x) end"],
    ["if p == nil then return end print(p.x)"],
    ["if not p then return end print(p.x)"],
    ["if not p then error('none') end print(p.x)"],
    ["if not p then os.exit(1) end print(p.x)"],
    ["if not p then p = {} end print(p.x)"],
    ["if p == nil then p = {} else print(p.x) end print(p.x)"],
    ["p = p or {} print(p.x)"],
    ["local q = p or {} print(q.x)"],
    ["assert(p) print(p.x)"],
    ["assert(p ~= nil, 'none') print(p.x)"],
    ["assert(type(p) == 'table') print(p.x)"],
    ["if type(p) == 'table' then print(p.x) end"],
    ["if type(p) ~= 'table' then return end print(p.x)"],
    ["if p and p.x > 1 then print(p.x) end"],
    ["if not p or p.x then return end print(p.x)"],
    ["if not (p and other) then return end print(p.x)"],
    ["local x = p and p.x"],
    ["local x = p and p.x or 0"],
    ["local x = not p or p.x"],
    ["print((p or {}).x)"],
    ["if valid(p) then print(p.x) end"],
    ["if not valid(p) then return end print(p.x)"],
    ["if p == 'dark' then print(p .. '!') end"],
    ["while p do print(p.x) p = nil end"],
    ["while not p do p = State.load('a', 'b') end print(p.x)"],
    ["repeat p = State.load('a', 'b') until p print(p.x)"],
    ["for i = 1, 3 do if not p then break end print(p.x) end"],
    ["for i = 1, 3 do if not p then goto next end print(p.x) ::next:: end"],
    ["p = {} print(p.x)"],
    ["local p = {} print(p.x)"],
    ["local f = function() return p.x end"],
    ["elseif_case = 1 if a then return elseif not p then return end print(p.x)"],
    ["do if not p then return end end print(p.x)"],
    ["print(p."],
  ])("%s", (use, ...expected) => {
    expect(unchecked(LOAD + use)).toEqual(expected);
  });

  test.each([
    ["print(State.load('a', 'b').x)", "index State.load('a', 'b')"],
    ["print(#State.load('a', 'b'))", "length State.load('a', 'b')"],
    ["local n = State.load('a', 'b') + 1", "arithmetic State.load('a', 'b')"],
    ["for k in pairs(State.load('a', 'b')) do end", "iteration State.load('a', 'b')"],
    ["local get = State.load local p = get('a', 'b') print(p.x)", "index p"],
    ["local p = State.agent_get('a', 'b') print(p.x)", "index p"],
    ["local p = State.list_keys('a') print(#p)"],
    ["local p = State.load('a', 'b') or {} print(p.x)"],
    ["local p = assert(State.load('a', 'b')) print(p.x)"],
    ["local function f(id) local p = State.load('a', id) return p.x end", "index p"],
    [
      "local function get(k) return State.load('a', k) end local p = get('x') print(p.x)",
      "index p",
    ],
    [
      "local function get(k) local v = State.load('a', k) return v end print(get('x').y)",
      "index get('x')",
    ],
    ["local function get(k) return State.load('a', k) or {} end print(get('x').y)"],
    [
      "local a, b = State.load('n', 'a'), State.load('n', 'b') print(a.x, b.y)",
      "index a",
      "index b",
    ],
    ["local ok, p = pcall(State.load, 'a', 'b') print(p.x)", "index p"],
    ["local ok, p = pcall(State.load, 'a', 'b') if ok and p then print(p.x) end"],
  ])("%s", (source, ...expected) => {
    expect(unchecked(source)).toEqual(expected);
  });
});
