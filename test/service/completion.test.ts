import { describe, expect, it } from "vitest";
import { complete, resolveCompletion } from "../../server/src/service/completion/complete.ts";
import type { CompleteOptions, CompletionItem } from "../../server/src/service/types.ts";
import { configuration } from "./support/configuration.ts";
import { fixture } from "./support/cursor.ts";
import { scriptsOf } from "./support/scripts.ts";
import { NOW, type Stored, viewOf } from "./support/view.ts";

const STORED: Stored = {
  "agent:7": { mood: '"calm"' },
  auth: { api_key: '"hunter22hunter"', api_key_ref: '"vault://keys/api_key"' },
  stats: { 'it\'s "quoted"': "1", plain: "true" },
  user: {
    preferences: '{"theme":"dark","language":"en"}',
    "profile:email": '"john@example.com"',
    "profile:name": '"John"',
    theme: '"dark"',
  },
  "user:123": { theme: '"light"' },
};

type Extra = Partial<Omit<CompleteOptions, "model" | "offset">>;

async function completed(marked: string, extra: Extra = {}) {
  const at = fixture(marked);
  return { ...at, ...(await complete({ view: viewOf(STORED), ...at, ...extra })) };
}

/** The labels offered, in the order of `sortText`. */
async function labels(marked: string, extra: Extra = {}): Promise<string[]> {
  const { items } = await completed(marked, extra);
  return items.toSorted((a, b) => (a.sortText < b.sortText ? -1 : 1)).map(({ label }) => label);
}

/** The text after the item with this label is taken. */
async function accepted(marked: string, label: string, extra: Extra = {}): Promise<string> {
  const { model, items, offset } = await completed(marked, extra);
  const item = items.find((one) => one.label === label);
  if (item === undefined) throw new Error(`${label} is not among ${items.map((i) => i.label)}`);
  expect(item.span.start).toBeLessThanOrEqual(offset);
  expect(item.span.end).toBeGreaterThanOrEqual(offset);
  return model.text.slice(0, item.span.start) + item.insertText + model.text.slice(item.span.end);
}

const named = (items: readonly CompletionItem[], label: string) =>
  items.find((item) => item.label === label);

describe("members", () => {
  const all =
    "save load delete list_keys workflow_get workflow_list agent_get agent_set tool_get tool_set".split(
      " ",
    );

  it.each([
    "State.‸",
    "State.sa‸",
    "local v = State.‸",
    "State.‸\nlocal b = 1",
    "local S = State S.‸",
    "if x then State.‸ end",
  ])("%s", async (marked) => {
    expect((await labels(marked)).slice(0, all.length)).toEqual(all);
  });

  it.each([
    ["State.sa‸", "save", "State.save"],
    ["State.sa‸ve('a', 'b', 1)", "load", "State.load('a', 'b', 1)"],
    ['State["sa‸"]("a")', "save", 'State["save"]("a")'],
    ["local v = State.‸\nlocal b = 1", "load", "local v = State.load\nlocal b = 1"],
  ])("%s takes %s", async (marked, label, expected) => {
    expect(await accepted(marked, label)).toBe(expected);
  });

  it.each(["State‸", "other.‸", "local State = {} State.‸", "-- State.‸", '"State.‸"'])(
    "nothing of ours in %s",
    async (marked) => {
      expect(await labels(marked)).toEqual([]);
    },
  );

  it("marks what the configuration switches off, last, and says how to switch it on", async () => {
    const off = configuration({ backupEnabled: false });
    const { items } = await completed("State.‸", { configuration: off });
    const item = named(items, "create_backup");
    expect(item?.disabled).toBe(true);
    expect(item?.documentation).toContain(
      "Set `backup_enabled = true` in the table `[state]` of `llmspell.toml`",
    );
    expect(named(items, "save")?.disabled).toBeUndefined();
    const order = await labels("State.‸", { configuration: off });
    expect(order.indexOf("create_backup")).toBeGreaterThan(order.indexOf("tool_set"));
  });

  it("claims nothing about switches where there is no configuration", async () => {
    const { items } = await completed("State.‸");
    expect(items.some(({ disabled }) => disabled)).toBe(false);
  });
});

describe("namespaces", () => {
  const stored = ["agent:7", "auth", "stats", "user", "user:123"];

  it.each([
    'State.load("‸")',
    "State.load('‸')",
    "State.load([[‸]])",
    'State.load("‸',
    'State.load("us‸',
    'State.load("us‸", "theme")',
    'local put = State.save put("‸")',
    'pcall(State.load, "‸")',
    "State.list_keys(‸)",
  ])("%s", async (marked) => {
    expect(await labels(marked)).toEqual(stored);
  });

  it.each([
    ['State.load("us‸")', "user", 'State.load("user")'],
    ['State.load("us‸er:1", "k")', "user:123", 'State.load("user:123", "k")'],
    ["State.load('‸')", "user", "State.load('user')"],
    ["State.load([[‸]])", "user", "State.load([[user]])"],
    ["State.load([==[us‸]==])", "user", "State.load([==[user]==])"],
    ["State.load[[‸]]", "user", "State.load[[user]]"],
    ['State.load("us‸', "user", 'State.load("user'],
    ['State.load("us‸\nlocal b = 1', "user", 'State.load("user\nlocal b = 1'],
    ["State.load(‸)", "user", 'State.load("user")'],
    ['State.load("‸", "theme")', "user", 'State.load("user", "theme")'],
    ['local é = "𝄞" State.load("us‸")', "user", 'local é = "𝄞" State.load("user")'],
  ])("%s takes %s", async (marked, label, expected) => {
    expect(await accepted(marked, label)).toBe(expected);
  });

  it("also knows what only the script names, and says so", async () => {
    const { items } = await completed(
      'State.save("drafts", "a", 1) State.load("drafts", "b") State.load("‸")',
    );
    expect(named(items, "drafts")?.detail).toBe("2 uses in this script");
    expect(named(items, "user")?.detail).toBe("4 keys, 62 bytes");
  });

  it("offers owners where the namespace is made from one", async () => {
    expect(await labels('State.agent_get("‸")')).toEqual(["7"]);
    expect(await accepted('State.agent_get("‸", "mood")', "7")).toBe(
      'State.agent_get("7", "mood")',
    );
    expect(await labels('State.agent_get("7", "‸")')).toEqual(["mood"]);
  });

  it("lists at most 200 and asks again while more match", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`ns${String(i).padStart(3, "0")}`, { k: "1" }]),
    );
    const first = await completed('State.load("‸")', { view: viewOf(many) });
    expect([first.items.length, first.isIncomplete]).toEqual([200, true]);
    const later = await completed('State.load("ns49‸")', { view: viewOf(many) });
    expect(later.items.map(({ label }) => label)).toContain("ns499");
  });
});

describe("keys", () => {
  const user = ["profile:", "preferences", "profile:email", "profile:name", "theme"];

  it.each([
    'State.load("user", "‸")',
    'State.load("user", "‸',
    "State.load('user', '‸')",
    "State.load('user', [[‸]])",
    'State.load("user", "pro‸")',
    'State.load("user", ‸)',
    'State.load("user", "‸)',
    'State.save("user", "‸", 1)',
    'local NS <const> = "user" State.load(NS, "‸")',
    'State.delete("user", "‸")',
  ])("%s", async (marked) => {
    expect(await labels(marked)).toEqual(user);
  });

  it.each([
    ['State.load("user", "‸")', "theme", 'State.load("user", "theme")'],
    ['State.load("user", "profile:‸")', "profile:name", 'State.load("user", "profile:name")'],
    ['State.load("user", "pro‸file:x")', "theme", 'State.load("user", "theme")'],
    ['State.load("user", "pro‸', "profile:", 'State.load("user", "profile:'],
    ["State.load('stats', '‸')", 'it\'s "quoted"', "State.load('stats', 'it\\'s \"quoted\"')"],
    ['State.load("stats", "‸")', 'it\'s "quoted"', 'State.load("stats", "it\'s \\"quoted\\"")'],
    ["State.load('stats', [[‸]])", 'it\'s "quoted"', "State.load('stats', [[it's \"quoted\"]])"],
    ['State.load("user", ‸)', "theme", 'State.load("user", "theme")'],
  ])("%s takes %s", async (marked, label, expected) => {
    expect(await accepted(marked, label)).toBe(expected);
  });

  it("shows values in one line, masked where sensitive", async () => {
    const { items } = await completed('State.load("user", "‸")');
    expect(named(items, "preferences")?.detail).toBe('{"theme": "dark", "language": "en"}');
    const auth = await completed('State.load("auth", "‸")');
    expect(named(auth.items, "api_key")?.detail).toBe('"••••••••"');
    expect(named(auth.items, "api_key_ref")?.detail).toBe('"vault://keys/api_key"');
  });

  it("offers a segment that several keys share, to go on from", async () => {
    const { items } = await completed('State.load("user", "‸")');
    const segment = named(items, "profile:");
    expect([segment?.kind, segment?.detail, segment?.continues]).toEqual([
      "segment",
      "2 keys",
      true,
    ]);
  });

  it("offers only segments where the key goes on outside the string", async () => {
    expect(await labels('State.load("user", "‸" .. id)')).toEqual(["profile:"]);
    expect(await accepted('State.load("user", "pro‸" .. id)', "profile:")).toBe(
      'State.load("user", "profile:" .. id)',
    );
  });

  it("knows keys and beginnings of keys that only the script names", async () => {
    const { items } = await completed(
      'State.save("drafts", "intro", 1) State.load("drafts", "page:" .. n) State.load("drafts", "‸")',
    );
    expect(items.map(({ label, detail }) => [label, detail])).toEqual([
      ["intro", "1 use in this script"],
      ["page:", "page:* in this script"],
    ]);
  });

  it("does not offer the half-typed key itself", async () => {
    expect(await labels('State.load("nothing", "half‸")')).toEqual([]);
  });

  it("looks into the namespaces that a computed one can be", async () => {
    expect(await labels('State.load("user:" .. id, "‸")')).toEqual(["theme"]);
  });

  it("lists by what is typed in a large namespace, reads little, and asks again", async () => {
    const large = viewOf({
      cache: Object.fromEntries(
        Array.from({ length: 3000 }, (_, i) => [
          `${i < 2000 ? "api" : "page"}:${String(i).padStart(4, "0")}`,
          "1",
        ]),
      ),
    });
    const first = await completed('State.load("cache", "‸")', { view: large });
    expect(first.isIncomplete).toBe(true);
    expect(first.items.filter(({ kind }) => kind === "segment").map(({ label }) => label)).toEqual([
      "api:",
      "page:",
    ]);
    expect(first.items.filter(({ kind }) => kind === "key")).toHaveLength(200);
    expect(large.read).toBeLessThan(500);
    const later = await completed('State.load("cache", "page:299‸")', { view: large });
    expect(later.items.filter(({ kind }) => kind === "key").map(({ label }) => label)).toEqual(
      Array.from({ length: 10 }, (_, i) => `page:299${i}`),
    );
  });

  it("has the value as documentation only when asked", async () => {
    const { items } = await completed('State.load("user", "‸")');
    const item = named(items, "preferences");
    expect(item?.documentation).toBeUndefined();
    if (item?.data === undefined) throw new Error("no data");
    const text = await resolveCompletion({ data: item.data, view: viewOf(STORED), now: NOW });
    expect(text).toContain('```lua\n{ theme = "dark", language = "en" }\n```');
  });
});

describe("wrappers", () => {
  const put = 'local function put(key, v) State.save("user", "profile:" .. key, v) end ';
  const get = "local function get(ns, key) return State.load(ns, key) end ";

  it.each([
    [`${get}get("‸")`, ["agent:7", "auth", "stats", "user", "user:123"]],
    [
      `${get}get("user", "‸")`,
      ["profile:", "preferences", "profile:email", "profile:name", "theme"],
    ],
    [`${put}put("‸", 1)`, ["email", "name"]],
  ])("%s", async (marked, expected) => {
    expect(await labels(marked)).toEqual(expected);
  });

  it("writes only the part that belongs there", async () => {
    expect(await accepted(`${put}put("e‸", 1)`, "email")).toBe(`${put}put("email", 1)`);
  });
});

describe("fields of loaded values", () => {
  const LOAD = 'local p = State.load("user", "preferences") ';

  it.each([
    [`${LOAD}print(p.‸)`, ["theme", "language"]],
    [`${LOAD}print(p.la‸)`, ["theme", "language"]],
    [`${LOAD}p = p or {} p.‸`, ["theme", "language"]],
    [`${LOAD}print(p["‸"])`, ["theme", "language"]],
    [`${LOAD}print(p["‸`, ["theme", "language"]],
    ['print(State.load("user", "preferences").‸)', ["theme", "language"]],
    [
      `${LOAD}State.save("user", "preferences", {font = 1}) print(p.‸)`,
      ["theme", "language", "font"],
    ],
    [`${LOAD}print(p:‸)`, []],
    [`${LOAD}print(p.theme.‸)`, []],
    ['local p = State.load("user", key) print(p.‸)', ["theme", "language"]],
    ["local p = State.load(namespace, key) print(p.‸)", []],
    ["local p = {a = 1} print(p.‸)", []],
  ])("%s", async (marked, expected) => {
    expect(await labels(marked)).toEqual(expected);
  });

  it.each([
    [`${LOAD}print(p.la‸)`, "language", `${LOAD}print(p.language)`],
    [`${LOAD}print(p['la‸'])`, "language", `${LOAD}print(p['language'])`],
  ])("%s takes %s", async (marked, label, expected) => {
    expect(await accepted(marked, label)).toBe(expected);
  });

  it("shows what they hold, masked where sensitive", async () => {
    const view = viewOf({ app: { login: '{"user":"ann","password":"hunter2"}' } });
    const { items } = await completed('local l = State.load("app", "login") l.‸', { view });
    expect(items.map(({ label, detail }) => [label, detail])).toEqual([
      ["user", '"ann"'],
      ["password", '"••••••••"'],
    ]);
  });
});

describe("backups", () => {
  const backups = async () => [
    {
      id: "20260101T000000Z-ab12",
      kind: "full" as const,
      reason: "asked" as const,
      createdAt: 1,
      entries: 12,
      sizeBytes: 2048,
      schemaVersion: "1.0.0",
    },
  ];

  it("offers their ids", async () => {
    const { items } = await completed('State.restore_backup("‸")', { backups });
    expect(items.map(({ label, detail }) => [label, detail])).toEqual([
      ["20260101T000000Z-ab12", "full, 12 entries, 2 kB"],
    ]);
  });
});

describe("elsewhere", () => {
  it.each([
    'State.save("user", "theme", "‸")',
    'print("‸")',
    'State.load("user", key‸)',
    'State.load("user", "theme", "‸")',
    'State:load("‸")',
    'local s = "State.load(\\"‸"',
    'State.get("‸")',
  ])("offers nothing in %s", async (marked) => {
    expect(await labels(marked)).toEqual([]);
  });
});

describe("fields from everywhere", () => {
  const LOAD = 'local p = State.load("user", "preferences") ';
  const workspace = scriptsOf({
    "lib/prefs.lua":
      'State.save("user", "preferences", {font = "mono", ["line-height"] = 1, ui = {dense = true}})',
    "users.lua": 'State.save("user", "profile:" .. id, {email = "x"})',
  }).workspace;

  it("are those that other scripts save, too", async () => {
    const { items } = await completed(`${LOAD}print(p.‸)`, { workspace });
    expect(items.map(({ label, detail }) => [label, detail])).toEqual([
      ["theme", '"dark"'],
      ["language", '"en"'],
      ["font", "saved in lib/prefs.lua"],
      ["line-height", "saved in lib/prefs.lua"],
      ["ui", "saved in lib/prefs.lua"],
    ]);
  });

  it.each([
    [`${LOAD}print(p.ui.‸)`, ["dense"]],
    [`${LOAD}print(p["ui"].‸)`, ["dense"]],
    ['local u = State.load("user", "profile:" .. id) print(u.‸)', ["email"]],
    ['local u = State.load("user", "profile:7") print(u.‸)', ["email"]],
    [
      'local function get(k) return State.load("user", k) end print(get("preferences").ui.‸)',
      ["dense"],
    ],
    ['local State = {} local p = State.load("user", "preferences") p.‸', []],
  ])("%s", async (marked, expected) => {
    expect(await labels(marked, { workspace })).toEqual(expected);
  });

  it.each([
    [`${LOAD}print(p.‸)`, "line-height", `${LOAD}print(p["line-height"])`],
    [`${LOAD}print(p.li‸)`, "line-height", `${LOAD}print(p["line-height"])`],
    [`${LOAD}print(p['‸'])`, "line-height", `${LOAD}print(p['line-height'])`],
  ])("%s takes %s", async (marked, label, expected) => {
    expect(await accepted(marked, label, { workspace })).toBe(expected);
  });

  it("that cannot be written after a dot are written in brackets", async () => {
    const view = viewOf({ user: { p: '{"end":1,"naïve":2,"a b":3,"it\\"s":4}' } });
    const text = 'local p = State.load("user", "p") print(p.‸)';
    const written = ['p["end"]', 'p["naïve"]', 'p["a b"]', 'p["it\\"s"]'];
    for (const [i, label] of ["end", "naïve", "a b", 'it"s'].entries()) {
      expect(await accepted(text, label, { view })).toContain(`print(${written[i]})`);
    }
  });

  it("are those of all elements and all keys that may be meant", async () => {
    const view = viewOf({
      log: { events: '[{"at":1},{"at":2,"what":"x"}]' },
      user: { "profile:1": '{"name":"a"}', "profile:2": '{"mail":"b"}', other: '{"x":1}' },
    });
    const loop = 'for _, e in ipairs(State.load("log", "events")) do print(e.‸) end';
    expect(await labels(loop, { view })).toEqual(["at", "what"]);
    const pattern = 'local u = State.load("user", "profile:" .. id) print(u.‸)';
    expect(await labels(pattern, { view })).toEqual(["name", "mail"]);
  });
});

describe("versions", () => {
  const versions = async () => ({ current: "1.0.0", targets: ["1.1.0", "2.0.0"] });

  it("are those that migrations lead to", async () => {
    expect(await labels('State.migrate("‸")', { versions })).toEqual(["2.0.0", "1.1.0"]);
    expect(await accepted("State.migrate(‸)", "2.0.0", { versions })).toBe(
      'State.migrate("2.0.0")',
    );
    expect(await labels('State.migrate("‸")')).toEqual([]);
  });
});

describe("computed keys", () => {
  const ID = 'State.save("user", "profile:" .. id, 1) ';
  const LONG = 'State.save("user", "a:" .. x .. ":b", 1) ';

  it.each([
    [
      `${ID}State.load("user", "‸")`,
      "profile:*",
      `${ID}State.load("user", "profile:" .. \${1:value})`,
    ],
    [
      `${ID}State.load("user", "pro‸`,
      "profile:*",
      `${ID}State.load("user", "profile:" .. \${1:value}`,
    ],
    [
      `${ID}State.load('user', '‸')`,
      "profile:*",
      `${ID}State.load('user', 'profile:' .. \${1:value})`,
    ],
    [
      `${ID}State.load("user", ‸)`,
      "profile:*",
      `${ID}State.load("user", "profile:" .. \${1:value})`,
    ],
    [
      `${LONG}State.load("user", "‸")`,
      "a:*:b",
      `${LONG}State.load("user", "a:" .. \${1:value} .. ":b")`,
    ],
  ])("%s takes %s", async (marked, label, expected) => {
    expect(await accepted(marked, label, { snippets: true })).toBe(expected);
  });

  it("of other scripts are offered too, escaped", async () => {
    const { workspace } = scriptsOf({ "a.lua": 'State.load("user", "c$d}:" .. x)' });
    const text = 'State.load("user", "‸")';
    expect(await accepted(text, "c$d}:*", { workspace, snippets: true })).toBe(
      `State.load("user", "c\\$d\\}:" .. \${1:value})`,
    );
  });

  it.each([
    [`${ID}State.load("user", "‸")`, false],
    [`${ID}State.load("user", [[‸]])`, true],
    [`${ID}State.load("user", "‸" .. x)`, true],
  ])("are not offered in %s, snippets: %s", async (marked, snippets) => {
    expect(await labels(marked, { snippets })).not.toContain("profile:*");
  });
});

describe("what is being typed", () => {
  const asked = (text: string, more: string) => {
    const scripts = { "main.lua": text.replace("‸", ""), "other.lua": more };
    return labels(text, { workspace: scriptsOf(scripts).workspace, view: viewOf({}) });
  };

  it.each([
    ['State.load("user", "pre‸f")', "", []],
    ['State.load("user", "‸pref")', 'State.load("user", "pref")', ["pref"]],
    ['State.load("us‸e", "a")', "", []],
    ['State.load("us‸e", "a")', 'State.load("use", "a")', ["use"]],
    [
      'local function get(k) local v = State.load("u", k) State.delete("u", k) return v end get("a‸b")',
      "",
      [],
    ],
  ])("%s, beside %j", async (text, more, expected) => {
    expect(await asked(text, more)).toEqual(expected);
  });
});
