import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ScriptModel } from "../../server/src/language/model.ts";
import { placeAt } from "../../server/src/language/place.ts";
import type { Scopes, Variable } from "../../server/src/language/scope/variables.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import type { Identifier } from "../../server/src/language/syntax/ast.ts";
import { visitNodes } from "../../server/src/language/syntax/nodes.ts";
import { type Parsed, parse } from "../../server/src/language/syntax/parse.ts";
import { generateScripts } from "../workspace/generate.ts";
import { Programs, Random } from "./programs.ts";

const LONG = process.env["LLMSPELL_LONG"] !== undefined;

/** Pieces that begin, end, break and mend statements of all kinds. */
const PIECES = [
  ..."State . load ( ) [ ] { } , ; : :: = == .. ... end if then else elseif for in do while repeat until function local return break goto not and or nil 1 0x x".split(
    " ",
  ),
  ..."\" ' [[ ]] [==[ ]==] --[[ --[==[ -- \\ \\z é 😀 \ud83d \ude00 \ufeff # #! \n \r\n \r \t".split(
    " ",
  ),
  " ",
  "\n  ",
  "\nlocal x = 1\n",
  "\nfunction f(a, ...)\n  return a\nend\n",
  'State.save("user", "profile:" .. id, { theme = "dark" })\n',
  "\n  end\n",
  "\n(f or g)()\n",
  "\n::top::\ngoto top\n",
  "local t = {\n  a = 1,\n",
  "\nlocal _ENV = {}\n",
  "\nlocal State = {}\n",
  "\nfunction t:m(k)\n  self.k = k\n  State.save('app', self.k, a)\nend\n",
  "\nlocal function put(k, v) State.save('app', k, v) end\nput('x', a)\n",
  "\nt.a = 'key'\nput(t.a)\n",
  "\nlocal function retry(n, f, ...) return pcall(f, ...) end\nlocal p = retry(3, put, 'x', a)\n",
  "\nretry(2, State.load, 'app', t.a)\n",
  "\nsetmetatable(t, { __index = f })\n",
  "\nfunction use(r)\n  return r:m('k') or self.r:m('l')\nend\nuse(t)\n",
];

/** What is to be the same: everything that a model tells. */
function told(model: ScriptModel) {
  const { chunk, problems, uses, wrapperUses, uncheckedLoads, module } = model;
  const names = toldOfNames(model.scopes);
  return { chunk, problems, uses, wrapperUses, uncheckedLoads, module, names };
}

/** Every variable, and which of them each identifier means; by their places, since they mean each other. */
function toldOfNames(scopes: Scopes) {
  const { chunk, locals, globals, foreign, metatables } = scopes;
  const names: Identifier[] = [];
  visitNodes(chunk.body.statements, (node) => {
    if (node.kind === "Identifier") names.push(node);
  });
  const inOrder = <T>(all: Iterable<readonly [number, T]>) => [...all].sort(([a], [b]) => a - b);
  return {
    variables: inOrder(names.map((name) => [name.span.start, placeOf(scopes.variables.get(name))])),
    locals: locals.map(toldOfVariable),
    globals: new Map([...globals].map(([name, variable]) => [name, toldOfVariable(variable)])),
    foreign: inOrder([...foreign].map((name) => [name.span.start, name.name])),
    metatables: inOrder(metatables.map(({ span }) => [span.start, span.end])),
  };
}

function placeOf(variable: Variable | undefined) {
  return variable && [variable.name, variable.kind, variable.declaration, variable.owner?.span];
}

function toldOfVariable(variable: Variable) {
  const { attribute, definitions, fields, references } = variable;
  return { place: placeOf(variable), attribute, definitions, fields, references };
}

/** A parse without what it keeps for the next one. */
function tree({ chunk, problems }: Parsed) {
  return { chunk, problems };
}

/** As `toEqual`, quick where they are. */
function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

function edited(text: string, [at, removed, put]: readonly [number, number, string]): string {
  const start = Math.floor(at * (text.length + 1));
  return text.slice(0, start) + put + text.slice(start + removed);
}

const edit = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3), fc.nat(60)),
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
    fc.constant(""),
    fc.string({ unit: "binary", maxLength: 4 }),
  ),
);

const start = fc.oneof(
  fc.nat().map((seed) => new Programs(new Random(seed)).program()),
  fc.nat().map((seed) => new Programs(new Random(seed)).mutant()),
  fc
    .tuple(fc.nat(200), fc.constantFrom("\n", "\r\n"))
    .map(([seed, lineBreak]) =>
      [...generateScripts({ scripts: 1, lines: 40, seed })]
        .map(([, text]) => text.replaceAll("\n", lineBreak))
        .join(""),
    ),
);

describe("after any sequence of edits", () => {
  test("the tree, the problems and all positions are those of a fresh parse", () => {
    fc.assert(
      fc.property(start, fc.array(edit, { minLength: 1, maxLength: 12 }), (first, edits) => {
        let text = first;
        let parsed: Parsed = parse(text);
        for (const one of edits) {
          const next = edited(text, one);
          parsed = parse(next, { text, parsed });
          text = next;
          expectSame(tree(parsed), tree(parse(text)));
        }
      }),
      { numRuns: LONG ? 20_000 : 600, seed: 11 },
    );
  });

  test("the whole model is that of the text alone", () => {
    fc.assert(
      fc.property(start, fc.array(edit, { minLength: 1, maxLength: 5 }), (first, edits) => {
        let model = buildScriptModel(first);
        for (const one of edits) {
          model = buildScriptModel(edited(model.text, one), undefined, model);
          expectSame(told(model), told(buildScriptModel(model.text)));
        }
      }),
      { numRuns: LONG ? 3_000 : 100, seed: 12 },
    );
  });

  test("also when a text is typed letter by letter in the middle of a script", () => {
    const [[, script = ""] = []] = [...generateScripts({ scripts: 1, lines: 60, seed: 5 })];
    const middle = script.indexOf("\nend\n") + 5;
    const typed =
      'local p = State.load("user", "profile:" .. id) -- 😀\nif p then\n  f(p.x, {\n  1 })\nend\nfor i = 1, 2 do repeat local s = [[\n]] until s end\n';
    let model = buildScriptModel(script);
    for (let at = 1; at <= typed.length; at += 1) {
      const text = script.slice(0, middle) + typed.slice(0, at) + script.slice(middle);
      model = buildScriptModel(text, undefined, model);
      expectSame(told(model), told(buildScriptModel(text)));
    }
    for (let at = typed.length; at >= 0; at -= 1) {
      const text = script.slice(0, middle) + typed.slice(0, at) + script.slice(middle);
      model = buildScriptModel(text, undefined, model);
      expectSame(told(model), told(buildScriptModel(text)));
    }
  });
});

/** Statements that depend on one another by names, fields, functions, objects and modules. */
const STATEMENTS = [
  'local NS = "user"',
  'local NS = "app"',
  'NS = "late"',
  'if NS then NS = "either" end',
  'local KEYS = { profile = "profile:", "first", "second" }',
  'KEYS.profile = "other"',
  "KEYS.more = function() end",
  "KEYS[NS] = 'computed'",
  "local M = {}",
  "M = M or {}",
  "M.KEYS = KEYS",
  "M.__index = M",
  "M.__index = KEYS",
  "function M.put(key, value) State.save(NS, KEYS.profile .. key, value) end",
  "function M.put(key) M.get(key) end",
  "function M.get(key) return State.load(NS, key) end",
  "function M.get(key) return M.put(key) end",
  "function M:method(key) State.save(self.ns, key or self.key, 1) end",
  "function M:chain(key) self.key = key return self end",
  "function M.new(ns) return setmetatable({ ns = ns }, M) end",
  "function M.new(ns) local o = { ns = ns, key = KEYS.profile } setmetatable(o, M) return o end",
  "local function make(ns) return function(key, value) State.save(ns, key, value) end end",
  "local save = make('made')",
  "local save = State.save",
  "save = M.put",
  "save('k', 1)",
  "save(NS, 'k', 1, )",
  "M.put('x', { a = 1 })",
  "M.put(",
  "M.",
  "M[NS]('dynamic')",
  "local object = M.new('objects')",
  "object:method('m')",
  "object:chain('c'):method()",
  "local P = { get = function(_, key) return State.load('p', key) end }",
  "function M:get(key) return State.load(self.ns, key) end",
  "function M:theme() return State.load(self.ns, 'theme') end",
  "function M:keep(repo) self.repo = repo end",
  "function M.kept() return M.repo:get('kept') end",
  "local function use(repo, key) return repo:get(key or 'd') .. repo:get('e') end",
  "local function pass(r) return use(r) end",
  "use(M.new('given'))",
  "use(P, 'x')",
  "pass(object)",
  "M:keep(P)",
  "local function take(...) local a, b = ... return State.load(a, b, {...}) end",
  "local function take(...) return State.delete(NS, (select(2, ...))) end",
  "take('first', KEYS[1])",
  "M.new('chained'):chain('c'):method()",
  "do local o = M.new('once'):chain(NS) o:method() end",
  "local function each(f) return f(NS, State.load(NS, 'e')) end",
  "each(function(name, value) State.save(name, 'each', value) end)",
  "object:keep(S)",
  "for _, key in ipairs(KEYS) do State.delete(NS, key) end",
  "for name, value in pairs(M) do State.save('all', name, value) end",
  "local function walk(n) State.load(NS, n) walk(n .. 'x') end walk('w')",
  "local store = require('store')",
  "store.set('s', 1)",
  "store.make('o'):set('k', 2)",
  "local State = State or {}",
  "State = {}",
  "local S = State",
  "S.load(NS, M.KEYS.profile .. 'id')",
  "State.save(NS, KEYS[1], KEYS)",
  "pcall(State.save, NS, 'tried', 1)",
  "pcall(M.put, 'through')",
  "local _ENV = { State = State }",
  "_G.State.load('g', NS)",
  "return M",
];

const MODULES = [
  "local M = {} function M.set(k, v) State.save('one', k, v) end return M",
  "local M = {} function M.set(v, k) State.save('two', k, v) end M.__index = M function M.make(ns) return setmetatable({ ns = ns }, M) end return M",
].map((text) => buildScriptModel(text).module);

describe("what an edit does not concern is not found again, and stays true", () => {
  const statement = fc.constantFrom(...STATEMENTS);
  const step = fc.record({
    at: fc.nat(60),
    removed: fc.constantFrom(0, 0, 0, 1, 1, 2),
    put: fc.option(statement, { nil: undefined }),
    module: fc.constantFrom(0, 0, 0, 0, 1),
    asked: fc.boolean(),
  });

  test("where statements come, go and change of which others speak", () => {
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 3, maxLength: 16 }),
        fc.array(step, { minLength: 2, maxLength: 8 }),
        (first, steps) => {
          const lines = [...first];
          let model = buildScriptModel(lines.join("\n"), () => MODULES[0]);
          told(model);
          for (const { at, removed, put, module, asked } of steps) {
            lines.splice(at % (lines.length + 1), removed, ...(put === undefined ? [] : [put]));
            const modules = () => MODULES[module];
            const text = lines.join("\n");
            model = buildScriptModel(text, modules, model);
            if (asked) expectSame(told(model), told(buildScriptModel(text, modules)));
          }
        },
      ),
      { numRuns: LONG ? 10_000 : 250, seed: 14 },
    );
  });
});

test.each([
  [
    "by a loop over fields that it does not name",
    "local M = {}\nM.a = 'x'\nfor _, key in pairs(M) do State.delete('app', key) end",
    "M.a = 'x'",
    "M.a = 'other'",
  ],
  [
    "by a function among the fields that it goes through",
    "local M = { 'a' }\nM.put(\nM.more = function() end\nfor _, key in ipairs(M) do State.delete('app', key) end",
    "M.put(\n",
    "M.put('b')\nf()\n",
  ],
  [
    "by what objects of a class are given",
    "local C = {}\nC.__index = C\nfunction C:m() State.save(self.ns, 'k', 1) end\nlocal o = setmetatable({ ns = 'a' }, C)",
    "ns = 'a'",
    "ns = 'b'",
  ],
  [
    "by what a function is given that they call",
    "local function use(r) return r:get('k') end\nlocal P = { get = function(_, k) return State.load('p', k) end }\nlocal Q = { get = function(_, k) return State.load('q', k) end }\nuse(P)",
    "use(P)",
    "use(Q)",
  ],
  [
    "by what an object is made with",
    "local C = {}\nC.__index = C\nfunction C.new(ns)\n  local o = setmetatable({}, C)\n  o.ns = ns\n  return o\nend\nfunction C:m() State.load(self.ns, 'k') end\nlocal NS = 'a'\nC.new(NS):m()",
    "NS = 'a'",
    "NS = 'b'",
  ],
  [
    "by functions that call each other",
    "function f(k) State.save('n', k, 1) g(k) end\nfunction g(k) State.load('m', k) f(k) end\nlocal z = 1\ng('x')",
    "g('x')",
    "f('x')",
  ],
  [
    "by a function that calls the one that it calls",
    "local function a(k) State.save('n', k) end\nlocal function b(k) a(k) end\nlocal function c(k) b(k) end\nc('x')",
    "save('n'",
    "save('other'",
  ],
])("an edit that concerns other statements %s is told there too", (_, script, from, to) => {
  const before = buildScriptModel(script);
  const known = told(before);
  const after = buildScriptModel(script.replace(from, to), undefined, before);
  expectSame(told(after), told(buildScriptModel(after.text)));
  expect(told(after)).not.toEqual(known);
  expect(told(buildScriptModel(script))).toEqual(told(buildScriptModel(script, undefined, after)));
});

test("of statements that an edit does not concern, the uses stay the same objects", () => {
  const script = "local function a(k) State.save('n', k) end\na('x')\nlocal b = 1\na('y')\nf(b)";
  const before = buildScriptModel(script);
  const [save, ...more] = [...before.uses, ...before.wrapperUses];
  expect(more).toHaveLength(2);
  const after = buildScriptModel(script.replace("b = 1", "b = 123"), undefined, before);
  expect(
    [...after.uses, ...after.wrapperUses].map((use) => use === save || more.includes(use)),
  ).toEqual([true, true, true]);
});

/** Compares what stands at offsets of a text, with all of it looked through and only what is around. */
function expectSamePlaces(text: string, offsets: readonly number[]): void {
  const model = buildScriptModel(text);
  const places = offsets.map((offset) => placeAt(model, offset));
  const whole = buildScriptModel(text);
  // From here on nothing is left to be found around an offset alone.
  expect(whole.usesNear(0)).not.toBe(whole.usesNear(0));
  expect(whole.uses.length).toBeGreaterThanOrEqual(0);
  expect(whole.usesNear(0)).toBe(whole.usesNear(0));
  expectSame(
    places,
    offsets.map((offset) => placeAt(whole, offset)),
  );
}

describe("what stands at an offset", () => {
  test("is the same whether all of a script was looked through or only what is around", () => {
    fc.assert(
      fc.property(
        start,
        fc.array(edit, { maxLength: 4 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
        (first, edits, places) => {
          const text = edits.reduce(edited, first);
          expectSamePlaces(
            text,
            places.map((at) => Math.floor(at * text.length)),
          );
        },
      ),
      { numRuns: LONG ? 3_000 : 80, seed: 13 },
    );
  });

  test("also right behind every letter of calls that nobody has closed", () => {
    const text = [
      'local f = State.load("a",',
      "",
      'State.save("user", "k", {',
      "  State.",
      'local function put(k) State.save("app", k',
      'put("x"',
      `if State.load("a", "b') then end`,
      "put(",
      ";;;;;;",
      'put("y',
    ].join("\n");
    expectSamePlaces(
      text,
      Array.from({ length: text.length + 1 }, (_, offset) => offset),
    );
  });
});

test("a line break that turns into a blank moves what stands behind it to another column", () => {
  const [before, after] = ["until\r do\nend", "until\r\ndo\nend"];
  const again = parse(after, { text: before, parsed: parse(before) });
  const next = { text: after, parsed: again };
  for (const text of ["until\r do\n end", "until\r\n  do\n end\nend"]) {
    expect(tree(parse(text, next))).toEqual(tree(parse(text)));
  }
  const understood = ({ parts }: Parsed) => parts.map((part) => ({ ...part, made: 0 }));
  expect(understood(again)).toEqual(understood(parse(after)));
});

describe("what did not change", () => {
  const script = `local a = 1\n\nfunction f()\n  return a\nend\n\nlocal b = f()\nlocal c = b\nlocal d = c\n`;

  test.each([
    ["a letter in a string", 'local s = "x"\n', 'local s = "xy"\n'],
    ["a call without its end", "f()\n", "f(\n"],
    ["a string without its end", 'f("x")\n', 'f("x)\n'],
    ["a line break", "f()\n", "f()\n\n\n"],
  ])("is not parsed again: %s", (_, from, to) => {
    const [before, after] = [`${script}${from}${script}`, `${script}${to}${script}`];
    const parsed = parse(before);
    const again = parse(after, { text: before, parsed });
    const { statements } = again.chunk.body;
    expect(statements[0]).toBe(parsed.chunk.body.statements[0]);
    expect(statements[1]).toBe(parsed.chunk.body.statements[1]);
    // The strings of what only moved are those that were there: numbers are told by their text.
    expect(again.parts.length).toBeGreaterThan(6);
    expect(tree(again)).toEqual(tree(parse(after)));
  });
});
