import { describe, expect, it } from "vitest";
import { hover } from "../../server/src/service/hover.ts";
import { signatureHelp } from "../../server/src/service/signature-help.ts";
import type { HoverOptions } from "../../server/src/service/types.ts";
import { configuration } from "./support/configuration.ts";
import { fixture } from "./support/cursor.ts";
import { scriptsOf } from "./support/scripts.ts";
import { NOW, type Stored, viewOf } from "./support/view.ts";

const STORED: Stored = {
  auth: { api_key: '"hunter22hunter"', note: '"key AKIAABCDEFGHIJKLMNOP here"' },
  notes: {
    evil: '"```\\n[click](command:evil) <img src=x onerror=alert(1)>"',
    long: JSON.stringify(Array.from({ length: 500 }, (_, i) => `line ${i}`)),
    wide: `"${"x".repeat(9000)}"`,
  },
  user: { preferences: '{"theme":"dark","n":3,"f":3.0}', "profile:1": "1", "profile:2": "2" },
  "user:1": { a: "1" },
  "user:2": { a: "1" },
};

type Extra = Partial<Omit<HoverOptions, "model" | "offset">>;

async function hovered(marked: string, extra: Extra = {}) {
  const at = fixture(marked);
  const found = await hover({ view: viewOf(STORED), now: NOW, ...at, ...extra });
  const { start, end } = found?.span ?? { start: 0, end: 0 };
  return { text: found?.markdown, on: at.model.text.slice(start, end) };
}

describe("members", () => {
  it("shows signature, documentation and parameters", async () => {
    const { text, on } = await hovered('State.sa‸ve("a", "b", 1)');
    expect(on).toBe("save");
    expect(text).toContain("```lua\nState.save(namespace, key, value)\n```");
    expect(text).toContain("Saves a value to persistent state.");
    expect(text).toContain("- `namespace` (string): ");
  });

  it("says that a function is switched off, and how to switch it on", async () => {
    const { text } = await hovered("State.create_‸backup()", {
      configuration: configuration({ backupEnabled: false }),
    });
    expect(text).toContain("Switched off here: it is nil in scripts.");
    expect(text).toContain("Set `backup_enabled = true`");
  });

  it("shows what is likely meant by one that there is not, and leaves the rest to its diagnostic", async () => {
    const { text, on } = await hovered('State.g‸et("k")');
    expect(on).toBe("get");
    expect(text).toContain("```lua\nState.load(namespace, key)\n```");
    expect(text).not.toContain("not part of the State API");
    expect((await hovered('State.qwe‸rty("k")')).text).toBeUndefined();
  });
});

describe("namespaces", () => {
  it.each([
    [
      'State.load("us‸er", "theme")',
      '"user"',
      "Namespace `user`\n\n3 keys · 32 bytes · newest change 3 minutes ago",
    ],
    ['State.load("no‸ne", "theme")', '"none"', "Namespace `none`: nothing is stored in it."],
    [
      'State.load("user:"‸ .. id, "a")',
      '"user:" .. id',
      "Namespaces `user:*`: 2 stored\n\n- `user:1`: 1 key\n- `user:2`: 1 key",
    ],
    [
      'local NS = "user" State.load(N‸S, "x")',
      "NS",
      "Namespace `user`\n\n3 keys · 32 bytes · newest change 3 minutes ago",
    ],
  ])("%s", async (marked, on, text) => {
    expect(await hovered(marked)).toEqual({ text, on });
  });
});

describe("keys", () => {
  it("shows the value as Lua, and what is known of it", async () => {
    expect(await hovered('local p = State.load("user", "pref‸erences")')).toEqual({
      on: '"preferences"',
      text: [
        "`user` / `preferences`",
        '```lua\n{ theme = "dark", n = 3, f = 3.0 }\n```',
        "object · 30 bytes · revision 6 · 3 minutes ago by `script:chat.lua`",
      ].join("\n\n"),
    });
  });

  it("says that a key is not stored", async () => {
    expect((await hovered('State.load("user", "no‸ne")')).text).toBe(
      "`user` / `none` is not stored.",
    );
  });

  it("tells how many a pattern matches, with examples", async () => {
    expect((await hovered('State.load("user", "prof‸ile:" .. id)')).text).toBe(
      "Keys `user` / `profile:*`: 2 stored\n\n- `profile:1`: `1`\n- `profile:2`: `2`",
    );
  });

  it.each(["api_key", "note"])("masks what is sensitive: %s", async (key) => {
    const { text } = await hovered(`State.load("auth", "‸${key}")`);
    expect(text).toContain("••••••••");
    expect(text).toContain("Sensitive parts are masked.");
    expect(text).not.toMatch(/hunter22|AKIA/);
  });

  it("shows a value's markdown as text", async () => {
    const { text = "" } = await hovered('State.load("notes", "ev‸il")');
    const [, fence] = /(`{4,})lua\n/.exec(text) ?? [];
    expect(fence).toBe("````");
    expect(text.split("````")).toHaveLength(3);
  });

  it.each([
    ["long", "… 472 more lines"],
    ["wide", "… 5,002 more characters"],
  ])("shows the beginning of a %s value and says how much more there is", async (key, more) => {
    const { text = "" } = await hovered(`State.load("notes", "‸${key}")`);
    expect(text).toContain(more);
    expect(text.length).toBeLessThan(4500);
  });
});

describe("loaded values", () => {
  const LOAD = 'local p = State.load("user", "preferences") ';

  it.each([
    [`${LOAD}print(p‸)`, "p", "{ theme = "],
    [`${LOAD}print(p.th‸eme)`, "theme", '"dark"'],
    [`${LOAD}print(p["th‸eme"])`, '"theme"', '"dark"'],
    [`${LOAD}local q = p or {} print(q.‸n)`, "n", "3"],
  ])("%s", async (marked, on, value) => {
    const found = await hovered(marked);
    expect(found.on).toBe(on);
    expect(found.text).toContain(`\`\`\`lua\n${value}`);
  });

  it("names the entry and the field", async () => {
    const { text } = await hovered(`${LOAD}print(p.f‸)`);
    expect(text).toMatch(
      /^`user` \/ `preferences`, field `f`\n\n```lua\n3\.0\n```\n\nfloat · revision/,
    );
  });

  it.each([
    `${LOAD}print(p.absent‸)`,
    "local p = State.load(namespace, key) print(p‸)",
    "local p = {} print(p‸)",
    `${LOAD}print(pri‸nt)`,
  ])("says nothing in %s", async (marked) => {
    expect((await hovered(marked)).text).toBeUndefined();
  });
});

describe("wrappers", () => {
  const get = 'local function get(key) return State.load("user", "profile:" .. key) end ';

  it("shows what is stored behind the whole key", async () => {
    const { text, on } = await hovered(`${get}get("‸1")`);
    expect(on).toBe('"1"');
    expect(text).toContain("`user` / `profile:1`\n\n```lua\n1\n```");
  });

  it("helps with their own signature", () => {
    const help = signatureHelp(fixture(`${get}get("1"‸)`));
    expect([help?.label, help?.activeParameter]).toEqual(["get(key)", 0]);
    expect(help?.documentation).toContain("Calls `State.load`");
  });
});

describe("elsewhere", () => {
  it.each([
    'pri‸nt("user")',
    'State.save("user", "theme", "da‸rk")',
    'State.load(name‸, "theme")',
    'State.get("us‸er", "x")',
    'local State = other State.load("us‸er", "theme")',
    "State.‸",
  ])("says nothing in %s", async (marked) => {
    expect((await hovered(marked)).text).toBeUndefined();
  });
});

describe("signature help", () => {
  it.each([
    ["State.save(‸)", 0],
    ['State.save("a"‸)', 0],
    ['State.save("a", ‸', 1],
    ['State.save("a", "b", {‸', 2],
    ['local put = State.save put("a", ‸)', 1],
  ])("%s: parameter %i", (marked, parameter) => {
    const help = signatureHelp(fixture(marked));
    expect([help?.label, help?.activeParameter]).toEqual([
      "State.save(namespace, key, value)",
      parameter,
    ]);
  });

  it("places each parameter in the label", () => {
    const help = signatureHelp(fixture("State.create_backup(‸)"));
    const [parameter] = help?.parameters ?? [];
    expect(help?.label.slice(...(parameter?.label ?? []))).toBe("incremental?");
  });

  it.each(["State.get(‸)", "print(‸)", "State.save‸()"])("none in %s", (marked) => {
    expect(signatureHelp(fixture(marked))).toBeUndefined();
  });
});

describe("links", () => {
  const { workspace } = scriptsOf({
    "lib/a (1).lua": '\nlocal function keep() State.save("user", "preferences", {}) end',
    "b.lua": 'State.load("user", "preferences")',
  });
  const script = (file: string, line: number) => `file:///w/${encodeURI(file)}#L${line + 1}`;

  it("lead to who reads and writes the key", async () => {
    const { text } = await hovered('State.load("user", "prefe‸rences")', {
      workspace,
      links: { script },
    });
    expect(text).toContain(
      "Written in 1 place: [`lib/a (1).lua:2`](file:///w/lib/a%20%281%29.lua#L2) (`keep`)",
    );
    expect(text).toContain("Read in 1 place: [`b.lua:1`](file:///w/b.lua#L1)");
    expect(text).not.toContain("command:");
  });

  it("lead to value, history and references where the client has them", async () => {
    const command = (name: string, entry: object) =>
      `command:${name}?${encodeURIComponent(JSON.stringify([entry]))}`;
    const { text } = await hovered('State.load("user", "prefe‸rences")', {
      workspace,
      links: { script, command },
    });
    const given = "%5B%7B%22namespace%22%3A%22user%22%2C%22key%22%3A%22preferences%22%7D%5D";
    expect(text).toContain(`[Show value](command:showValue?${given}) · [History](`);
  });

  it.each(['State.load("user", "profile:‸" .. id)', 'State.load("us‸er", "preferences")'])(
    "to an entry are not in %s",
    async (marked) => {
      const { text } = await hovered(marked, { links: { script, command: () => "x" } });
      expect(text).not.toContain("Show value");
    },
  );
});

describe("declared variables", () => {
  it.each([
    ['local pr‸efs = State.load("user", "preferences")', "prefs", "{ theme ="],
    ['local a, p‸ = 1, State.load("user", "preferences").theme', "p", '"dark"'],
    ['local ok, ‸v = pcall(State.load, "user", "preferences")', "v", "{ theme ="],
    ['for _, ‸v in pairs(State.load("user", "preferences")) do end', "v", '- `"dark"`\n- `3`'],
    ["local function f(par‸am) end", "", ""],
  ])("%s", async (marked, on, value) => {
    const found = await hovered(marked);
    expect(found.on).toBe(on);
    expect(found.text ?? "").toContain(value);
  });
});

describe("values that may be any of several", () => {
  const view = viewOf({
    app: { config: '{"list":[{"id":1,"label":"a"},{"id":2}],"n":1}' },
    auth: { "token:1": '{"api_key":"hunter22hunter"}' },
    user: { "profile:1": '{"name":"Ann"}', "profile:2": '{"name":"Bo"}', other: '{"name":"x"}' },
  });

  it.each([
    [
      'local p = State.load("user", "profile:" .. id) print(‸p)',
      '`user` / `profile:*`, for example:\n\n- `profile:1`: `{"name": "Ann"}`\n- `profile:2`: `{"name": "Bo"}`',
    ],
    [
      'for _, k in ipairs(State.list_keys("user")) do local p = State.load("user", k) print(p.na‸me) end',
      '`user` / `*`, field `name`, for example:\n\n- `other`: `"x"`\n- `profile:1`: `"Ann"`\n- `profile:2`: `"Bo"`',
    ],
    [
      'local p = State.load("user", "profile:" .. id) print(p.na‸me)',
      '`user` / `profile:*`, field `name`, for example:\n\n- `profile:1`: `"Ann"`\n- `profile:2`: `"Bo"`',
    ],
    [
      'for _, item in ipairs(State.load("app", "config").list) do print(item.‸id) end',
      "`app` / `config`, field `list.*.id`, for example:\n\n- `1`\n- `2`",
    ],
  ])("%s", async (marked, text) => {
    expect((await hovered(marked, { view })).text).toBe(text);
  });

  it("name the item that is meant where its number is written", async () => {
    const { text } = await hovered('print(State.load("app", "config").list[1].la‸bel)', { view });
    expect(text).toContain('field `list.1.label`\n\n```lua\n"a"\n```');
  });

  it("are masked", async () => {
    const marked = 'local t = State.load("auth", "token:" .. id) print(‸t)';
    expect((await hovered(marked, { view })).text).not.toContain("hunter22");
  });
});

describe("functions that pass arguments on", () => {
  it.each([
    [
      'local function get(k) return State.load("cache", "v1:" .. k) end g‸et("a")',
      "get",
      'This call does:\n- `State.load("cache", "v1:a")`',
    ],
    [
      'local M = {} function M:put(k, v) State.save("cache", k, v) end M:pu‸t(key, 1)',
      "put",
      'This call does:\n- `State.save("cache", …, …)`',
    ],
    ['local function get(k) return k end g‸et("a")', "", undefined],
  ])("%s", async (marked, on, text) => {
    expect(await hovered(marked)).toEqual({ on, text });
  });
});

describe("a loaded value that is passed on", () => {
  it.each([
    ['local p = State.load("user", "preferences") State.save("user", "copy", ‸p)', "p"],
    ['local p = State.load("user", "preferences") State.save("user", p.‸n, 1)', "n"],
  ])("%s", async (marked, on) => {
    expect((await hovered(marked)).on).toBe(on);
  });
});

describe("signature help of functions that pass arguments on", () => {
  const SET =
    'local function set(key, value, ttl) State.save("cache", "v1:" .. key, {value, ttl}) end ';

  it.each([
    [`${SET}set(‸)`, 0],
    [`${SET}set("a", ‸)`, 1],
    [`${SET}set("a", 1, ‸)`, 2],
    [`${SET}set("a", f(1, 2), ‸`, 2],
    [`${SET}set("a", {1, 2‸})`, 1],
    ['local M = {} function M:put(k, v) State.save("c", k, v) end M:put("a", ‸)', 1],
    ['local put = State.save put("a", "b", ‸)', 2],
    ['pcall(State.save, "a", ‸)', 1],
  ])("%s", (marked, active) => {
    expect(signatureHelp(fixture(marked))?.activeParameter).toBe(active);
  });

  it("says what each parameter is to State", () => {
    const help = signatureHelp(fixture(`${SET}set(‸)`));
    expect(help?.label).toBe("set(key, value, ttl)");
    expect(help?.parameters[0]?.documentation).toContain("(string) The key, after `v1:`.");
    expect(help?.parameters[2]?.documentation).toBe("");
  });

  it.each([`${SET}set‸("a")`, `${SET}print(‸)`, `${SET}set("a", function() ‸ end)`])(
    "none in %s",
    (marked) => {
      const help = signatureHelp(fixture(marked));
      if (marked.includes("function() ‸")) expect(help?.label).toBe("set(key, value, ttl)");
      else expect(help).toBeUndefined();
    },
  );
});
