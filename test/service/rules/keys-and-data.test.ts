import { describe, expect, it } from "vitest";
import {
  type FindSecrets,
  findSecrets,
} from "../../../server/src/service/sensitive/find-secrets.ts";
import { configuration } from "../support/configuration.ts";
import { findings, fixed, passes, reports } from "../support/rule.ts";
import { scriptsOf } from "../support/scripts.ts";

reports("vague-namespace", [
  'State.save(⟦"data"⟧, "theme", 1)',
  'State.load(⟦"stuff"⟧, "theme")',
  "State.load(⟦'misc'⟧, 'theme')",
  'State.list_keys(⟦"x"⟧)',
  'State.load(⟦"data1"⟧, "theme")',
  'State.load(⟦"Data"⟧, "theme")',
  'State.delete(⟦"foo"⟧, "theme")',
  'State.load(⟦"things"⟧, "theme")',
  'State.load(⟦"everything"⟧, "theme")',
  'local NS = "stuff" State.load(⟦NS⟧, "theme")',
  'State.load(⟦"values"⟧, "theme")',
  'State.load(⟦[[junk]]⟧, "theme")',
]);

passes("vague-namespace", [
  'State.load("user", "theme")',
  'State.load("global", "theme")',
  'State.load("temp", "theme")',
  'State.load("test", "theme")',
  'State.load("cache", "theme")',
  'State.load("user_data", "theme")',
  'State.load("data:7", "theme")',
  'State.load("metadata", "theme")',
  'State.load("database", "theme")',
  'State.load("app", "data")',
  'State.agent_get("x", "theme")',
  "State.load(data, 'theme')",
  'State.load("system", "theme")',
]);

it("a flat key is renamed in scripts and data, one with a computed rest by nobody", async () => {
  const script =
    'State.load("user", "profile_name", State.load("user", "profile_mail"), State.load("user", "profile_age"))';
  const [found] = await findings("flat-key", script);
  expect(found?.fixes[0]).toEqual({
    title: 'Rename "profile_name" to "profile:name" in scripts and stored data...',
    changes: [],
    rename: { namespace: "user", key: "profile_name", to: "profile:name" },
  });
  const [computed] = await findings("flat-key", 'State.load("user", "profile_" .. id)');
  expect(computed?.fixes.map(({ title }) => title)).toEqual(["Silence flat-key on this line"]);
});

reports("flat-key", [
  'State.load("user", ⟦"user_" .. id⟧)',
  'State.load("user", ⟦"user-" .. id⟧)',
  'State.load("user", ⟦"user." .. id⟧)',
  'State.save("user", ⟦"order_" .. n⟧, 1)',
  'State.delete("user", ⟦"session_" .. id⟧)',
  'State.load("user", ⟦string.format("user_%s", id)⟧)',
  'State.load("u", ⟦"profile_name"⟧) State.load("u", ⟦"profile_email"⟧) State.load("u", ⟦"profile_phone"⟧)',
  'State.load("u", ⟦"api.users"⟧) State.load("u", ⟦"api.posts"⟧) State.load("u", ⟦"api.tags"⟧)',
  'State.save("u", ⟦"ui-theme"⟧, 1) State.save("u", ⟦"ui-font"⟧, 1) State.save("u", ⟦"ui-size"⟧, 1)',
  'State.load("u", ⟦"profile_name"⟧) State.load("u", ⟦"profile_email"⟧) State.load("u", ⟦"profile_email"⟧) State.load("u", ⟦"profile_age"⟧)',
  'local S = State S.load("user", ⟦"user_" .. id⟧)',
  'State.tool_get("7", ⟦"call_" .. n⟧)',
]);

passes("flat-key", [
  'State.load("user", "user:" .. id)',
  'State.load("user", id .. "_user")',
  'State.load("user", os.time() .. "_" .. id)',
  'State.load("user", "profile_name")',
  'State.load("user", "profile_name") State.load("user", "profile_email")',
  'State.load("a1", "profile_name") State.load("b1", "profile_email") State.load("c1", "profile_age")',
  'State.load("user", "theme") State.load("user", "language") State.load("user", "font")',
  'State.load("user", "profile:name") State.load("user", "profile:email") State.load("user", "profile:age")',
  'State.load("user", "_" .. id)',
  'State.load("user", "a:b_" .. id)',
  'State.load("user", "v1.0") State.load("user", "v1.1") State.load("user", "v1.2")',
  'State.load("user", "user_" .. id .. ":name")',
  'State.load("user_" .. id, "theme")',
]);

const three =
  'State.load("u", "first_name") State.load("u", "last_name") State.load("u", "home_town") ';

reports("inconsistent-key-style", [
  `${three}State.load("u", ⟦"phoneNumber"⟧)`,
  `${three}State.load("u", ⟦"phone-number"⟧)`,
  `${three}State.save("u", ⟦"phoneNumber"⟧, 1) State.load("u", ⟦"phoneNumber"⟧)`,
  `State.load("u", ⟦"phoneNumber"⟧) ${three}`,
  `${three}State.load("u", ⟦"profile:phoneNumber"⟧)`,
  `${three}State.load("u", "theme") State.load("u", ⟦"phoneNumber"⟧)`,
  'State.load("u", "firstName") State.load("u", "lastName") State.load("u", "homeTown") State.load("u", ⟦"phone_number"⟧)',
  'State.load("u", "first-name") State.load("u", "last-name") State.load("u", "home-town") State.load("u", ⟦"phone_number"⟧)',
  `local S = State ${three}S.load("u", ⟦"phoneNumber"⟧)`,
  `${three}State.delete("u", ⟦"phoneNumber"⟧)`,
  `local function f() ${three}end State.load("u", ⟦"phoneNumber"⟧)`,
  `${three}local K = "phoneNumber" State.load("u", ⟦K⟧)`,
]);

passes("inconsistent-key-style", [
  three,
  'State.load("u", "first_name") State.load("u", "lastName")',
  'State.load("u", "first_name") State.load("u", "last_name") State.load("u", "phoneNumber")',
  `${three}State.load("v", "phoneNumber")`,
  `${three}State.load("u", "theme") State.load("u", "API")`,
  `${three}State.load("u", "2024-01-31")`,
  `${three}State.load("u", "a_b:cD")`,
  `${three}State.load("u", prefix .. "phoneNumber")`,
  `${three}State.load("u", "phoneNumber") State.load("u", "zipCode")`,
  `${three}print("phoneNumber")`,
  `${three}State.load("u", "Title")`,
  `${three}Other.load("u", "phoneNumber")`,
]);

const secret = (value: string, key = "api_key") => `State.save("auth", "${key}", ${value})`;
const reference = `"$${"{"}API_KEY}"`;

reports("plaintext-secret", [
  'State.save("app", "alerts", {webhook = ⟦"https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx"⟧})',
  'local function put(user, password) State.save("users", "password:" .. user, password) end put("ann", ⟦"hunter2"⟧)',
  'State.save("app", "header", ⟦"Basic YW5uOmh1bnRlcjIxMjM0"⟧)',
  'State.save("app", "bot", ⟦"123456789:AAabcdefghijklmnopqrstuvwxyz0123456"⟧)',
  'State.save("app", "mailer", ⟦"SG.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"⟧)',
  'State.save("app", "storage", ⟦"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMN=="⟧)',
  secret('⟦"sk-1234567890"⟧'),
  secret('⟦"hunter2"⟧', "password"),
  secret('⟦os.getenv("OPENAI_API_KEY")⟧'),
  secret('⟦os.getenv("X") or "none"⟧', "token"),
  'State.save("config", "openai", ⟦os.getenv("OPENAI_API_KEY")⟧)',
  'State.save("app", "login", {user = "a", password = ⟦"hunter2"⟧})',
  'State.save("app", "login", {db = {credentials = {pass = ⟦"hunter2"⟧}}})',
  'State.save("app", "note", ⟦"ghp_abcdefghijklmnopqrstuvwxyz012345"⟧)',
  'State.save("app", "database", ⟦"postgres://app:hunter2@db/app"⟧)',
  'local key = "sk-1234567890" State.save("app", "setup", ⟦key⟧)',
  'local key = os.getenv("X") State.save("auth", "secret", ⟦key⟧)',
  'State.save("secrets", "github", ⟦"abc123"⟧)',
  'State.agent_set("7", "accessToken", ⟦"abc123"⟧)',
  'State.save("user", "token:" .. id, ⟦"abc123"⟧)',
  'State.save("app", "setup", {["api-key"] = ⟦"abc123"⟧})',
  "local S = State S.save('auth', 'pwd', ⟦'abc123'⟧)",
]);

reports("plaintext-secret", [
  'State.save("app", "db", {user = "app", pass = ⟦"s3cr3t!"⟧})',
  'State.save("app", "smtp_pass", ⟦"letmein"⟧)',
  'State.save("app", "dbPass", ⟦"letmein"⟧)',
  'State.save("app", "secret_openai", ⟦"letmein"⟧)',
  'State.save("app", "url", ⟦os.getenv("DATABASE_URL")⟧)',
  'State.save("app", "hook", ⟦os.getenv("SLACK_WEBHOOK_URL") or ""⟧)',
]);

passes("plaintext-secret", [
  'State.save("game", "secret_santa", "Bob")',
  'local cache local function get() cache = cache or State.load("m1", "c1") end State.save("m1", "c1", cache)',
  'State.save("game", "level", {secret_word = "apple", secret_ending = "seen", secretRoom = "cellar"})',
  'State.save("test", "report", {pass = "yes", fail = "no"})',
  'State.save("test", "pass", "all-green")',
  'State.save("test", "pass", "2026-01-02")',
  'State.save("travel", "boarding_pass", "gate12")',
  'State.save("app", "base", os.getenv("BASE_URL"))',
  'State.save("app", "docs", os.getenv("DATABASE_DOCS_URL"))',
]);

passes("plaintext-secret", [
  'State.save("i18n", "form", {password = "Passwort", token = "Token"})',
  'State.save("app", "labels:de", {password = "Passwort"})',
  'State.save("ui", "login", {placeholders = {password = "at least 12 letters"}})',
  'State.save("app", "note", "Basic knowledge")',
  'local function put(user, password) State.save("users", "password:" .. user, password) end put("ann", typed)',
  secret('"vault://keys/api_key"'),
  secret(reference),
  secret('"changeme"', "password"),
  secret('"<your key>"'),
  secret('""'),
  secret("key"),
  secret("encrypt(key)"),
  secret('"vault://keys/api_key"', "api_key_ref"),
  'State.save("book", "author", "Ann")',
  'State.save("chat", "token_count", "12")',
  'State.save("chat", "tokens_used", 12)',
  'State.save("user", "password_hint", "first pet")',
  'State.save("llm", "max_tokens", 100)',
  'State.save("user", "password_hash", "5f4dcc3b")',
  'State.save("auth", "has_password", "yes")',
  'State.save("app", "home", os.getenv("HOME"))',
  'State.load("auth", "api_key")',
  'State.save("app", "theme", "dark")',
  'print("sk-1234567890")',
  'State.save("docs", "link", "https://example.com/a@b")',
]);

const known: FindSecrets = async (text) =>
  Array.from(text.matchAll(/key-of-mine-\d+/g), ({ index, 0: { length } }) => {
    return { kind: "a key of mine", start: index, end: index + length };
  });

reports(
  "plaintext-secret",
  [
    'State.save("app", "a1", ⟦"key-of-mine-0123"⟧)',
    'State.save("app", "a1", {"dark and long, without any", ⟦"key-of-mine-0123"⟧})',
    'State.save("app", "api_key", ⟦"key-of-mine-0123"⟧)',
    'State.save("app", "a1", ⟦"key-of-mine-0123"⟧) State.save("app", "a2", ⟦"see key-of-mine-4567"⟧)',
  ],
  { options: { secrets: known } },
);

passes(
  "plaintext-secret",
  [
    'State.save("app", "a1", "key-of-mine-none at all 0123456789abcdef")',
    'State.save("app", "a1", "vault://key-of-mine") State.save("app", "a2", "0123456789abcdef")',
    'State.load("app", "key-of-mine-0123")',
  ],
  { options: { secrets: known } },
);

describe("plaintext-secret beside secretlint", () => {
  const text = [
    'State.save("app", "note", {"see https://ann:hunter2pass@example.com/x", "plain words"})',
    `State.save("app", "remote", "https://ann:$${"{"}PASSWORD}@example.com/x")`,
    `State.save("app", "ci", "glpat-${"abcdefghij0123456789"}")`,
    `State.save("app", "cloud", "//registry.npmjs.org/:_authToken=npm_${"a1b2c3".repeat(6)}")`,
  ].join("\n");

  it("finds what the preset finds, each text once", async () => {
    const options = { secrets: findSecrets };
    const found = await findings("plaintext-secret", text, { options });
    expect(found.map(({ span }) => text.slice(0, span.start).split("\n").length)).toEqual([
      1, 3, 4,
    ]);
    for (const { message } of found) expect(message).not.toMatch(/hunter2|glpat|npm_/);
  });

  it("asks once for all texts, and only where one may hold a secret", async () => {
    const asked: string[] = [];
    const secrets: FindSecrets = async (all) => {
      asked.push(all);
      const start = all.indexOf("0123456789abcdef");
      return [{ kind: "a special key", start, end: start + 16 }];
    };
    const plain =
      'State.save("app", "a1", "dark") State.save("app", "a2", "some longer words here")';
    expect(await findings("plaintext-secret", plain, { options: { secrets } })).toEqual([]);
    expect(asked).toEqual([]);
    const two = `${plain} State.save("app", "a3", "0123456789abcdeX0") State.save("app", "a4", "0123456789abcdef")`;
    const found = await findings("plaintext-secret", two, { options: { secrets } });
    expect(asked).toHaveLength(1);
    expect(found.map(({ span }) => two.slice(span.start, span.end))).toEqual([
      '"0123456789abcdef"',
    ]);
    expect(found[0]?.message).toContain("A special key is stored as plain text");
  });
});

describe("plaintext-secret", () => {
  it("never repeats the secret", async () => {
    const [found] = await findings("plaintext-secret", secret('"sk-1234567890"'));
    expect(JSON.stringify(found)).not.toContain("1234567890");
    expect(found?.message).toContain("An API key is stored as plain text");
  });

  it("offers a reference", async () => {
    expect(
      await fixed("plaintext-secret", secret('"sk-1234567890"'), "Replace by a reference"),
    ).toBe(secret('"vault://auth/api_key"'));
  });
});

const stored = {
  user: { theme: '"dark"', visits: "3", tags: '["a"]', prefs: "{}", on: "true", empty: "[]" },
};

reports(
  "type-change",
  [
    'State.save("user", "theme", ⟦1⟧)',
    'State.save("user", "theme", ⟦{}⟧)',
    'State.save("user", "theme", ⟦true⟧)',
    'State.save("user", "visits", ⟦"3"⟧)',
    'State.save("user", "visits", ⟦{n = 3}⟧)',
    'State.save("user", "tags", ⟦"a"⟧)',
    'State.save("user", "tags", ⟦{a = true}⟧)',
    'State.save("user", "prefs", ⟦{"a"}⟧)',
    'State.save("user", "on", ⟦"true"⟧)',
    'State.save("user", "on", ⟦1⟧)',
    'local v = "x" State.save("user", "visits", ⟦v⟧)',
    'local S = State S.save("user", "theme", ⟦1⟧)',
  ],
  { stored },
);

passes(
  "type-change",
  [
    'State.save("user", "theme", "light")',
    'State.save("user", "visits", 4)',
    'State.save("user", "visits", 4.5)',
    'State.save("user", "tags", {"b"})',
    'State.save("user", "tags", {})',
    'State.save("user", "prefs", {a = 1})',
    'State.save("user", "on", false)',
    'State.save("user", "theme", theme)',
    'State.save("user", "new", 1)',
    'State.save("user", "theme:" .. id, 1)',
    'State.save("user:1", "theme", 1)',
    'State.save("user", "tags", {...})',
    'State.save("user", "tags", {[k] = 1})',
    'State.load("user", "theme")',
  ],
  { stored },
);

const { workspace } = scriptsOf({
  "writer.lua": [
    'State.save("app", "title", "Demo")',
    'State.save("app", "limit", 10 * n)',
    'State.save("app", "limits", {max = 1})',
    'State.save("app", "hosts", {"a", "b"})',
    'State.save("app", "open", {[k] = 1})',
    'State.save("app", "ready", false)',
    'State.save("app", "made", make())',
    'State.save("app", "colour_scheme", "dark")',
    'State.load("app", "line_hight")',
  ].join("\n"),
});
const elsewhere = { options: { workspace } };

reports(
  "type-change",
  [
    'State.save("app", "title", ⟦1⟧)',
    'State.save("app", "limit", ⟦"10"⟧)',
    'State.save("app", "limits", ⟦{1, 2}⟧)',
    'State.save("app", "hosts", ⟦{a = 1}⟧)',
    'State.save("app", "hosts", ⟦"a,b"⟧)',
    'State.save("own", "size", 1) State.save("own", "size", ⟦"1"⟧)',
    'State.save("own", "size", {a = 1}) State.save("own", "size", ⟦{1}⟧)',
  ],
  elsewhere,
);

passes(
  "type-change",
  [
    'State.save("app", "title", "Other")',
    'State.save("app", "limit", 3)',
    'State.save("app", "limits", {})',
    'State.save("app", "hosts", {})',
    'State.save("app", "open", {1})',
    'State.save("app", "ready", "yes")',
    'State.save("app", "title", false)',
    'State.save("app", "made", 1)',
    'State.save("own", "size", 1) State.save("own", "size", 2.5)',
    'State.save("own", "list", {}) State.save("own", "list", {1})',
    'State.save("own", "user", false) State.save("own", "user", "ann")',
    'State.save("own", "size", 1) State.save("own", "sizes", "1") State.save("own:1", "size", "1")',
  ],
  elsewhere,
);

reports(
  "unknown-key",
  [
    'State.load("app", ⟦"titel"⟧)',
    'State.load("app", ⟦"colourScheme"⟧)',
    'State.save("own", "line_height", 1) State.load("own", ⟦"line_hieght"⟧)',
  ],
  elsewhere,
);

reports("unknown-key", [
  'State.save("own", "line_height", 1) State.load("own", ⟦"line_hieght"⟧)',
  'State.load("own", ⟦"line_hieght"⟧) local S = State S.save("own", "line_height", 1)',
]);

passes("unknown-key", [
  'State.save("other", "line_height", 1) State.load("own", "line_hieght")',
  'State.load("own", "line_height") State.load("own", "line_hieght")',
  'State.save(ns, "line_height", 1) State.load("own", "line_hieght")',
]);

passes("unknown-key", ['State.save("own", "line_height", 1) State.load("own", "line_hieght")'], {
  options: { workspace: { ...workspace, complete: false } },
});

it("a key that only other loads name is no suggestion", async () => {
  const [found] = await findings("unknown-key", 'State.load("app", "line_height")', elsewhere);
  expect(found?.message).not.toContain("Did you mean");
});

it("a slip away from a key that a script saves is a warning with a fix", async () => {
  const options = { workspace, ruleSettings: {} };
  const script = 'State.load("app", "titel")';
  const [found] = await findings("unknown-key", script, { options });
  expect(found?.severity).toBe("warning");
  expect(await fixed("unknown-key", script, 'Change to "title"', { options })).toBe(
    'State.load("app", "title")',
  );
});

const keys = {
  stored: {
    user: { theme: "1", preferences: "1", "profile:email": "1", display_name: "1", item1: "1" },
  },
};

reports(
  "unknown-key",
  [
    'State.load("user", ⟦"themes"⟧)',
    'State.load("user", ⟦"preferencs"⟧)',
    'State.load("user", ⟦"prefrences"⟧)',
    'State.load("user", ⟦"profile:emial"⟧)',
    'State.load("user", ⟦"displayName"⟧)',
    'State.load("user", ⟦"display-name"⟧)',
    'State.load("user", ⟦"Theme"⟧)',
    "State.load('user', ⟦'thme'⟧)",
    'local S = State S.load("user", ⟦"thmee"⟧)',
    'local K = "preferencess" State.load("user", ⟦K⟧)',
    'if State.load("user", ⟦"themes"⟧) then end',
    'State.save("user", "other", 1) State.load("user", ⟦"themes"⟧)',
  ],
  keys,
);

passes(
  "unknown-key",
  [
    'State.load("user", "theme")',
    'State.load("user", "unrelated")',
    'State.load("user", "item2")',
    'State.load("user", key)',
    'State.load("user", "them" .. x)',
    'State.load("other", "themes")',
    'State.load("user", "themes") State.save("user", "themes", 1)',
    'State.save("user", k, 1) State.load("user", "themes")',
    'State.save("user", "them" .. x, 1) State.load("user", "themes")',
    'State.save("user", "themes", 1)',
    'State.delete("user", "themes")',
    'State.load("user", "half',
    'local function put(k, v) State.save("user", k, v) end put("themes", 1) State.load("user", "themes")',
  ],
  keys,
);

describe("unknown-key", () => {
  it("corrects by a fix", async () => {
    expect(
      await fixed("unknown-key", 'State.load("user", "themes")', 'Change to "theme"', keys),
    ).toBe('State.load("user", "theme")');
  });

  it("is a warning by itself, and what is chosen otherwise", async () => {
    const script = 'State.load("user", "themes")';
    const own = await findings("unknown-key", script, { ...keys, options: { ruleSettings: {} } });
    expect(own.map(({ severity }) => severity)).toEqual(["warning"]);
    const options = {
      ruleSettings: {},
      configuration: configuration({ rules: { "unknown-key": "hint" } }),
    };
    const chosen = await findings("unknown-key", script, { ...keys, options });
    expect(chosen.map(({ severity }) => severity)).toEqual(["hint"]);
  });
});
