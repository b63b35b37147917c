import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

let space: Workspace;
beforeEach(() => {
  space = new Workspace();
});
afterEach(() => space.remove());

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const time = expect.stringMatching(ISO);

describe("set, get, ls, rm", () => {
  test("answer as the contract has it", async () => {
    const saved = await space.json("set", "user", "preferences", '{"theme":"dark","size":3.0}');
    expect(saved.code).toBe(0);
    expect(saved.answer).toEqual({
      changes: [
        {
          op: "save",
          namespace: "user",
          key: "preferences",
          after: { theme: "dark", size: 3 },
          revision: 1,
          at: time,
          origin: "cli",
        },
      ],
    });
    expect((await space.json("get", "user", "preferences")).answer).toEqual({
      namespace: "user",
      key: "preferences",
      value: { theme: "dark", size: 3 },
      revision: 1,
      created_at: time,
      updated_at: time,
      origin: "cli",
    });
    await space.call(["set", "user", "profile:1", '"x"']);
    expect((await space.json("ls")).answer).toEqual([
      { namespace: "user", keys: 2, bytes: 30, updated_at: time },
    ]);
    expect((await space.json("ls", "user")).answer).toEqual([
      { key: "preferences", type: "object", bytes: 27, revision: 1, updated_at: time },
      { key: "profile:1", type: "string", bytes: 3, revision: 2, updated_at: time },
    ]);
    const removed = await space.json("rm", "user", "profile:1");
    expect(removed.code).toBe(0);
    expect(removed.answer).toMatchObject({
      changes: [{ op: "delete", namespace: "user", key: "profile:1", before: "x", revision: 3 }],
    });
  });

  test("a missing key exits 1 and says which", async () => {
    for (const command of ["get", "rm"]) {
      const { code, answer } = await space.json(command, "user", "nobody");
      expect(code).toBe(1);
      expect(answer).toMatchObject({
        error: { code: "missing-key", message: expect.stringContaining('"nobody"') },
      });
    }
  });

  test("values are exact", async () => {
    const exact = '{"f":3.0,"e":1e+300,"i":9223372036854775807,"a":[],"o":{},"s":"a/b 😀"}';
    await space.call(["set", "n", "k", exact]);
    const { out } = await space.call(["get", "n", "k", "--json"]);
    expect(out).toContain(`"value":${exact}`);
    const text = (await space.call(["get", "n", "k"])).out;
    expect(text).toContain('"f": 3.0');
    // What get prints, set takes.
    await space.call(["set", "n", "again", "-"], { input: text });
    expect((await space.call(["get", "n", "again", "--json"])).out).toContain(`"value":${exact}`);
  });

  test("a negative number is a value and no option", async () => {
    expect((await space.call(["set", "n", "k", "-5"])).code).toBe(0);
    expect((await space.call(["get", "n", "k"])).out).toBe("-5\n");
    expect((await space.call(["set", "n", "k", "-12.5", "--json"])).code).toBe(0);
    expect((await space.call(["get", "n", "k"])).out).toBe("-12.5\n");
    expect((await space.call(["set", "--", "n", "-k", "1"])).code).toBe(0);
    expect((await space.call(["get", "--", "n", "-k"])).out).toBe("1\n");
  });

  test("--if-revision saves only over what was read", async () => {
    const set = (value: string, revision: string) =>
      space.json("set", "n", "k", value, "--if-revision", revision);
    expect((await set("1", "7")).code).toBe(1);
    expect((await set("1", "0")).code).toBe(0);
    const refused = await set("2", "0");
    expect(refused.code).toBe(1);
    expect(refused.answer).toMatchObject({ error: { code: "conflict" } });
    expect((await set("2", "1")).code).toBe(0);
    expect((await space.call(["get", "n", "k"])).out).toBe("2\n");
  });

  test("pages and prefixes", async () => {
    for (const key of ["a:1", "a:2", "a:3", "b"]) await space.call(["set", "n", key, "1"]);
    const keys = async (...args: string[]) =>
      ((await space.json("ls", "n", ...args)).answer as { key: string }[]).map(({ key }) => key);
    expect(await keys("--prefix", "a:")).toEqual(["a:1", "a:2", "a:3"]);
    expect(await keys("--limit", "2")).toEqual(["a:1", "a:2"]);
    expect(await keys("--after", "a:2")).toEqual(["a:3", "b"]);
    expect(await keys("--prefix", "a:", "--after", "a:1", "--limit", "1")).toEqual(["a:2"]);
  });

  test("an empty list is said on standard error, and only to people", async () => {
    const cases: readonly [string[], string][] = [
      [["ls"], `No state is stored for ${space.folder}.\n`],
      [["ls", "user"], "user holds no keys.\n"],
      [["ls", "user", "--prefix", "a"], "No such key is in user.\n"],
      [["backup", "list"], "No backups yet. Make one with backup create.\n"],
    ];
    for (const [args, err] of cases) {
      expect(await space.call(args)).toEqual({ code: 0, out: "", err });
      expect(await space.call([...args, "--json"])).toEqual({ code: 0, out: "[]\n", err: "" });
    }
  });

  test("rm --all empties a namespace after a backup", async () => {
    for (const key of ["a", "b"]) await space.call(["set", "n", key, "1"]);
    await space.call(["set", "other", "c", "1"]);
    const { code, answer } = await space.json("rm", "n", "--all");
    expect(code).toBe(0);
    expect(answer).toMatchObject({ changes: [{ key: "a" }, { key: "b" }] });
    expect((await space.json("ls")).answer).toMatchObject([{ namespace: "other" }]);
    const [backup] = (await space.json("backup", "list")).answer as { id: string }[];
    await space.call(["backup", "restore", backup?.id ?? ""]);
    expect((await space.json("ls", "n")).answer).toHaveLength(2);
  });
});

describe("nothing is created by looking", () => {
  test.each([
    ["ls"],
    ["ls n"],
    ["get n k"],
    ["backup list"],
    ["check"],
    ["rm n k"],
    ["rm n --all"],
  ])("%s", async (line) => {
    await space.call(line.split(" "));
    expect(readdirSync(space.folder)).toEqual([]);
  });
});

describe("the workspace is found", () => {
  test("upwards from the current folder, or named, or by its configuration", async () => {
    space.put("llmspell.toml", "[state]\npath = 'here'");
    const deep = space.path("a/b");
    mkdirSync(deep, { recursive: true });
    await space.call(["set", "n", "k", "1"], { cwd: deep });
    expect(existsSync(space.path("here"))).toBe(true);
    const other = space.path("a");
    const get = (...args: string[]) => space.call([...args, "get", "n", "k"], { cwd: "/usr" });
    expect((await get("--workspace", other)).code).toBe(1);
    expect((await get("--workspace", space.folder)).out).toBe("1\n");
    expect((await get("--config", space.path("llmspell.toml"))).out).toBe("1\n");
  });
});

test("keys are listed after one given in any form of Unicode", async () => {
  await space.call(["set", "n", "e\u0301", "1"]);
  expect((await space.json("ls", "n", "--after", "e\u0301")).answer).toEqual([]);
});

test("where nothing is stored any more, backups are pointed at", async () => {
  await space.call(["set", "n", "k", "1"]);
  await space.call(["backup", "create"]);
  rmSync(space.path("state/state.db"));
  expect((await space.call(["ls"])).err).toContain(
    "There are backups: llmspell-state backup list.",
  );
});

test("names and values do not steer the terminal", async () => {
  const key = "a\u001b]0;title\u0007\u009b31m\u202eb";
  await space.call(["set", "n", key, JSON.stringify(key)]);
  const inert = "a\\u001b]0;title\\u0007\\u009b31m\\u202eb";
  expect((await space.call(["ls", "n"])).out).toContain(inert);
  expect((await space.call(["get", "n", key])).out).toBe(`"${inert}"\n`);
  expect(JSON.parse((await space.call(["get", "n", key])).out)).toBe(key);
  expect((await space.call(["rm", "n", key])).out).toContain(`- n ${inert} = `);
});

describe.each(["backend = 'memory'", "enabled = false"])("with %s", (line) => {
  beforeEach(() => space.put("llmspell.toml", `[state]\n${line}\n`));

  test("it is said that nothing is stored", async () => {
    const { code, err } = await space.call(["set", "n", "k", "1"]);
    expect(code).toBe(0);
    expect(err).toMatch(/^note: nothing is stored: (backend is "memory"|enabled is false)/);
  });

  test("there is no backup of nothing", async () => {
    const { code, err } = await space.call(["backup", "create"]);
    expect([code, readdirSync(space.folder)]).toEqual([2, ["llmspell.toml"]]);
    expect(err).toContain("There is nothing to back up");
  });
});

describe("bad input is one clear message", () => {
  async function fails(code: number, args: readonly string[], ...says: string[]) {
    const result = await space.call([...args, "--json"]);
    expect(result.code).toBe(code);
    const { error } = JSON.parse(result.out) as { error: { message: string; next: string } };
    for (const part of says) expect(error.message).toContain(part);
    expect(error.message).not.toMatch(/\n\s+at /);
    expect(error.next).not.toBe("");
  }

  test("broken TOML", async () => {
    space.put("llmspell.toml", "[state\n");
    await fails(2, ["ls"], "llmspell.toml:1:", "not valid TOML");
    expect(readdirSync(space.folder)).toEqual(["llmspell.toml"]);
  });

  test("wrong settings, all of them", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the configuration's own syntax.
    space.put("llmspell.toml", "[state]\nenabled = 1\npath = '${NOPE}'\n");
    await fails(2, ["set", "n", "k", "1"], "llmspell.toml:2:11", "llmspell.toml:3:9", "NOPE");
  });

  test("an unknown setting: no default stands in for one that was misspelt", async () => {
    space.put("llmspell.toml", "[state]\npth = 'x'\n");
    const place = "llmspell.toml:2:1: `pth` is not a setting of [state].";
    await fails(2, ["ls"], place);
    await fails(2, ["set", "n", "k", "1"], place);
    expect(readdirSync(space.folder)).toEqual(["llmspell.toml"]);
  });

  test.each(["pth = 'x'\nrules.config-unknown-key = 'hint'", "rules.vague-keyz = 'off'"])(
    "what is unknown and said to be harmless, or a rule, is a warning: %s",
    async (lines) => {
      space.put("llmspell.toml", `[state]\n${lines}\n`);
      const { code, out, err } = await space.call(["ls", "--json"]);
      expect([code, out]).toEqual([0, "[]\n"]);
      expect(err).toMatch(/^warning: llmspell.toml:2:\d+: `[\w-]+` is not a (setting|rule) of /);
    },
  );

  test.each([
    ["null", "null"],
    ['{"a":[1,null]}', "a[2]"],
    ["{", ""],
    ["nope", ""],
    ["1e999", ""],
    ['{"a":1,"a":2}', ""],
  ])("the value %s", async (value, says) => {
    await fails(2, ["set", "n", "k", value], says);
    expect(readdirSync(space.folder)).toEqual([]);
  });

  test("a value that is too large", async () => {
    space.put("llmspell.toml", "[state]\nmax_value_bytes = 10\n");
    await fails(2, ["set", "n", "k", '"0123456789"'], "10");
  });

  test("standard input that is not UTF-8", async () => {
    const { code, err } = await space.call(["set", "n", "k", "-"], {
      input: Uint8Array.of(0x22, 0xff, 0x22),
    });
    expect(code).toBe(2);
    expect(err).toContain("not UTF-8");
  });

  test("a database that is none", async () => {
    await space.call(["set", "n", "k", "1"]);
    const database = readdirSync(space.path("state")).find((name) => /\.(db|sqlite3?)$/.test(name));
    writeFileSync(space.path(`state/${database}`), "this is no database".repeat(1000));
    await fails(1, ["ls"], String(database));
    await fails(1, ["set", "n", "k", "2"], String(database));
  });

  test("a folder that cannot be made", async () => {
    space.put("file", "");
    space.put("llmspell.toml", "[state]\npath = 'file/state'\n");
    await fails(1, ["set", "n", "k", "1"], "file");
  });
});

test("any JSON value comes back through the command line as it went in", async () => {
  const runs = process.env["LLMSPELL_LONG"] === undefined ? 3 : 200;
  const value = fc
    .json()
    .filter((text) => !text.includes("null"))
    .map((text): unknown => JSON.parse(text));
  await fc.assert(
    fc.asyncProperty(value, async (given) => {
      await space.call(["set", "n", "k", "-"], { input: JSON.stringify(given) });
      const { answer } = await space.json("get", "n", "k");
      expect((answer as { value: unknown }).value).toEqual(given);
    }),
    { numRuns: runs, seed: 20_261_122 },
  );
});
