import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, memoryStore, openBench } from "../../runner/harness.ts";
import { fixed } from "../support/rule.ts";

type Store = ReturnType<typeof memoryStore>;

let store: Store = memoryStore();
let bench: Bench;
beforeAll(async () => {
  bench = await openBench(() => store.connect());
}, 60_000);
afterAll(() => bench.close());

/** What a script prints and leaves in a store that held only this, as namespace -> key -> JSON. */
async function ran(script: string, before: Readonly<Record<string, string>> = {}) {
  store = memoryStore();
  for (const [key, value] of Object.entries(before)) await store.put("user", key, value);
  const output = await bench.print(script);
  const stored: Record<string, unknown> = {};
  for (const namespace of ["user", "app"]) {
    for (const key of await store.engine.keys(namespace)) {
      stored[`${namespace}/${key}`] = JSON.parse((await store.value(namespace, key)) ?? "null");
    }
  }
  return { output, stored };
}

describe("a fixed script does what it did", () => {
  it.each<[string, string, RegExp, Record<string, string>]>([
    [
      "unchecked-load",
      'local p = State.load("user", "prefs") print(p.theme)',
      /or \{\}/,
      { prefs: '{"theme":"dark"}' },
    ],
    ["unchecked-load", 'print(State.load("user", "visits") + 1)', /or 0/, { visits: "3" }],
    ["unchecked-load", 'print("hi " .. State.load("user", "name"))', /or ""/, { name: '"Ann"' }],
    [
      "unchecked-load",
      'for _, v in ipairs(State.load("user", "tags")) do print(v) end',
      /or \{\}/,
      { tags: '["a","b"]' },
    ],
    [
      "unguarded-list-keys",
      'for _, k in ipairs(State.list_keys("user")) do print(k) end',
      /Call it only/,
      { a1: "1", b2: "2" },
    ],
    ["unguarded-list-keys", 'State.list_keys("user") print("done")', /Call it only/, {}],
    [
      "version-compare",
      'local v = State.load("user", "version") or "1.2.0" if v < "2.0.0" then print("old") end',
      /number by number/,
      {},
    ],
    [
      "unused-suppression",
      "-- llmspell-state-disable-next-line vague-key: none\nprint(1)",
      /Remove/,
      {},
    ],
    ["vague-key", 'State.save("user", "x", 1) print(State.load("user", "x"))', /Silence/, {}],
  ])("%s: %s", async (rule, script, title, before) => {
    const after = await fixed(rule, script, title);
    expect(after).not.toBe(script);
    expect(await ran(after, before)).toEqual(await ran(script, before));
  });
});

describe("a fix that mends what a script does", () => {
  it("compares versions as they are meant", async () => {
    const script =
      'print("10.0.0" < "2.0.0", "1.9" < "1.10", "2.0.0" <= "2.0.0", "v2.1" > "v2.0.9") State.load("user", "theme")';
    let after = script;
    for (let round = 0; round < 4; round++)
      after = await fixed("version-compare", after, /number by number/);
    expect((await ran(script)).output).toBe("true\tfalse\ttrue\ttrue\n");
    expect((await ran(after)).output).toBe("false\ttrue\ttrue\ttrue\n");
  });

  it("saves one table where three keys were", async () => {
    const script =
      'local id = "ann" State.save("user", "name:" .. id, "Ann") State.save("user", "city:" .. id, "Bern") State.save("user", "tags:" .. id, {"a"})';
    const after = await fixed("split-record", script, /^Save one table/);
    expect((await ran(after)).stored).toEqual({
      "user/ann": { name: "Ann", city: "Bern", tags: ["a"] },
    });
  });

  it("nests the fields that were flat", async () => {
    const script =
      'State.save("app", "settings", {db_host = "h", db_port = 1, ui_zoom = 2, ui_theme = "dark", name = "n"})';
    const after = await fixed("flat-table", script, /^Nest /);
    expect((await ran(after)).stored).toEqual({
      "app/settings": { db: { host: "h", port: 1 }, ui: { zoom: 2, theme: "dark" }, name: "n" },
    });
  });

  it.each<[string, string, RegExp, Record<string, string>, string]>([
    [
      "argument-count",
      'local t = State.load("user", "theme", "light") print(t)',
      /default/,
      {},
      "light\n",
    ],
    [
      "argument-count",
      'print(State.load("user", "tries", 3) + 1)',
      /default/,
      { tries: "5" },
      "6\n",
    ],
    ["argument-count", 'print(State:load("user", "theme"))', /State.load/, { theme: '"x"' }, "x\n"],
    ["unknown-member", 'print(State.get("user", "tries", 3))', /load/, {}, "3\n"],
    ["unknown-member", 'print(not State.has("user", "theme"))', /load/, { theme: "1" }, "false\n"],
    [
      "unknown-member",
      'print(not State.has("user", "theme"))',
      /load/,
      { theme: "false" },
      "false\n",
    ],
    [
      "unknown-member",
      'State.clear("user") print(#State.list_keys("user"))',
      /every/,
      { a1: "1" },
      "0\n",
    ],
  ])("%s: %s", async (rule, script, title, stored, output) => {
    const tried = `print(pcall(function() ${script} end) and "works" or "fails")`;
    const before = await ran(tried, stored);
    expect(before.output).toContain(
      rule === "argument-count" && !script.includes(":") ? "works" : "fails",
    );
    expect((await ran(await fixed(rule, script, title), stored)).output).toBe(output);
  });

  it("deletes instead of saving nil", async () => {
    const script = 'pcall(State.save, "app", "a1", nil) State.save("user", "theme", nil)';
    const after = await fixed(
      "unserializable-value",
      script.replace(/^pcall\(.*?\) /, ""),
      /State.delete/,
    );
    expect((await ran(after, { theme: "1" })).stored).toEqual({});
  });

  it("stores a reference instead of a secret", async () => {
    const after = await fixed(
      "plaintext-secret",
      'State.save("app", "login", {user = "ann", password = "hunter2"})',
      /reference/,
    );
    expect((await ran(after)).stored).toEqual({
      "app/login": { user: "ann", password: "vault://app/login/password" },
    });
  });
});
