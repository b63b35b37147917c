import { expect, test } from "vitest";
import { builtIndex, exact, pattern, temporaryFolder, useText } from "./folder.ts";

test("finds who reads and writes a key in all scripts", async () => {
  const folder = temporaryFolder({
    "a.lua": 'State.save("user", "theme", { dark = true })',
    "lib/b.lua": 'local function show(id)\n  return State.load("user", "profile:" .. id)\nend',
    "c.txt": 'State.save("user", "theme", 1)',
  });
  const index = await builtIndex(folder);
  expect(index.complete).toBe(true);
  expect(index.usesOf(exact("user"), exact("theme")).same.map(useText)).toEqual([
    "a.lua:1 save user/theme",
  ]);
  const { same, overlapping } = index.usesOf(exact("user"), exact("profile:7"));
  expect([same.length, overlapping.map(useText)]).toEqual([0, ["lib/b.lua:2 load user/profile:*"]]);
  expect(overlapping[0]).toMatchObject({ access: "read", function: "show", via: "direct" });
  expect(index.usesOf(exact("user"), pattern("profile:*")).same).toHaveLength(1);
});

test("follows wrappers through modules, several levels deep", async () => {
  const folder = temporaryFolder({
    "lib/cache.lua":
      'local M = {} function M.set(k, v) State.save("cache", "v1:" .. k, v) end return M',
    "lib/users.lua":
      'local cache = require("lib.cache") local M = {} function M.put(id, v) cache.set("user:" .. id, v) end return M',
    "main.lua": 'local users = require "lib.users"\nusers.put("7", {})',
  });
  const index = await builtIndex(folder);
  const { same } = index.usesOf(exact("cache"), exact("v1:user:7"));
  expect(same.map(useText)).toEqual(["main.lua:2 save cache/v1:user:7"]);
  expect(same[0]?.wrapper).toEqual({ name: "users.put", module: "lib.users" });
});

test("names the function around a use, wherever among the statements it stands", async () => {
  const folder = temporaryFolder({
    "a.lua": [
      'State.load("app", "first")',
      'local function one() State.load("app", "one") end',
      'State.load("app", "between")',
      "local M = {}",
      'function M.two() if M then State.load("app", "two") end end',
      'M.three = function() State.load("app", "three") end State.load("app", "last")',
    ].join("\n"),
  });
  const index = await builtIndex(folder);
  expect(index.usesIn("a.lua").map((use) => use.function)).toEqual([
    undefined,
    "one",
    undefined,
    "M.two",
    "M.three",
    undefined,
  ]);
});
