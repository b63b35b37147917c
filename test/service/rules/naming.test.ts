import { describe, expect, it } from "vitest";
import { configuration } from "../support/configuration.ts";
import { findings, passes, type RuleSetting, reports } from "../support/rule.ts";

const LONG = "n".repeat(256);

reports("invalid-namespace", [
  'State.save(⟦""⟧, "k1", 1)',
  'State.load(⟦"user data"⟧, "theme")',
  "State.load(⟦'user/123'⟧, 'theme')",
  'State.delete(⟦"user::1"⟧, "theme")',
  'State.list_keys(⟦":user"⟧)',
  'State.load(⟦"user:"⟧, "theme")',
  'State.load(⟦"caf\u00e9"⟧, "theme")',
  'State.load(⟦[[a\\b]]⟧, "theme")',
  `State.load(⟦"${LONG}"⟧, "theme")`,
  'local S = State S.load(⟦"a b"⟧, "theme")',
  'local NS <const> = "a b" State.load(⟦NS⟧, "theme")',
  'State.load(⟦"user " .. id⟧, "theme")',
  'State.load(⟦"user/" .. id .. "/x"⟧, "theme")',
  'State.agent_get(⟦"a b"⟧, "mood")',
  'pcall(State.load, ⟦"a b"⟧, "theme")',
]);

passes("invalid-namespace", [
  'State.load("user", "theme")',
  'State.load("user:123", "theme")',
  'State.load("a.b-c_d:E9", "theme")',
  'State.load("user:" .. id, "theme")',
  'State.load(id .. ":user", "theme")',
  "State.load(name, 'theme')",
  `State.load("${LONG.slice(1)}", "theme")`,
  'local State = require("other") State.load("a b", "theme")',
  'Store.load("a b", "theme")',
  'State.get("a b")',
  'State.agent_get("7", "mood")',
  "State.save(42, 'theme', 1)",
  'State.load("half typed',
  'State.create_backup("a b")',
  '-- State.load("a b", "theme")',
]);

reports("invalid-key", [
  'State.load("user", ⟦""⟧)',
  'State.load("user", ⟦"__meta"⟧)',
  'State.load("user", ⟦"$$meta"⟧)',
  'State.load("user", ⟦"a..b"⟧)',
  'State.load("user", ⟦"a//b"⟧)',
  'State.load("user", ⟦"a\\\\b"⟧)',
  'State.load("user", ⟦"a\\nb"⟧)',
  'State.load("user", ⟦"a\\0b"⟧)',
  'State.load("user", ⟦"a\\rb"⟧)',
  `State.load("user", ⟦"${LONG}"⟧)`,
  `State.load("user", ⟦"${"é".repeat(128)}"⟧)`,
  'State.load("user", ⟦"../" .. name⟧)',
  'State.load("user", ⟦"__" .. name⟧)',
  'State.load("user", ⟦base .. "//x"⟧)',
  'State.tool_set("7", ⟦"__x"⟧, 1)',
  'local function put(k, v) State.save("user", k, v) end put(⟦"a..b"⟧, 1)',
]);

passes("invalid-key", [
  'State.load("user", "profile:display_name")',
  'State.load("user", "a.b")',
  'State.load("user", "a/b")',
  'State.load("user", "a__b")',
  'State.load("user", "_private")',
  'State.load("user", "$price")',
  'State.load("user", "naïve key with spaces")',
  `State.load("user", "${"é".repeat(127)}")`,
  'State.load("user", name .. "__x")',
  'State.load("user", id)',
  'State.load("user", 12)',
  'State.load("user", "half__',
  'State.save("user", "ok", "__value")',
  'local State = {} State.load("user", "__x")',
]);

reports("vague-key", [
  'State.save("global", ⟦"n"⟧, "John")',
  'State.save("data", ⟦"temp123"⟧, {})',
  'State.save("data", ⟦"stuff"⟧, {})',
  'State.save("global", ⟦"everything"⟧, {})',
  'State.load("app", ⟦"data"⟧)',
  'State.load("app", ⟦"DATA"⟧)',
  'State.load("app", ⟦"tmp_1"⟧)',
  'State.load("app", ⟦"value"⟧)',
  'State.load("app", ⟦"misc"⟧)',
  'State.delete("app", ⟦"foo"⟧)',
  'State.load("app", ⟦"thing2"⟧)',
  'local K = "x" State.load("app", ⟦K⟧)',
]);

passes("vague-key", [
  'State.load("app", "temp_data")',
  'State.load("app", "user_data")',
  'State.load("app", "123")',
  'State.load("app", "2024-01-31")',
  'State.load("app", "config")',
  'State.load("app", "metadata")',
  'State.load("app", "database")',
  'State.load("app", "x:y")',
  'State.load("app", "chunk:" .. i)',
  'State.load("app", "v1.0.0")',
  'State.load("app", "profile:n")',
  'State.load("app", "temperature")',
  'State.load("app", "id")',
  'State.load("app", key)',
  'State.save("app", "theme", "data")',
  'local function put(k, v) State.save("app", "profile:" .. k, v) end put("data", 1)',
]);

reports("vague-key", [
  'State.load("app", ⟦"v"⟧)',
  'State.load("app", ⟦"key1"⟧)',
  'State.load("app", ⟦"V"⟧)',
]);

passes("vague-key", [
  'State.load("schema", "v1")',
  'State.load("schema", "v12")',
  'State.load("sales", "q3")',
  'State.load("latency", "p95")',
  'State.load("fonts", "h2")',
  'State.load("clouds", "s3")',
  'State.load("users", "u1")',
  'local id = "c_42" State.load("users", id)',
  'State.load("crypto", "public_key")',
]);

const LISTS: RuleSetting = {
  options: {
    configuration: configuration({
      nameLists: {
        allowedKeys: ["data", "tmp*", "both"],
        forbiddenKeys: ["old:*", "legacy", "both", "*_v1_*", "foo"],
        allowedNamespaces: ["data"],
        forbiddenNamespaces: ["global", "tmp*"],
      },
    }),
  },
};

reports(
  "vague-key",
  [
    'State.load("app", ⟦"stuff"⟧)',
    'State.load("app", ⟦"legacy"⟧)',
    'State.load("app", ⟦"old:profile:name"⟧)',
    'State.load("app", ⟦"old:"⟧)',
    'State.load("app", ⟦"both"⟧)',
    'State.load("app", ⟦"user_v1_name"⟧)',
    'State.load("app", ⟦"foo"⟧)',
  ],
  LISTS,
);

passes(
  "vague-key",
  [
    'State.load("app", "data")',
    'State.load("app", "tmp1")',
    'State.load("app", "older")',
    'State.load("app", "not:old:name")',
    'State.load("app", "legacy2")',
    'State.load("app", "Legacy")',
    'State.load("app", "user_v1")',
    'State.load("app", "old:" .. id)',
  ],
  LISTS,
);

reports(
  "vague-namespace",
  [
    'State.load(⟦"global"⟧, "theme")',
    'State.load(⟦"tmp:1"⟧, "theme")',
    'State.list_keys(⟦"stuff"⟧)',
  ],
  LISTS,
);

passes("vague-namespace", ['State.load("data", "theme")', 'State.load("globals", "theme")'], LISTS);

describe("lists of names in the setting", () => {
  const setting = (rules: unknown): RuleSetting => ({
    options: { ...LISTS.options, ruleSettings: rules },
  });

  it("take the place of those in the file, each by itself", async () => {
    const own = setting({ allowed_keys: ["stuff"] });
    expect(await findings("vague-key", 'State.load("app", "stuff")', own)).toEqual([]);
    expect(await findings("vague-key", 'State.load("app", "data")', own)).toHaveLength(1);
    expect(await findings("vague-key", 'State.load("app", "legacy")', own)).toHaveLength(1);
  });

  it("are passed over where they are no lists of texts", async () => {
    for (const odd of [{ allowed_keys: "stuff" }, { allowed_keys: [1] }, null, "off"]) {
      expect(await findings("vague-key", 'State.load("app", "data")', setting(odd))).toEqual([]);
    }
  });

  it("say which list a name is on", async () => {
    const [found] = await findings("vague-key", 'State.load("app", "legacy")', LISTS);
    expect(found?.message).toContain("forbidden_keys");
  });
});
