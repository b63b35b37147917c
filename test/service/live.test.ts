import { describe, expect, it } from "vitest";
import { liveHints } from "../../server/src/service/live/hints.ts";
import { keyLenses, usesLens, valueLens } from "../../server/src/service/live/lenses.ts";
import { keyLinks } from "../../server/src/service/live/links.ts";
import { nameTokens } from "../../server/src/service/live/tokens.ts";
import { marked } from "./support/cursor.ts";
import { scriptsOf } from "./support/scripts.ts";
import { NOW, type Stored, viewOf } from "./support/view.ts";

const STORED: Stored = {
  "agent:7": { mood: '"calm"' },
  auth: { api_key: '"hunter22hunter"', login: '{"user":"ann","password":"hunter2"}' },
  cache: { "v1:hits": '{"value":{"n":3},"expires_at":9}' },
  user: {
    big: JSON.stringify("x".repeat(500)),
    "it's": "1",
    preferences: '{"theme":"dark","size":3.0}',
    theme: '"dark"',
    é: "2",
  },
};

function one(text: string) {
  const { models, workspace } = scriptsOf({ "main.lua": text });
  const model = models.get("main.lua");
  if (model === undefined) throw new Error("No model");
  return { model, workspace };
}

/** The script with each hint where it is shown, in ‹ ›. */
async function hinted(text: string, within?: { start: number; end: number }): Promise<string> {
  const { model } = one(text);
  const all = { start: 0, end: text.length };
  const hints = await liveHints({ model, view: viewOf(STORED), within: within ?? all, now: NOW });
  return hints
    .toSorted((a, b) => b.offset - a.offset)
    .reduce(
      (done, { offset, label }) => `${done.slice(0, offset)}‹${label}›${done.slice(offset)}`,
      text,
    );
}

describe("live values", () => {
  it.each([
    'local t = State.load("user", "theme")‹= "dark"›',
    'local t = State.load("user", "theme")‹= "dark"› or "light"',
    'local t = State.load("user", "theme"‸'.replace("‸", ""),
    'local p = State.load("user", "preferences")‹= {"theme": "dark", "size": 3.0}›',
    'local S = State local get = S.load print(get("user", "theme")‹= "dark"›)',
    'print(State["load"]("user", "theme")‹= "dark"›)',
    'print(State.load("user", "absent")‹= nil›)',
    'print(State.load("user", key))',
    'print(State.load("user", "pro:" .. id))',
    'State.save("user", "theme", 1) State.delete("user", "theme") State.list_keys("user")',
    'print(State.agent_get("7", "mood")‹= "calm"›)',
    'print(State.load("auth", "api_key")‹= "••••••••"›)',
    'print(State.load("auth", "login")‹= {"user": "ann", "password": "••••••••"}›)',
    "print(State.load(\"user\", \"it's\")‹= 1›, State.load('user', 'it\\'s')‹= 1›)",
    'print(State.load("user", [[theme]])‹= "dark"›) print(State.load([[user]], [==[theme]==])‹= "dark"›)',
    'print("😀", State.load("user", "é")‹= 2›)',
    'local function get(k) return State.load("user", k) end print(get("theme")‹= "dark"›)',
    'local function get(k) local e = State.load("cache", "v1:" .. k) return e and e.value end print(get("hits")‹= {"n": 3}›)',
    'local function get(k) local e = State.load("cache", "v1:" .. k) if e then return e.value.n end return nil end print(get("hits")‹= 3›)',
    'local State = { load = print } State.load("user", "theme")',
    '-- State.load("user", "theme")\nprint("State.load(\'user\', \'theme\')")',
    'State:load("user", "theme")',
    'local ok, v = pcall(State.load, "user", "theme")',
    'local function get(k) return State.load("user", k) end print(get "theme"‹= "dark"›, get [[theme]]‹= "dark"›)',
    'local KEY <const> = "theme" print(State.load("user", KEY)‹= "dark"›)',
    'if State.load("user", "theme")‹= "dark"› == nil then goto done end ::done::',
    'print(\r\n  State.load("user",\r\n    "theme")‹= "dark"›\r\n)',
  ])("%s", async (expected) => {
    expect(await hinted(expected.replaceAll(/‹.*?›/g, ""))).toBe(expected);
  });

  it("are short", async () => {
    const { model } = one('State.load("user", "big")');
    const within = { start: 0, end: 100 };
    const [hint] = await liveHints({ model, view: viewOf(STORED), within, now: NOW });
    expect(hint?.label.length).toBeLessThan(50);
    expect(hint?.tooltip).toContain("`user` / `big`");
  });

  it("are told of the asked range only", async () => {
    const text = 'State.load("user", "theme")\nState.load("user", "theme")';
    expect(await hinted(text, { start: 28, end: text.length })).toBe(`${text}‹= "dark"›`);
  });

  it("read one entry for each call on the screen", async () => {
    const text = 'print(State.load("user", "theme"))\n'.repeat(2000);
    const { model } = one(text);
    const hints = await liveHints({
      model,
      view: viewOf(STORED),
      within: { start: 0, end: text.length },
      now: NOW,
    });
    expect(hints).toHaveLength(300);
  });
});

describe("lenses", () => {
  const lenses = (text: string) =>
    keyLenses(one(text).workspace, "main.lua").map(
      ({ namespace, key, place }) => `${place.startLine}: ${namespace}/${key}`,
    );

  it.each([
    [
      'State.load("user", "a")\nState.save("user", "a", 1)\nState.save("user", "a", 2)',
      ["1: user/a"],
    ],
    ['State.load("user", "a")\nState.load("user", "a")', ["0: user/a"]],
    ['State.load("user", "a")\nState.load("cache", "a")', ["0: user/a", "1: cache/a"]],
    ['State.load("user", k)\nState.load(ns, "a")\nState.load("user", "p:" .. id)', []],
    ['State.list_keys("user")\nState.delete("user", "a")', ["1: user/a"]],
    ['local function put(k, v) State.save("cache", k, v) end\nput("a", 1)', ["1: cache/a"]],
    ['local function keep() State.save("u", "a", 1) end\nkeep()', ["0: u/a"]],
    ['State.load("", "a") State.load("user", "")', []],
  ])("%s", (text, expected) => {
    expect(lenses(text)).toEqual(expected);
  });

  it("count over all scripts", () => {
    const { workspace } = scriptsOf({
      "a.lua": 'State.save("user", "theme", 1) State.load("user", "theme")',
      "b.lua": 'State.load("user", "theme") State.delete("user", "theme") State.load("user", k)',
      "c.lua": 'State.load("user", "th" .. x)',
    });
    const { title, references } = usesLens(workspace, { namespace: "user", key: "theme" });
    expect(title).toBe("theme: 2 reads, 1 write, 1 delete, 1 more by computed keys");
    expect(references).toHaveLength(5);
  });

  it.each([
    ["user", "theme", '= "dark"', true],
    ["auth", "api_key", '= "••••••••"', true],
    ["user", "absent", "not stored", false],
  ])("tell what %s / %s is now", async (namespace, key, title, stored) => {
    expect(await valueLens(viewOf(STORED), { namespace, key })).toEqual({ title, stored });
  });
});

describe("links to values", () => {
  it.each([
    'State.load("user", "⟦theme⟧") State.save("user", "absent", 1)',
    "State.save('user', [[⟦theme⟧]], 1) State.delete('user', '⟦theme⟧')",
    'State.agent_get("7", "⟦mood⟧")',
    'State.load("user", "the" .. "me") State.load("user", key) State.load(ns, "theme")',
    'local function get(k) return State.load("cache", "v1:" .. k) end get("⟦hits⟧")',
    'print("😀") State.load("user", "⟦e\u0301⟧")',
    'State.load("user", "theme',
    'local State = {} State.load("user", "theme")',
  ])("%s", async (expected) => {
    const text = expected.replaceAll(/[⟦⟧]/g, "");
    const links = await keyLinks(one(text).model, viewOf(STORED));
    expect(
      marked(
        text,
        links.map(({ span }) => span),
      ),
    ).toBe(expected);
  });
});

describe("coloured names", () => {
  /** N: a namespace, K: a key; lower case where it is only read. */
  function coloured(text: string): string {
    return nameTokens(one(text).model)
      .toReversed()
      .reduce((done, { span, kind, write }) => {
        const letter = kind === "namespace" ? "n" : "k";
        const name = done.slice(span.start, span.end);
        const mark = write ? letter.toUpperCase() : letter;
        return `${done.slice(0, span.start)}${mark}⟦${name}⟧${done.slice(span.end)}`;
      }, text);
  }

  it.each([
    'State.save("N⟦user⟧", "K⟦theme⟧", "dark")',
    'State.load("n⟦user⟧", "k⟦theme⟧") State.list_keys("n⟦user⟧")',
    'State.load("n⟦user⟧", "k⟦profile:⟧" .. id)',
    'State.load(ns, key) State.load("", "")',
    'State.agent_set("N⟦7⟧", "K⟦mood⟧", 1) State.create_backup(false)',
    "State.load([[n⟦user⟧]], [==[k⟦theme⟧]==])",
    'State.load([[\nuser]], "k⟦a⟧")',
    'local function get(k) return State.load("n⟦user⟧", k) end get("k⟦a⟧")',
    'local function swap(k) State.save("N⟦u⟧", k, State.load("n⟦u⟧", k)) end swap("K⟦a⟧")',
    'local State = {} State.load("user", "a")',
    'State.load("n⟦user⟧", "k⟦it\\"s⟧")',
    'State.load("n⟦user⟧", "k⟦a',
    'State.load(\r\n"n⟦user⟧",\r\n"k⟦é😀⟧")',
  ])("%s", (expected) => {
    const text = expected.replaceAll(/[nNkK]⟦|⟧/g, "");
    expect(coloured(text)).toBe(expected.endsWith("k⟦a") ? `${expected}⟧` : expected);
  });

  it("of a range are those that touch it", () => {
    const { model } = one('State.load("user", "a")\nState.load("cache", "b")');
    expect(nameTokens(model, { start: 24, end: 60 }).map(({ span }) => span.start)).toEqual([
      36, 45,
    ]);
  });
});
