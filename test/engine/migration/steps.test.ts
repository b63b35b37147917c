import { describe, expect, it } from "vitest";
import { bench, fill } from "./support.ts";

/** What one step makes of the entries. */
async function migrated(step: string, ...lines: readonly string[]): Promise<readonly string[]> {
  const { engine, files, entries } = bench();
  files({ "1.0.0__2.0.0.toml": `[[step]]\n${step}\n` });
  await fill(engine, ...lines);
  await engine.migrate("2.0.0");
  expect(await engine.schemaVersion()).toBe("2.0.0");
  return entries();
}

describe("a step of a migration", () => {
  it("renames a namespace, by pattern or not", async () => {
    const step = 'action = "rename-namespace"\nnamespace = "user:*"\nto = "account:*:profile"';
    expect(await migrated(step, "user:1/a=1", "user:2/b=2", "users/c=3")).toEqual([
      "account:1:profile/a=1",
      "account:2:profile/b=2",
      "users/c=3",
    ]);
  });

  it("renames keys, and takes a star that is escaped as a star", async () => {
    const step =
      "action = 'rename-keys'\nnamespace = 'user'\nkey = 'name:*'\nto = 'profile:*:name'";
    expect(await migrated(step, "user/name:1=1", "user/nam=2", "other/name:1=3")).toEqual([
      "other/name:1=3",
      "user/nam=2",
      "user/profile:1:name=1",
    ]);
    const escaped = "action = 'rename-keys'\nnamespace = 'a'\nkey = '\\*'\nto = 'star'";
    expect(await migrated(escaped, "a/*=1", "a/x=2")).toEqual(["a/star=1", "a/x=2"]);
  });

  it("swaps names", async () => {
    const step = [
      "action = 'rename-keys'\nnamespace = 'a'\nkey = 'x'\nto = 'tmp'",
      "action = 'rename-keys'\nnamespace = 'a'\nkey = 'y'\nto = 'x'",
      "action = 'rename-keys'\nnamespace = 'a'\nkey = 'tmp'\nto = 'y'",
    ].join("\n[[step]]\n");
    expect(await migrated(step, "a/x=1", "a/y=2")).toEqual(["a/x=2", "a/y=1"]);
  });

  it("drops keys", async () => {
    const step = "action = 'drop-keys'\nnamespace = 'temp*'\nkey = 'cache:*'";
    expect(await migrated(step, "temp/cache:1=1", "temp:x/cache:=2", "temp/other=3")).toEqual([
      "temp/other=3",
    ]);
  });

  it("renames a field in its place, also in elements of arrays", async () => {
    const step = "action = 'rename-field'\nnamespace = 'd'\nfield = 'old'\nto = 'new'";
    expect(await migrated(step, 'd/a={"x":1,"old":2.0,"y":3}', 'd/b="old"', "d/c=[1]")).toEqual([
      'd/a={"x":1,"new":2.0,"y":3}',
      'd/b="old"',
      "d/c=[1]",
    ]);
    const each = "action = 'rename-field'\nnamespace = '*'\nfield = 'items[].p'\nto = 'price'";
    expect(await migrated(each, 'd/a={"items":[{"p":1},{"q":2},3]}')).toEqual([
      'd/a={"items":[{"price":1},{"q":2},3]}',
    ]);
  });

  it("moves a field, making the objects on the way", async () => {
    const step =
      "action = 'move-field'\nnamespace = 'u'\nfield = 'theme'\nto = 'settings.look.theme'";
    expect(await migrated(step, 'u/a={"theme":"dark","n":1}')).toEqual([
      'u/a={"n":1,"settings":{"look":{"theme":"dark"}}}',
    ]);
  });

  it("sets a field where it is missing", async () => {
    const step =
      "action = 'default-field'\nnamespace = 'u'\nfield = 's.langs'\nvalue = ['en', 1, 1.0]";
    expect(await migrated(step, "u/a={}", 'u/b={"s":{"langs":false}}', "u/c=[]")).toEqual([
      'u/a={"s":{"langs":["en",1,1.0]}}',
      'u/b={"s":{"langs":false}}',
      'u/c={"s":{"langs":["en",1,1.0]}}',
    ]);
  });

  it.each([
    ["integer", '"42"', "42"],
    ["integer", "42.0", "42"],
    ["integer", "true", "1"],
    ["float", "1", "1.0"],
    ["float", '"2.5e3"', "2500.0"],
    ["string", "9223372036854775807", '"9223372036854775807"'],
    ["string", "3.0", '"3.0"'],
    ["boolean", '"true"', "true"],
    ["boolean", "0", "false"],
    ["array", '{"a":1}', '[{"a":1}]'],
    ["array", "[1]", "[1]"],
  ])("converts to %s: %s becomes %s", async (to, from, result) => {
    const whole = `action = 'convert-field'\nnamespace = 'u'\nto = '${to}'`;
    expect(await migrated(whole, `u/k=${from}`)).toEqual([`u/k=${result}`]);
    const field = `${whole}\nfield = 'f'`;
    expect(await migrated(field, `u/k={"f":${from}}`, "u/l={}")).toEqual([
      `u/k={"f":${result}}`,
      "u/l={}",
    ]);
  });

  it("removes a field, and takes names with dots as a list", async () => {
    const step = "action = 'remove-field'\nnamespace = 'u'\nfield = ['a.b', 'c']";
    expect(await migrated(step, 'u/k={"a.b":{"c":1,"d":2},"a":{"b":3}}')).toEqual([
      'u/k={"a.b":{"d":2},"a":{"b":3}}',
    ]);
  });
});

describe("a migration that cannot be done", () => {
  it.each<[string, string, readonly string[], object]>([
    [
      "a conversion that loses",
      "action = 'convert-field'\nnamespace = 'u'\nto = 'integer'",
      ["u/a=1", 'u/b="4x"'],
      {
        code: "migration-failed",
        data: { namespace: "u", key: "b", step: "step 1 (convert-field)" },
      },
    ],
    [
      "a field that is there already",
      "action = 'rename-field'\nnamespace = 'u'\nfield = 'a'\nto = 'b'",
      ['u/k={"a":1,"b":2}'],
      { code: "migration-failed", message: expect.stringContaining("has a field 'b' already") },
    ],
    [
      "a default in a number",
      "action = 'default-field'\nnamespace = 'u'\nfield = 'a'\nvalue = 1",
      ["u/k=1"],
      { code: "migration-failed", message: expect.stringContaining("an integer") },
    ],
    [
      "an invalid key",
      "action = 'rename-keys'\nnamespace = 'u'\nkey = '*'\nto = '__*'",
      ["u/k=1"],
      { code: "migration-failed", message: expect.stringContaining("reserved") },
    ],
    [
      "an invalid namespace",
      "action = 'rename-namespace'\nnamespace = 'u*'\nto = '*'",
      ["u/k=1"],
      { code: "migration-failed", message: expect.stringContaining("it is empty") },
    ],
    [
      "a value that is too large",
      `action = 'default-field'\nnamespace = 'u'\nfield = 'a'\nvalue = '${"x".repeat(2000)}'`,
      ["u/k={}"],
      { code: "migration-failed", message: expect.stringContaining("max_value_bytes") },
    ],
    [
      "two entries with one key",
      "action = 'rename-keys'\nnamespace = 'u'\nkey = '*:*'\nto = 'same**'",
      ["u/a:b=1", "u/ab:=2"],
      { code: "migration-collision", data: { namespace: "u", key: "sameab" } },
    ],
    [
      "an entry on one that stays",
      "action = 'rename-keys'\nnamespace = 'u'\nkey = 'a'\nto = 'b'",
      ["u/a=1", "u/b=2"],
      { code: "migration-collision", data: { namespace: "u", key: "b" } },
    ],
  ])("leaves state and version as they were: %s", async (_what, step, lines, problem) => {
    const { engine, files, entries } = bench();
    files({ "1.0.0__2.0.0.toml": `[[step]]\n${step}\n` });
    await fill(engine, ...lines);
    const before = await engine.revision();
    await expect(engine.migrate("2.0.0")).rejects.toMatchObject(problem);
    await expect(engine.planMigration("2.0.0")).rejects.toMatchObject(problem);
    expect(await entries()).toEqual(lines);
    expect(await engine.revision()).toBe(before);
    expect(await engine.schemaVersion()).toBe("1.0.0");
    expect(await engine.backups()).toEqual([]);
  });
});

describe("a mistake in a migration file", () => {
  it.each<[string, string, number, number, RegExp]>([
    ["no TOML", "[[step]]\naction = ", 2, 10, /valid TOML|Correct it/],
    ["an action with a typo", '[[step]]\naction = "renam-field"', 2, 1, /'rename-field'/],
    [
      "a key with a typo",
      '[[step]]\naction = "drop-keys"\nnamespace = "a"\n  kye = "b"',
      4,
      3,
      /'key'/,
    ],
    [
      "a key with a typo in the second step",
      '[[step]]\naction = "drop-keys"\nnamespace = "a"\nkey = "b"\n\n[[step]]\naction = "drop-keys"\nnamspace = "a"',
      8,
      1,
      /'namespace'/,
    ],
    ["a key at the top", 'descripton = "x"\n[[step]]', 1, 1, /'description'/],
    [
      "a missing key",
      '# note\n\n[[step]]\naction = "rename-field"\nnamespace = "a"\nfield = "b"',
      3,
      1,
      /docs\/migrations/,
    ],
    ["no action", '[[step]]\nnamespace = "a"', 1, 1, /rename-namespace/],
    ["another type", '[[step]]\naction = "drop-keys"\nnamespace = 3\nkey = "*"', 3, 1, /docs/],
    [
      "stars that do not fit",
      '[[step]]\naction = "rename-keys"\nnamespace = "a"\nkey = "x:*"\nto = "y"',
      5,
      1,
      /star/,
    ],
    [
      "a conversion with a typo",
      '[[step]]\naction = "convert-field"\nnamespace = "a"\nto = "interger"',
      4,
      1,
      /'integer'/,
    ],
    [
      "a date",
      '[[step]]\naction = "default-field"\nnamespace = "a"\nfield = "f"\nvalue = 2026-01-01',
      5,
      1,
      /string/,
    ],
    [
      "an empty part of a path",
      '[[step]]\naction = "remove-field"\nnamespace = "a"\nfield = "a..b"',
      4,
      1,
      /settings\.theme/,
    ],
    [
      "a namespace that cannot be",
      '[[step]]\naction = "rename-namespace"\nnamespace = "a"\nto = "a b"',
      4,
      1,
      /another name/,
    ],
    [
      "a field moved into itself",
      '[[step]]\naction = "move-field"\nnamespace = "a"\nfield = "a"\nto = "a.b"',
      5,
      1,
      /another place/,
    ],
    ["steps that are no list", "step = 3", 1, 1, /\[\[step\]\]/],
  ])("is told with its place: %s", async (_what, text, line, column, next) => {
    const { engine, files } = bench();
    files({ "1.0.0__2.0.0.toml": text });
    await fill(engine, "a/b=1");
    await expect(engine.planMigration("2.0.0")).rejects.toMatchObject({
      code: "invalid-migration",
      message: expect.stringContaining(`1.0.0__2.0.0.toml:${line}:${column}: `),
      next: expect.stringMatching(next),
      data: { file: expect.stringMatching(/^\/.*\/1\.0\.0__2\.0\.0\.toml$/), line, column },
    });
  });
});
