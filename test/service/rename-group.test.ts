import { describe, expect, it } from "vitest";
import { renameEdits } from "../../server/src/service/rename/edits.ts";
import type { Renaming } from "../../server/src/service/rename/name.ts";
import { withEdits } from "./support/edits.ts";
import { scriptsAt, withMarks } from "./support/scripts.ts";

const RENAMING: Renaming = {
  of: "key",
  namespace: { kind: "exact", text: "user" },
  extent: "all",
  from: "profile:",
  to: "member:",
};

/** Why the changes in a script should be looked at; undefined of one that is certain. */
function doubts(fixture: string) {
  const { models } = scriptsAt(fixture);
  return [...models.values()].flatMap((model) =>
    renameEdits(model, RENAMING).map(({ doubt }) => doubt),
  );
}

/** Scripts after all that begins with `profile:` in `user` begins with `member:`; certain changes alone. */
function certain(fixture: string, renaming: Partial<Renaming> = {}) {
  const at = scriptsAt(fixture);
  return withMarks(at.texts, (file, text) => {
    const model = at.models.get(file);
    const edits = model === undefined ? [] : renameEdits(model, { ...RENAMING, ...renaming });
    return withEdits(
      text,
      edits.filter(({ doubt }) => doubt === undefined),
    );
  });
}

describe("a new beginning for all keys that begin so", () => {
  it.each([
    ['State.load("user", "profile:email‸")', 'State.load("user", "member:email")'],
    ['State.save("user", "profile:" .. id‸, 1)', 'State.save("user", "member:" .. id, 1)'],
    ['State.save("user", "profile:old:" .. id‸, 1)', 'State.save("user", "member:old:" .. id, 1)'],
    [
      'State.save("user", ("profile:%s"):format(id)‸, 1)',
      'State.save("user", ("member:%s"):format(id), 1)',
    ],
    ['State.load("other", "profile:email‸")', 'State.load("other", "profile:email")'],
    ['State.load("user", "profile‸")', 'State.load("user", "profile")'],
    ['State.load("user", "profiles:x‸")', 'State.load("user", "profiles:x")'],
    [
      'local P = "profile:" State.load("user", P .. id‸) ',
      'local P = "member:" State.load("user", P .. id) ',
    ],
    [
      'local function get(id) return State.load("user", "profile:" .. id) end get("x‸") get(y)',
      'local function get(id) return State.load("user", "member:" .. id) end get("x") get(y)',
    ],
    [
      'local function get(k) return State.load("user", k) end get("profile:x‸") get("profile:" .. y)',
      'local function get(k) return State.load("user", k) end get("member:x") get("member:" .. y)',
    ],
    [
      'local k = "profile:" .. id State.load("user", k‸) State.save("user", k, 1)',
      'local k = "member:" .. id State.load("user", k) State.save("user", k, 1)',
    ],
    [
      'State.load("user", string.format("profile:%s:x", id)‸)',
      'State.load("user", string.format("member:%s:x", id))',
    ],
    [
      'local k = ("profile:%d"):format(id) State.load("user", k‸)',
      'local k = ("member:%d"):format(id) State.load("user", k)',
    ],
    [
      'local P = "profile:" State.load("user", P .. "a"‸) State.load("user", P .. b)',
      'local P = "member:" State.load("user", P .. "a") State.load("user", P .. b)',
    ],
    ['agent‸() State.agent_get("x", "profile:a")', 'agent() State.agent_get("x", "profile:a")'],
  ])("%s", (before, after) => {
    expect(certain(before)).toBe(after);
  });

  it.each([
    ['local P = "profile:" print(P) State.load("user", P .. x‸)', ["constant"]],
    ['local P = "profile:" local k = P .. x State.load("user", k‸) print(P)', ["constant"]],
    ['for _, k in ipairs({"profile:a", "b"}) do State.load("user", k‸) end', ["constant"]],
    ['State.load(ns .. "r", "profile:" .. x‸)', ["namespace"]],
    [
      'local function get(ns, x) return State.load(ns, "profile:" .. x) end get("user", 1‸) get("app", 2)',
      ["namespace"],
    ],
    ['local a = "pro" State.load("user", a .. "file:x"‸)', ["computed"]],
    ['State.load("user", "pro" .. x‸)', []],
  ])("asks about %s", (script, expected) => {
    expect(doubts(script)).toEqual(expected);
  });

  it("refuses what a function adds a part of", () => {
    const script = 'local function get(k) return State.load("user", "pro" .. k) end get("file:x‸")';
    expect(() => certain(script)).toThrow('puts "pro" before');
  });

  it("gives keys no beginning at all, and percent signs their escape in formats", () => {
    expect(certain('State.load("user", "profile:" .. id‸)', { to: "" })).toBe(
      'State.load("user", "" .. id)',
    );
    expect(certain('State.load("user", ("profile:%d"):format(id)‸)', { to: "100%:" })).toBe(
      'State.load("user", ("100%%:%d"):format(id))',
    );
  });
});
