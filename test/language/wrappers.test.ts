import { describe, expect, test } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { eachOf } from "../../server/src/language/variants.ts";
import { placeText, wrapperTexts } from "./cursor.ts";

const CACHE = `
local function cacheSet(key, value, ttl)
    local entry = { value = value, expires_at = os.time() + ttl }
    State.save("cache", key, entry)
end
local function cacheGet(key)
    local entry = State.load("cache", key)
    if entry then
        if entry.expires_at > os.time() then return entry.value
        else State.delete("cache", key) end
    end
    return nil
end
`;

const cases: readonly (readonly [source: string, ...expected: string[]])[] = [
  [
    `${CACHE} cacheSet("api:user:123", data, 3600)`,
    'cacheSet: call save("cache", "api:user:123", ?)',
  ],
  [
    `${CACHE} local c = cacheGet("api:" .. id)`,
    'cacheGet: call load("cache", api:*)',
    'cacheGet: call delete("cache", api:*)',
  ],
  [
    "local function f(id) return State.load('user', 'profile:' .. id) end f('x') f(id)",
    'f: call load("user", "profile:x")',
    'f: call load("user", profile:*)',
  ],
  [
    "local function f(ns, k, v) State.save(ns, k, v) end f('a', 'b', {})",
    'f: call save("a", "b", ?)',
  ],
  [
    "local function put(k, v) State.save('a', k, v) end local function deep(k) put('x:' .. k, 1) end local function deeper(k) deep(k .. ':y') end deeper('z')",
    'put: call save("a", x:*, "1")',
    'deep: call save("a", x:*:y, "1")',
    'deeper: call save("a", "x:z:y", "1")',
  ],
  ["local function f() return State.load('a', 'b') end f()"],
  ["local function f(v) State.save('a', 'b', v) end f({})", 'f: call save("a", "b", ?)'],
  ["local function f(k) k = k:lower() State.load('a', k) end f('x')"],
  [
    "local function f(k) State.load('a', k) f(k .. 'x') end f('y')",
    'f: call load("a", *x)',
    'f: call load("a", "y")',
  ],
  [
    "local a, b function a(k) State.load('n', k) b(k) end function b(k) a(k) end b('x')",
    'b: call load("n", ?)',
    'a: call load("n", ?)',
    'b: call load("n", "x")',
  ],
  [
    "local M = {} function M.set(k, v) State.save('m', k, v) end M.set('x', 1)",
    'M.set: call save("m", "x", "1")',
  ],
  [
    "local M = {} M.set = function(k, v) State.save('m', k, v) end M.set('x', 1)",
    'M.set: call save("m", "x", "1")',
  ],
  [
    "local M = {set = function(k, v) State.save('m', k, v) end} M['set']('x', 1)",
    ': call save("m", "x", "1")',
  ],
  [
    "local M = {} function M.get(self, k) return State.load('m', k) end M:get('x') M.get(M, 'y')",
    'M:get: call load("m", "x")',
    'M.get: call load("m", "y")',
  ],
  [
    "local C = {ns = 'conf'} function C:get(k) return State.load(self.ns, k) end C:get('x') C.get(C, 'y')",
    'C:get: call load("conf", "x")',
    'C.get: call load("conf", "y")',
  ],
  [
    "local C = {} function C:get(k) return State.load('c', k) end function C:all(k) return self:get('all:' .. k) end C:all('x')",
    'self:get: call load("c", all:*)',
    'C:all: call load("c", "all:x")',
  ],
  [
    "local C = {ns = 'conf'} function C:use(ns) self.ns = ns end function C:get(k) return State.load(self.ns, k) end C:get('x')",
    'C:get: call load(?, "x")',
  ],
  [
    "local function f(k) return pcall(function() return State.load('a', k) end) end f('x')",
    'f: call load("a", "x")',
  ],
  ["local function f(k) return pcall(State.load, 'a', k) end f('x')", 'f: call load("a", "x")'],
  ["local function f(k) return State.load('a', k) end pcall(f, 'x')", 'f: call load("a", "x")'],
  ["function Get(k) return State.load('a', k) end Get('x')", 'Get: call load("a", "x")'],
  [
    "local function f(k) return State.load('a', k) end local g = f g('x')",
    'g: call load("a", "x")',
  ],
  ["local function f(k) return State.load('a', k) end f()", 'f: call load("a", ?)'],
  ["local function f(k) return State.load('a', k) end f = nil f('x')"],
  ["local function f(k) local k = 'own' return State.load('a', k) end f('x')"],
  [
    "local C = {} C.__index = C function C.new() return setmetatable({}, C) end function C:get(k) return State.load('c', k) end local c = C.new() c:get('x')",
    'c:get: call load("c", "x")',
  ],
  [
    "local C = {} function C.new() local self = setmetatable({}, {__index = C}) return self end function C:get(k) return State.load('c', k) end C.new():get('x')",
    'get: call load("c", "x")',
  ],
  ["local function f(...) return State.load(...) end f('a', 'b')", 'f: call load("a", "b")'],
  [
    "local function put(key, ...) State.save('app', key, ...) end put('x', 1)",
    'put: call save("app", "x", "1")',
  ],
  ["local function f(k) return function(x) return State.load(k, x) end end f('a')"],
];

/** What is made by a call, given in a table, left out, or one of several. */
const made: readonly (readonly [source: string, ...expected: string[]])[] = [
  [
    "local function make(ns) return function(k, v) State.save(ns, k, v) end end local save = make('user') save('x', 1)",
    'save: call save("user", "x", "1")',
  ],
  [
    "local function make(ns) local function put(k) State.save(ns, k, 1) end return put end make('a')('x') make('b')('y')",
    ': call save("a", "x", "1")',
    ': call save("b", "y", "1")',
  ],
  [
    "local function store(ns) local self = {} function self.get(k) return State.load(ns, 'v:' .. k) end return self end local s = store('a') s.get('x')",
    's.get: call load("a", "v:x")',
  ],
  [
    "local function store(ns) return { get = function(k) return State.load(ns, k) end } end local s, t = store('a'), store('b') s.get('x') t.get('y')",
    's.get: call load("a", "x")',
    't.get: call load("b", "y")',
  ],
  [
    "local C = {} C.__index = C function C.new(ns) local self = setmetatable({}, C) self.ns = ns return self end function C:get(k) return State.load(self.ns, k) end local c = C.new('a') c:get('x') C.new('b'):get('y')",
    'c:get: call load("a", "x")',
    'get: call load("b", "y")',
  ],
  [
    "local C = {} C.__index = C function C.new(ns) return setmetatable({ns = 'app:' .. ns}, C) end function C:get(k) return State.load(self.ns, k) end function C:two(k) return self:get(k) end local c = C.new('a') c:two('x')",
    "self:get: call load(?, ?)",
    'c:two: call load("app:a", "x")',
  ],
  [
    "local C = {} C.__index = C function C.new(o) local self = {ns = o.ns or 'dflt'} setmetatable(self, C) return self end function C:get(k) return State.load(self.ns, k) end C.new({ns = 'a'}):get('x') C.new({}):get('x')",
    'get: call load("a", "x")',
    'get: call load("dflt", "x")',
  ],
  [
    "local C = {} C.__index = C setmetatable(C, {__call = function(_, ns) return setmetatable({ns = ns}, C) end}) function C:get(k) return State.load(self.ns, k) end local c = C('a') c:get('x')",
    'c:get: call load("a", "x")',
  ],
  [
    "local C = {} C.__index = C function C:new(ns) local o = {} setmetatable(o, self) self.__index = self o.ns = ns return o end function C:get(k) return State.load(self.ns, k) end local c = C:new('a') c:get('x')",
    'c:get: call load("a", "x")',
  ],
  [
    "local C = {} function C:new(o) o = o or {} setmetatable(o, self) self.__index = self return o end function C:get(k) return State.load(self.ns, k) end local c = C:new{ns = 'a'} c:get('x')",
    'c:get: call load("a", "x")',
  ],
  [
    "local C = {} C.__index = C function C.new() return setmetatable({}, C) end function C:at(k) self.k = k return self end function C:get(k) return State.load('n', k) end C.new():at(1):get('x')",
    'get: call load("n", "x")',
  ],
  [
    "local C = {} C.__index = C function C.new(ns) return setmetatable({ns = ns}, C) end function C:get(k) return State.load(self.ns, k) end local c = C.new('a') c.ns = 'b' c:get('x')",
    'c:get: call load(?, "x")',
  ],
  [
    "local function cache(o) State.save(o.ns, o.key, o.value) end cache{ns = 'a', key = 'x', value = 1}",
    'cache: call save("a", "x", "1")',
  ],
  [
    "local function cache(o) o = o or {} State.load(o.ns or 'cache', 'p:' .. o.key) end cache{key = 'x'} local opts = {key = 'y', ns = 'b'} cache(opts)",
    'cache: call load("cache", "p:x")',
    'cache: call load("b", "p:y")',
  ],
  [
    "local function get(k, ns) ns = ns or 'cache' return State.load(ns, k) end get('x') get('y', 'a') get('z', nil) get(...)",
    'get: call load("cache", "x")',
    'get: call load("a", "y")',
    'get: call load("cache", "z")',
    "get: call load(?, ?)",
  ],
  [
    "local function get(k, ns) return State.load(ns or 'cache', k) end get('x') get('y', n)",
    'get: call load("cache", "x")',
    'get: call load(?, "y")',
  ],
  [
    "local function get(big, k) return State.load(big and 'a' or 'b', k) end get(true, 'x')",
    'get: call load("a", "x")',
    'get: call load("b", "x")',
  ],
];

describe("wrappers that are made, take tables, or have defaults", () => {
  test.each(made)("%s", (source, ...expected) => {
    expect(wrapperTexts(source)).toEqual(expected);
  });
});

const RETRY =
  "local function retry(n, f, ...) for i = 1, n do local ok, v = pcall(f, ...) if ok then return v end end end";

/** Functions that are given another one and call it. */
/** A store of one namespace, and what works with any store. */
const REPO =
  "local R = {} R.__index = R function R.new(ns) return setmetatable({ns = ns}, R) end function R:get(k) return State.load(self.ns, k) end";
const SERVICE =
  "local S = {} S.__index = S function S.new(repo) local self = setmetatable({}, S) self.repo = repo return self end function S:theme() return self.repo:get('theme') end function S:at(k) return self.repo:get('at:' .. k) end";

const higherOrder: readonly (readonly [source: string, ...expected: string[]])[] = [
  [`${RETRY} retry(3, State.load, "user", "x")`, 'retry: call load("user", "x")'],
  [
    `${RETRY} local put = State.save retry(3, put, "user", "p:" .. id, {})`,
    'retry: call save("user", p:*, ?)',
  ],
  [
    `${RETRY} local function put(k, v) State.save("app", k, v) end retry(3, put, "x", 1)`,
    'retry: call save("app", "x", "1")',
  ],
  [`${RETRY} retry(3, function() return State.load("user", "x") end)`],
  [
    `${RETRY} local function get(id) return retry(3, State.load, "user", "p:" .. id) end get("7")`,
    'retry: call load("user", p:*)',
    'get: call load("user", "p:7")',
  ],
  [
    `${RETRY} local function again(...) return retry(5, ...) end again(State.load, "user", "x")`,
    'again: call load("user", "x")',
  ],
  [
    `${RETRY} local C = {ns = "u"} function C:get(k) return State.load(self.ns, k) end retry(3, C.get, C, "x")`,
    'retry: call load("u", "x")',
  ],
  [`${RETRY} retry(3, State.load)`, "retry: call load(?, ?)"],
  [`${RETRY} retry(3, State.nope, "user", "x") retry(3, print, "user", "x")`],
  [
    "local function or_else(f, ns, key, d) local v = f(ns, key) if v == nil then return d end return v end or_else(State.load, 'app', 'theme', 'x')",
    'or_else: call load("app", "theme")',
  ],
  [
    "local function memo(f) return function(...) return f(...) end end local load = memo(State.load) load('user', 'x')",
    'load: call load("user", "x")',
  ],
  [
    "local function each(f) f('user', 'x') end each(State.load) each(function(ns, k) State.delete(ns, k) end)",
    'each: call load("user", "x")',
    'each: call delete("user", "x")',
  ],
  [
    "local function run(S) return S.load('user', 'x') end run(State)",
    'run: call load("user", "x")',
  ],
  [
    "local function run(o) return o.load(o.ns, 'x') end run({load = State.load, ns = 'user'})",
    'run: call load("user", "x")',
  ],
  [
    "local function f(ns, ...) return State.load(ns, ...) end local function g(...) return f('a', ...) end g('b')",
    'f: call load("a", ?)',
    'g: call load("a", "b")',
  ],
  ["local function a(f, ...) return a(f, ...) end a(State.load, 'x', 'y')"],
  ["local function a(f, ...) return f(f, ...) end a(a, State.load, 'x', 'y')"],
  ["local function f(k) return k:lower() end f('x')"],
  // methods of what is given
  [
    "local P = {} function P:get(k) return State.load('prefs', k) end local function use(repo) return repo:get('theme') end use(P)",
    'repo:get: call load("prefs", "theme")',
    'use: call load("prefs", "theme")',
  ],
  [
    `${REPO} local function use(repo, k) return repo:get(k) end use(R.new("user"), "theme")`,
    'repo:get: call load("user", ?)',
    'use: call load("user", "theme")',
  ],
  [
    `${REPO} local function use(repo) return repo:get("theme") end use(R.new("a")) pcall(use, R.new("b"))`,
    'repo:get: call load("a", "theme")',
    'repo:get: call load("b", "theme")',
    'use: call load("a", "theme")',
    'use: call load("b", "theme")',
  ],
  [
    `${REPO} local function use(repo) return repo:get("theme") end use(R.new("a")) use(other)`,
    'use: call load("a", "theme")',
  ],
  [
    `${REPO} local function use(repo) return repo:get("theme") end local function through(r) return use(r) end through(R.new("a"))`,
    'repo:get: call load("a", "theme")',
    'through: call load("a", "theme")',
  ],
  [
    `${REPO} local function use(repo, n) if n > 0 then use(repo, n - 1) end return repo:get("theme") end use(R.new("a"), 3)`,
    'repo:get: call load("a", "theme")',
    'use: call load("a", "theme")',
  ],
  [
    `${REPO} function R:theme() return self:get("theme") end R.new("a"):theme()`,
    'self:get: call load("a", "theme")',
    'theme: call load("a", "theme")',
  ],
  [
    "local M = {} function M.init(repo) M.repo = repo end function M.theme() return M.repo:get('theme') end local P = {} function P:get(k) return State.load('p', k) end M.init(P)",
    'M.repo:get: call load("p", "theme")',
  ],
  [
    `${REPO} ${SERVICE} local s = S.new(R.new("user")) s:theme() s:at("x")`,
    'self.repo:get: call load("user", "theme")',
    'self.repo:get: call load("user", at:*)',
    's:theme: call load("user", "theme")',
    's:at: call load("user", "at:x")',
  ],
  [
    "local P = {get = function(self, k) return State.load('prefs', k) end} local function use(repo) repo:get('theme') end use(P)",
    'repo:get: call load("prefs", "theme")',
    'use: call load("prefs", "theme")',
  ],
  [`${REPO} ${SERVICE} S.new({get = print}):theme() S.new("user"):theme() S.new():theme()`],
  ["local function use(S) return S:load('user', 'x') end use(State)"],
  ["local function use(o) return o.s:load('user', 'x') end use({s = State})"],
];

const ENTRY =
  "local E = {} E.__index = E function E.of(ns) return setmetatable({ns = ns}, E) end function E:key(k) self.k = k return self end function E:sub(n) self.k = 'sub:' .. n return self end function E:either(x) if x then self.k = 'a' else self.k = 'b' end return self end function E:load() return State.load(self.ns, self.k) end";

describe("objects whose methods are given the names one after the other", () => {
  test.each<[string, ...string[]]>([
    ['E.of("user"):key("theme"):load()', 'load: call load("user", "theme")'],
    ['E.of("user"):key("theme"):key("other"):load():load()', 'load: call load("user", "other")'],
    [
      "local function f(k) return E.of('a'):key(k):load() end f('x')",
      'load: call load("a", ?)',
      'f: call load("a", "x")',
    ],
    ['E.of("user"):either(x):load()', 'load: call load("user", ?)'],
    // in a variable, the last word may not have been spoken
    ['local e = E.of("a"):key("b") e:key("c") e:load()', 'e:load: call load("a", ?)'],
    ['do local e = E.of("a"):key("b") e:key("c") e:load() end', 'e:load: call load("a", ?)'],
    ['do local e = E.of("a"):key("b") e:load() end', 'e:load: call load("a", "b")'],
  ])("%s", (source, ...expected) => {
    const told = wrapperTexts(`${ENTRY} ${source}`);
    expect(told).toEqual(expected);
    expect(wrapperTexts(`local E = require("e") ${source}`, { e: `${ENTRY} return E` })).toEqual(
      expected,
    );
  });

  test("a field of an object of another script that begins with a text", () => {
    expect(
      wrapperTexts('require("e").of("a"):sub("b"):load()', { e: `${ENTRY} return E` }),
    ).toEqual(['load: call load("a", "sub:b")']);
  });

  test("a chain of a thousand methods is followed in time", () => {
    const chain = (length: number) => `${ENTRY} E.of("a")${':key("b")'.repeat(length)}:load()`;
    expect(wrapperTexts(chain(20))).toEqual(['load: call load("a", "b")']);
    expect(wrapperTexts(chain(1000))).toEqual([]);
  });

  test("closures that keep the names", () => {
    const make =
      "local function E(ns) local key local self = {} function self:key(k) key = k return self end function self:save(v) State.save(ns, key, v) end return self end";
    expect(wrapperTexts(`${make} E("user"):key("theme"):save(1)`)).toEqual([
      'save: call save("user", "theme", "1")',
    ]);
  });
});

describe("functions that take their arguments apart", () => {
  test.each<[string, ...string[]]>([
    [
      "local function f(...) local a, b = ... return State.load(a, b) end f('u', 'x')",
      'f: call load("u", "x")',
    ],
    [
      "local function f(g, ...) local a, b = ... return g(a, b) end f(State.load, 'u', 'x')",
      'f: call load("u", "x")',
    ],
    [
      "local function f(...) local ns, k ns, k = ... return State.load('a', ns) end f('u', 'x')",
      'f: call load("a", "u")',
    ],
    [
      "local function f(...) local t = {...} return State.load(t[1], t[2]) end f('u', 'x')",
      'f: call load("u", "x")',
    ],
    [
      "local function f(...) local t = {'u', ...} return State.load(t[1], t[2]) end f('x')",
      'f: call load("u", "x")',
    ],
    [
      "local function f(...) local t = table.pack(...) return State.load(table.unpack(t, 1, t.n)) end f('u', 'x')",
      'f: call load("u", "x")',
    ],
    [
      "local function f(...) local t = {...} return State.load(unpack(t)) end f('u', 'x')",
      'f: call load("u", "x")',
    ],
    [
      "local function f(...) local t = {...} return State.load(table.unpack(t, 2)) end f('q', 'u', 'x')",
      'f: call load("u", "x")',
    ],
    [
      "local function f(...) return State.load('a', (select(2, ...))) end f('q', 'x')",
      'f: call load("a", "x")',
    ],
    [
      "local function f(...) return State.load('a', select(2, ...)) end f('q', 'x')",
      'f: call load("a", "x")',
    ],
    [
      "local function f(...) local _, k = select(1, ...) return State.load('a', k) end f('q', 'x')",
      'f: call load("a", "x")',
    ],
    ["local function f(...) local n = select('#', ...) return State.load('a', n) end f('q', 'x')"],
    [
      "local function f(...) for _, k in ipairs({...}) do State.delete('a', k) end end f('x') f('y', 'z')",
      'f: call delete("a", "x")',
      'f: call delete("a", "y")',
      'f: call delete("a", "z")',
    ],
    [
      "local function f(...) for i = 1, select('#', ...) do State.delete('a', (select(i, ...))) end end f('x', 'y')",
      'f: call delete("a", "x")',
      'f: call delete("a", "y")',
    ],
    [
      "local function f(...) local g = ... return g('u', select(2, ...)) end f(State.load, 'x')",
      'f: call load("u", "x")',
    ],
    ["local function f(...) return State.load(select(-1, ...)) end f('u', 'x')"],
    [
      "local function f(...) local function g(...) return State.load('a', ...) end return g(...) end f('x')",
      'g: call load("a", ?)',
      'f: call load("a", "x")',
    ],
    ["local a, b = ... State.load(a, b) State.load(...)"],
  ])("%s", (source, ...expected) => {
    expect(wrapperTexts(source)).toEqual(expected);
  });
});

describe("functions that call what they are given", () => {
  test("the name that an object was made with is told where it stands", () => {
    const source = `${REPO} ${SERVICE} S.new(R.new("user")):theme()`;
    const [use] = buildScriptModel(source).wrapperUses.slice(-1);
    const origin = use?.args[0]?.origin;
    expect(origin && source.slice(origin.span.start, origin.span.end)).toBe('"user"');
  });

  test.each(higherOrder)("%s", (source, ...expected) => {
    expect(wrapperTexts(source)).toEqual(expected);
  });

  test.each<[string, ...string[]]>([
    [
      'local r = require("retry") r.retry(3, State.load, "user", "x")',
      'r.retry: call load("user", "x")',
    ],
    ['local load = require("memo")(State.load) load("user", "x")', 'load: call load("user", "x")'],
    [
      'local R, S = require("repo"), require("service") S.new(R.new("user")):theme()',
      'theme: call load("user", "theme")',
    ],
    [
      `${REPO} local S = require("service") local s = S.new(R.new("user")) s:at("x")`,
      's:at: call load("user", "at:x")',
    ],
    [
      'local R, use = require("repo"), require("use") use(R.new("user"))',
      'use: call load("user", "theme")',
    ],
  ])("of another script: %s", (source, ...expected) => {
    const modules = {
      repo: `${REPO} return R`,
      service: `${SERVICE} return S`,
      use: "return function(repo) return repo:get('theme') end",
      retry: `${RETRY} return { retry = retry }`,
      memo: "return function(f) return function(...) return f(...) end end",
    };
    expect(wrapperTexts(source, modules)).toEqual(expected);
  });
});

describe("wrappers in one script", () => {
  test.each(cases)("%s", (source, ...expected) => {
    expect(wrapperTexts(source)).toEqual(expected);
  });

  test("a ladder of two hundred functions is followed in time", () => {
    const steps = Array.from(
      { length: 200 },
      (_, i) => `local function f${i + 1}(k) f${i}(k) f${i}(k) end`,
    );
    const source = `local function f0(k) State.load("a", k) end ${steps.join("\n")} f200("x")`;
    expect(wrapperTexts(source).at(-1)).toBe('f200: call load("a", "x")');
  });

  test("thousands of functions that call the next one are none too many", () => {
    const steps = Array.from({ length: 6000 }, (_, i) => `function f${i}(k) f${i + 1}(k) end`);
    expect(wrapperTexts(`${steps.join(" ")} f0("x")`)).toEqual([]);
  });

  test("an object that is passed on by thousands of functions", () => {
    const steps = Array.from(
      { length: 4000 },
      (_, i) => `local function f${i + 1}(r) f${i}(r) return r:get("k") end`,
    );
    const source = `local P = {} function P:get(k) return State.load("p", k) end local function f0(r) return r:get("k") end ${steps.join(" ")} f4000(P)`;
    expect(wrapperTexts(source)).toContain('r:get: call load("p", "k")');
  });

  test("functions that are given themselves many times are followed in time", () => {
    const body = Array.from({ length: 16 }, (_, i) => `f(f, g, x .. ${i})`).join(" ");
    const source = `local function a(f, g, x) ${body} end ${"a(a, a, 'x') ".repeat(300)}`;
    expect(wrapperTexts(source)).toEqual([]);
  });

  test("the function is named and found", () => {
    const source = "local function get(key) return State.load('a', key) end get('x')";
    const [use] = buildScriptModel(source).wrapperUses;
    expect(use?.wrapper?.parameters).toEqual(["key"]);
    const span = use?.wrapper?.span;
    expect(source.slice(span?.start, span?.end)).toMatch(/^function get.*end$/);
  });
});

describe("places in calls of wrappers", () => {
  const get = "local function get(key) return State.load('cache', key) end ";
  const profile = "local function profile(id) return State.load('user', 'profile:' .. id) end ";
  test.each([
    [`${get} get("a|`, 'load 1 "a"'],
    [`${get} get(|)`, "load 1 -"],
    [`${get} get("a", |)`, "none"],
    [`${profile} profile("|`, 'load 1 "" in profile:_'],
    [`${CACHE} cacheSet("k|", 1, 2)`, 'save 1 "k"'],
    [`${CACHE} cacheSet("k", 1|, 2)`, "none"],
    [`${get} get(State.load("x", "y|"))`, 'load 1 "y"'],
    [`${get} State.load("x", get("y|"))`, 'load 1 "y"'],
    [`${get} State.load("x|", get("y"))`, 'load 0 "x"'],
    [`${RETRY} retry(3, State.load, "u|")`, 'load 0 "u"'],
    [`${RETRY} retry(3, State.load, "u", |)`, "load 1 -"],
    [`${RETRY} retry(3, State.load, "u", "k|)`, 'load 1 "k"'],
    [`${RETRY} retry(3|, State.load, "u", "k")`, "none"],
  ])("%s", (source, place) => {
    expect(placeText(source)).toBe(place);
  });
});

describe("wrappers across scripts", () => {
  const store = `local M = { ns = "app", keys = { user = "current:user" } }
    function M.get(key) return State.load(M.ns, key) end
    M.put = State.save
    function M.key(id) return "key:" .. id end
    function M:set(key, value) State.save(self.ns, key, value) end
    return M`;

  const classes = {
    class: `local C = {} C.__index = C
      function C.new(ns, o) local self = setmetatable({}, C) self.ns = ns self.sub = o and o.sub or "v" return self end
      function C:get(key) return State.load(self.ns, key) end
      function C:at(key) return State.load(self.ns, self.sub .. ":" .. key) end
      function C:with(x) self.x = x return self end
      return C`,
    factory: `return function(ns) return { put = function(k, v) State.save(ns, k, v) end } end`,
    saver: `local M = {} function M.saver(ns) return function(k, v) State.save(ns, k, v) end end return M`,
    keys: `return { ALL = {"a", "b"}, one = "c" }`,
    options: `local M = {} function M.get(o) return State.load(o.ns or "cache", o.key) end return M`,
  };

  test.each<[string, ...string[]]>([
    ['local c = require("class").new("user") c:get("x")', 'c:get: call load("user", "x")'],
    [
      'local C = require("class") local c = C.new("user") c:with(1):get("x") c:at("y")',
      'get: call load("user", "x")',
      'c:at: call load("user", "v:y")',
    ],
    [
      'local C = require("class") local function f(ns, k) local c = C.new("p:" .. ns) return c:get(k) end f("a", "b")',
      "c:get: call load(p:*, ?)",
      'f: call load("p:a", "b")',
    ],
    ['local s = require("factory")("user") s.put("x", 1)', 's.put: call save("user", "x", "1")'],
    ['local put = require("saver").saver("user") put("x", 1)', 'put: call save("user", "x", "1")'],
    ['require("options").get{key = "x"}', 'get: call load("cache", "x")'],
    ['require("options").get({key = "x", ns = "a"})', 'get: call load("a", "x")'],
  ])("%s", (source, ...expected) => {
    expect(wrapperTexts(source, classes)).toEqual(expected);
  });

  test("items of a list of another script are each told", () => {
    const lookup = (name: string) =>
      name === "keys" ? buildScriptModel(classes.keys).module : undefined;
    const model = buildScriptModel(
      'local K = require("keys") for _, k in ipairs(K.ALL) do State.load("user", k) end State.load("user", K.one)',
      lookup,
    );
    const keys = model.uses.flatMap(eachOf).map(({ args }) => args[1]?.text);
    expect(keys).toEqual(["a", "b", "c"].map((text) => ({ kind: "exact", text })));
  });

  test.each<[string, ...string[]]>([
    ['local S = require("store") S.get("theme")', 'S.get: call load("app", "theme")'],
    ['local S = require "store" S:set("theme", 1)', 'S:set: call save("app", "theme", "1")'],
    ['require("store").get("theme")', 'get: call load("app", "theme")'],
    ['local S = require("store") S.get(S.keys.user)', 'S.get: call load("app", "current:user")'],
    ['local S = require("other") S.get("theme")'],
    [
      'local S = require("store") local function two(k) return S.get("two:" .. k) end two("x")',
      'S.get: call load("app", two:*)',
      'two: call load("app", "two:x")',
    ],
    ['local S = require("deep") S.get("x")', 'S.get: call load("app", "deep:x")'],
    ['local S = require("store") S.get(S.key("x"))', 'S.get: call load("app", "key:x")'],
    ['local get = require("single") get("x")', 'get: call load("one", "x")'],
  ])("%s", (source, ...expected) => {
    const modules = {
      store,
      deep: 'local S = require("store") return { get = function(k) return S.get("deep:" .. k) end }',
      single: 'return function(k) return State.load("one", k) end',
    };
    expect(wrapperTexts(source, modules)).toEqual(expected);
  });

  test("aliases and State itself come through a module", () => {
    const lookup = (name: string) =>
      name === "s"
        ? buildScriptModel("return { state = State, put = State.save }").module
        : undefined;
    const model = buildScriptModel(
      'local S = require("s") S.put("a", "b", 1) S.state.load("c", "d")',
      lookup,
    );
    expect(model.uses.map(({ member, via }) => [member, via])).toEqual([
      ["save", "alias"],
      ["load", "alias"],
    ]);
  });

  test("a summary is plain data and names what is required", () => {
    const { module } = buildScriptModel(
      'local a = require("a") local function f() return require "b" end local b = require("a")',
    );
    expect(JSON.parse(JSON.stringify(module))).toEqual(module);
    expect(module.requires).toEqual(["a", "b"]);
  });
});

test("what a script requires is told in its order, each once, wherever it stands", () => {
  const { module } = buildScriptModel(
    [
      'local load = require("lib.state").State.load',
      'require("lib.state").State.save("app", "k", require("lib.value"))',
      "local r = require",
      'function f() if r("lib.deep") then return pcall(require, "no.call") end end',
      'require(name) require("lib.state")',
    ].join("\n"),
    () => ({
      exports: [{ path: ["State"], value: { kind: "state" }, start: 0, end: 0 }],
      requires: [],
    }),
  );
  expect(module.requires).toEqual(["lib.state", "lib.value", "lib.deep"]);
});
