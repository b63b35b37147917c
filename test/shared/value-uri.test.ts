import fc from "fast-check";
import { expect, test } from "vitest";
import { keyFault } from "../../shared/src/names.ts";
import { parseValuePath, valuePath, valueUriText } from "../../shared/src/value-uri.ts";

test.each([
  ["user", "preferences", "/user/preferences.json"],
  ["user:42", "profile:ada", "/user:42/profile:ada.json"],
  ["cache", "api/users/1", "/cache/api%2Fusers%2F1.json"],
  ["cache", "100%2F", "/cache/100%252F.json"],
])("%s / %s is %s", (namespace, key, path) => {
  expect(valuePath({ namespace, key })).toBe(path);
  expect(parseValuePath(path)).toEqual({ namespace, key, form: "json" });
});

test("the same key has another document as Lua, whatever it ends in", () => {
  for (const key of ["preferences", "a.json", "a.lua"]) {
    const path = valuePath({ namespace: "user", key }, "lua");
    expect(path).toBe(`/user/${key}.lua`);
    expect(parseValuePath(path)).toEqual({ namespace: "user", key, form: "lua" });
  }
});

test("every allowed key comes back from its path, which has two segments", () => {
  const keys = fc.string({ unit: "grapheme", minLength: 1 }).filter((key) => !keyFault(key));
  fc.assert(
    fc.property(keys, (key) => {
      const path = valuePath({ namespace: "user", key });
      expect(path.split("/").length).toBe(3);
      expect(parseValuePath(path)).toEqual({ namespace: "user", key, form: "json" });
    }),
    { seed: 20261122, numRuns: 2_000 },
  );
});

test.each([
  "",
  "/",
  "/user",
  "/user/",
  "/user/.json",
  "/user/.lua",
  "/user/a/b.json",
  "/user/a.txt",
])("%j names no entry", (path) => {
  expect(parseValuePath(path)).toBeUndefined();
});

test.each([
  ["user", "preferences", "llmspell-state://0123abcd/user/preferences.json"],
  [
    "user:42",
    "a b/ü%😀",
    "llmspell-state://0123abcd/user%3A42/a%20b%252F%C3%BC%2525%F0%9F%98%80.json",
  ],
])("the URI of %s / %s", (namespace, key, uri) => {
  expect(valueUriText("0123abcd", { namespace, key })).toBe(uri);
  expect(parseValuePath(decodeURIComponent(new URL(uri).pathname))).toMatchObject({
    namespace,
    key,
  });
});
