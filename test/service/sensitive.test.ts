import { describe, expect, it } from "vitest";
import { parseValue } from "../../server/src/engine/values/parse.ts";
import { printValue } from "../../server/src/engine/values/print.ts";
import { changePreview, previewLine, readEntry } from "../../server/src/service/present-entry.ts";
import { maskValue } from "../../server/src/service/sensitive/mask.ts";
import { isSecretName } from "../../server/src/service/sensitive/names.ts";
import {
  isPlaceholder,
  isReference,
  secretShape,
} from "../../server/src/service/sensitive/shapes.ts";
import { viewOf } from "./support/view.ts";

/** The text by which a configuration names an environment variable. */
const variable = (name: string) => `$${"{"}${name}}`;

describe("names of secrets", () => {
  it.each(
    (
      "api_key apiKey APIKey apikey API-KEY OPENAI_API_KEY openai.api_key secret client_secret secrets " +
      "password user_password passwd pwd token access_token accessToken auth_token bearer_token " +
      "refresh_tokens private_key ssh-private-key credential credentials awsCredentials authorization " +
      "Authorization password_reset_token user:password api_key_2 token1 passphrase"
    ).split(" "),
  )("%s", (name) => expect(isSecretName(name)).toBe(true));

  it.each(
    (
      "author authors authority auth authenticated token_count tokens_used tokens max_tokens password_hint " +
      "total_tokens has_password password_length token_limit key keys keyboard monkey public_key secretary " +
      "passwordless api_key_ref tokenizer next_page_token stop_token eos_token max_token token_type " +
      "password_changed_at api_endpoint keynote pwdump compass"
    ).split(" "),
  )("not %s", (name) => expect(isSecretName(name)).toBe(false));
});

describe("shapes of secrets", () => {
  it.each([
    ["sk-1234567890"],
    ["sk-proj-abcDEF123_456-789xyz"],
    ["key: ghp_abcdefghijklmnopqrstuvwxyz012345 and more"],
    ["AKIAIOSFODNN7EXAMPLE"],
    ["xoxb-123456789012-abcdef"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE"],
    ["postgres://app:hunter2@db.example.com/app"],
    ["Bearer abcdef0123456789abcdef"],
  ])("%s", (text) => expect(secretShape(text)).toBeDefined());

  it.each([
    ["task-1234567890"],
    ["risk-assessment2024"],
    ["sk-learn"],
    ["https://example.com:8080/a@b"],
    ["postgres://app@db/app"],
    [`postgres://app:${variable("DB_PASSWORD")}@db/app`],
    ["-----BEGIN PUBLIC KEY-----"],
    ["eyJ is how JSON begins in base64"],
    ["Bearer of bad news"],
    ["vault://keys/api_key"],
    ["dark"],
  ])("not %s", (text) => expect(secretShape(text)).toBeUndefined());

  it("takes no time over hostile text", () => {
    for (const piece of ["a.", "eyJ-", "sk-", "x:/", "Bearer ", "://:", "eyJaaaaa"]) {
      expect(secretShape(piece.repeat(100_000))).toBeUndefined();
    }
  });

  it.each([
    "vault://keys/api_key",
    variable("OPENAI_API_KEY"),
    "env:KEY",
    "op://vault/item",
    "$KEY",
  ])("%s is a reference", (text) => expect(isReference(text)).toBe(true));
  it.each(["changeme", "", "xxxx", "****", "<your key>", "your-api-key", "YOUR_TOKEN", "TODO"])(
    "%j is a placeholder",
    (text) => expect(isPlaceholder(text)).toBe(true),
  );
});

describe("masking", () => {
  const masked = (namespace: string, key: string, json: string) =>
    printValue(maskValue(namespace, key, parseValue(json)).value);
  const M = '"••••••••"';

  it.each([
    ["auth", "api_key", '"abc"', M],
    ["auth", "api_key", "12345", M],
    ["auth", "api_key", "true", "true"],
    ["auth", "api_key", '"vault://keys/api_key"', '"vault://keys/api_key"'],
    ["auth", "api_key", `"${variable("API_KEY")}"`, `"${variable("API_KEY")}"`],
    ["secrets", "db", '{"user":"a","n":1.5}', `{"user":${M},"n":${M}}`],
    [
      "user",
      "a",
      '{"name":"John","password":"p","token_count":3}',
      `{"name":"John","password":${M},"token_count":3}`,
    ],
    [
      "user",
      "a",
      '{"login":{"credentials":["a",["b"]]}}',
      `{"login":{"credentials":[${M},[${M}]]}}`,
    ],
    ["user", "a", '["x","ghp_abcdefghijklmnopqrstuvwxyz012345"]', `["x",${M}]`],
    ["user", "a", '{"author":"A","password_hint":"pet"}', '{"author":"A","password_hint":"pet"}'],
  ])("%s/%s %s", (namespace, key, json, expected) => {
    expect(masked(namespace, key, json)).toBe(expected);
  });

  it("gives the value itself when nothing is masked", () => {
    const value = parseValue('{"a":1}');
    expect(maskValue("user", "a", value)).toEqual({ value, masked: false });
  });
});

describe("entries as the client sees them", () => {
  const entry = async (key: string, value: string) => {
    const found = await viewOf({ auth: { [key]: value } }).entry("auth", key);
    if (found === undefined) throw new Error("not stored");
    return found;
  };

  it("reveals only when asked", async () => {
    const stored = await entry("login", '{"password":"p"}');
    expect(readEntry(stored, { reveal: false })).toMatchObject({
      value: '{\n  "password": "••••••••"\n}',
      masked: true,
    });
    expect(readEntry(stored, { reveal: true })).toMatchObject({
      value: '{\n  "password": "p"\n}',
      masked: false,
    });
  });

  it("shows how a huge value begins, masked, without reading all of it", async () => {
    const text = "Call me Ishmael. ".repeat(4_000);
    expect(previewLine(await entry("big", JSON.stringify([text])))).toBe(
      '68 kB: ["Call me Ishmael. Call me Ishmael. Call me Ishmael. Call me Ishmael. Call me I…',
    );
    const secret = { url: "postgres://ada:geheim@db/x", password: text, text };
    const stored = await entry("big", JSON.stringify(secret));
    const cut = { ...stored, value: stored.value.slice(0, 4_000) };
    expect(previewLine(cut)).toBe(previewLine(stored));
    expect(previewLine(cut)).not.toMatch(/geheim|Ishmael/);
    expect(previewLine({ ...stored, value: "" })).toBe("object of 136.1 kB");
    const token = JSON.stringify({ token: "x".repeat(600), more: [1, 2] });
    expect(previewLine(await entry("long", token))).toBe('{"token": "••••••••"}…');
  });

  it("shows the place where two long values differ", () => {
    const value = (theme: string) =>
      JSON.stringify({ token: "t", notes: "n".repeat(3_000), theme, more: "m".repeat(100) });
    const head = { op: "save" as const, namespace: "user", key: "preferences" };
    const { before, after } = changePreview({
      ...head,
      before: value("dark"),
      after: value("dim"),
    });
    expect(before).toMatch(/^…n+", "theme": "dark", "more": "m+…$/);
    expect(after).toMatch(/^…n+", "theme": "dim", "more": "m+…$/);
  });

  it("masks both sides of a change", () => {
    const head = {
      op: "save" as const,
      namespace: "auth",
      key: "token",
      revision: 1,
      at: 1,
      origin: "cli",
    };
    expect(changePreview({ ...head, before: '"a"', after: '"b"' })).toEqual({
      op: "save",
      namespace: "auth",
      key: "token",
      before: '"••••••••"',
      after: '"••••••••"',
    });
  });
});
