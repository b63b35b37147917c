import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

let space: Workspace;
beforeAll(() => {
  space = new Workspace();
});
afterAll(() => space.remove());

describe("wrong usage is told in one line with the next step, and exits 2", () => {
  const cases: readonly [args: readonly string[], says: string][] = [
    [[], "A command is missing"],
    [["lst"], "Did you mean ls?"],
    [["frobnicate"], "There is no command frobnicate"],
    [["restore", "backup_20260101T000000000Z_aaaaaaaa"], "Did you mean backup restore?"],
    [["list"], "Did you mean ls or backup list?"],
    [["delete", "user", "theme"], "Did you mean rm or backup delete?"],
    [["load", "user", "theme"], "Did you mean get?"],
    [["backup"], "backup needs a command of its own"],
    [["backup", "crate"], "Did you mean backup create?"],
    [["ls", "--jsn"], "Did you mean --json?"],
    [["ls", "-x"], "There is no option -x"],
    [["ls", "--limit"], "--limit needs a value"],
    [["ls", "a", "--limit", "--after=x"], "--limit needs a value"],
    [["ls", "a", "--limit", "0"], "whole number of at least 1"],
    [["ls", "a", "--limit=1.5"], "whole number of at least 1"],
    [["ls", "--limit", "5"], "--limit is about the keys of a namespace"],
    [["ls", "a", "b"], 'does not take the argument "b"'],
    [["ls", "--timeout", "5"], "ls has no option --timeout"],
    [["ls", "--json=yes"], "--json takes no value"],
    [["ls", "a", "--prefix", "x", "--prefix", "y"], "given twice"],
    [["get", "a"], "get needs more arguments"],
    [["set", "a", "b"], "set needs more arguments"],
    [["rm", "a"], "rm needs a key, or --all"],
    [["rm", "a", "b", "--all"], "rm needs a key, or --all"],
    [["check", "--format", "xml"], "Use one of text, json, sarif, github"],
    [["check", "nowhere.lua"], "There is no file or folder nowhere.lua"],
    [["run", "nowhere.lua"], "nowhere.lua"],
    [["get", "not a namespace", "k"], 'The namespace "not a namespace" is not allowed'],
    [["get", "a", "b..c"], 'The key "b..c" is not allowed'],
    [["--workspace", "nowhere", "ls"], "is not a folder"],
    [["--config", "nowhere.toml", "ls"], "does not exist"],
  ];
  test.each(cases)("%j", async (args, says) => {
    const { code, out } = await space.call(["--json", ...args]);
    expect(code).toBe(2);
    const { error } = JSON.parse(out) as { error: Record<string, string> };
    expect(Object.keys(error)).toEqual(["code", "message", "next"]);
    expect(`${error["message"]} ${error["next"]}`).toContain(says);
  });

  test("for people on standard error", async () => {
    const { code, out, err } = await space.call(["lst"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe("llmspell-state: There is no command lst.\nDid you mean ls?\n");
  });
});

describe("help", () => {
  test("names every command, and only options that exist", async () => {
    const { code, out } = await space.call(["--help"]);
    expect(code).toBe(0);
    for (const command of ["run", "check", "ls", "get", "set", "rm", "backup restore"]) {
      expect(out).toContain(`\n  ${command}`);
    }
    expect((await space.json("-h")).answer).toEqual({ help: out.trimEnd() });
  });

  test("of a command and of a group", async () => {
    expect((await space.call(["ls", "--help"])).out).toContain("ls NAMESPACE [--prefix P]");
    expect((await space.call(["help", "backup"])).out).toContain("llmspell-state backup verify ID");
    expect((await space.call(["help", "nonsense"])).code).toBe(2);
  });

  test("the version", async () => {
    expect((await space.call(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await space.json("--version")).answer).toHaveProperty("version");
  });
});

describe("global options stand anywhere before --", () => {
  test.each([
    ["--json ls"],
    ["ls --json"],
    ["--workspace . ls --json"],
    ["ls --workspace=. --json"],
  ])("%s", async (line) => {
    const { code, out } = await space.call(line.split(" "));
    expect(code).toBe(0);
    expect(out).toBe("[]\n");
  });

  test("after -- they are arguments", async () => {
    const { code, err } = await space.call(["get", "--", "ns", "--json"]);
    expect(code).toBe(1);
    expect(err).toContain('the key "--json"');
  });
});
