import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

let space: Workspace;
beforeEach(() => {
  space = new Workspace();
  space.put(
    "good.lua",
    'State.save("user", "name", "Ada")\nprint(State.load("user", "name") or "")\n',
  );
});
afterEach(() => space.remove());

const BAD = '-- 😀\nState.save("user name", tostring(id), 1)\n';

interface Shown {
  readonly file: string;
  readonly rule: string;
}
async function found(...args: string[]): Promise<Shown[]> {
  const { answer } = await space.json("check", ...args);
  // What nothing reads is a matter of its own.
  const shown = (answer as Shown[]).filter(({ rule }) => rule !== "never-read");
  return shown.map(({ file, rule }) => ({ file, rule }));
}

describe("check", () => {
  test("answers as the contract has it, counted from 1", async () => {
    space.put("src/bad.lua", BAD);
    const { code, answer } = await space.json("check");
    expect(code).toBe(1);
    expect(answer).toEqual([
      {
        file: "src/bad.lua",
        line: 2,
        column: 12,
        end_line: 2,
        end_column: 23,
        rule: "invalid-namespace",
        severity: "error",
        message: expect.stringContaining('"user name"'),
      },
    ]);
    expect((await space.call(["check", "--format", "json"])).out).toBe(
      (await space.call(["check", "--json"])).out,
    );
  });

  test("text shows the line and a mark below the place", async () => {
    space.put("bad.lua", BAD);
    const { code, out } = await space.call(["check"]);
    expect(code).toBe(1);
    expect(out).toContain("bad.lua:2:12 error ");
    expect(out).toContain(
      '\n2 | State.save("user name", tostring(id), 1)\n  |            ^^^^^^^^^^^\n',
    );
    expect(out).not.toContain("\u001b");
    expect(out).toMatch(/2 scripts checked: 1 error.*\.\n$/);
  });

  test("no findings exit 0", async () => {
    const { code, out } = await space.call(["check"]);
    expect([code, out]).toEqual([0, "1 script checked, no findings.\n"]);
    expect(await space.json("check")).toEqual({ code: 0, answer: [] });
    expect((await space.json("check", "--format", "text")).code).toBe(2);
    expect((await space.call(["check", "--format", "github"])).out).toBe("");
  });

  test("github writes workflow commands", async () => {
    space.put("a,b.lua", BAD);
    const { out } = await space.call(["check", "--format=github"]);
    expect(out).toMatch(
      /^::error file=a%2Cb\.lua,line=2,endLine=2,col=12,endColumn=23,title=invalid-namespace::The namespace/,
    );
  });

  test("sarif is one document of version 2.1.0", async () => {
    space.put("a b.lua", BAD);
    const { out } = await space.call(["check", "--format", "sarif"]);
    const sarif = JSON.parse(out) as { version: string; runs: Record<string, unknown>[] };
    expect(sarif.version).toBe("2.1.0");
    expect(sarif.runs[0]).toMatchObject({
      tool: { driver: { name: "llmspell-state", rules: expect.any(Array) } },
      columnKind: "utf16CodeUnits",
      results: [
        {
          ruleId: "invalid-namespace",
          level: "error",
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: "a%20b.lua" },
                region: { startLine: 2, startColumn: 12, endLine: 2, endColumn: 23 },
              },
            },
          ],
        },
      ],
    });
  });

  test("paths, folders, globs and standard input", async () => {
    for (const file of ["one/a.lua", "one/deep/b.lua", "two/c.lua", "node_modules/d.lua"]) {
      space.put(file, BAD);
    }
    const files = async (...args: string[]) => (await found(...args)).map(({ file }) => file);
    expect(await files()).toEqual(["one/a.lua", "one/deep/b.lua", "two/c.lua"]);
    expect(await files("one")).toEqual(["one/a.lua", "one/deep/b.lua"]);
    expect(await files("two/c.lua", "one/a.lua")).toEqual(["two/c.lua", "one/a.lua"]);
    expect(await files("**/{a,c}.lua")).toEqual(["one/a.lua", "two/c.lua"]);
    expect(await files("one", "one/a.lua")).toHaveLength(2);
    const { code, out } = await space.call(["check", "-", "--json"], { input: BAD });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ file: "<stdin>", line: 2 }]);
  });

  test("warnings fail from --max-warnings on", async () => {
    space.put("vague.lua", 'State.save("user", "tmp", 1)\n');
    expect(await found()).toContainEqual({ file: "vague.lua", rule: "vague-key" });
    expect((await space.call(["check"])).code).toBe(0);
    expect((await space.call(["check", "--max-warnings", "0"])).code).toBe(1);
    expect((await space.call(["check", "--max-warnings", "1"])).code).toBe(0);
    space.put("llmspell.toml", "[state.rules]\nvague-key = 'off'\n");
    expect(await found()).toEqual([]);
  });

  test("problems of the configuration are findings, and scripts are checked beside them", async () => {
    space.put("llmspell.toml", "[state]\npth = 'x'\n");
    expect(await found()).toEqual([{ file: "llmspell.toml", rule: "config-unknown-key" }]);
    space.put("llmspell.toml", "[state]\nenabled = 'x'\n");
    space.put("bad.lua", BAD);
    const { code, answer } = await space.json("check");
    expect(code).toBe(1);
    expect(answer).toMatchObject([
      { file: "llmspell.toml", line: 2, column: 11, end_column: 14, rule: "config-value" },
      { file: "bad.lua", rule: "invalid-namespace" },
    ]);
    expect((await space.call(["check"])).out).toContain("2 | enabled = 'x'\n");
  });

  test("--fix applies what cannot change a script's doing, and reports the rest", async () => {
    const silent = "print(1) -- llmspell-state-disable-line unknown-member: it is none\n";
    const file = "fix me.lua";
    space.put(file, `\uFEFF-- 😀\n${silent}${silent}${BAD}`);
    const broken = space.put(
      "broken.lua",
      Buffer.concat([Buffer.from([0xff]), Buffer.from(silent)]),
    );
    expect((await found(file)).map(({ rule }) => rule)).toEqual([
      "unused-suppression",
      "unused-suppression",
      "invalid-namespace",
    ]);
    const { code, out, err } = await space.call(["check", "--fix", "--json"]);
    expect([code, err]).toEqual([1, "2 fixes applied.\n"]);
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ file, line: 5, rule: "invalid-namespace" }),
    );
    expect(space.read(file)).toMatch(/^\uFEFF-- 😀\nprint\(1\) ?\nprint\(1\) ?\n-- 😀\nState/);
    expect(readFileSync(broken)[0]).toBe(0xff);
    expect((await space.call(["check", "--fix", "-"])).code).toBe(2);
  });

  test("--fix-dry-run shows what --fix would do as a diff, and does nothing", async () => {
    const silent = "print(1) -- llmspell-state-disable-line unknown-member: it is none\n";
    const body = Array.from({ length: 30 }, (_, n) => `print(${n})\n`).join("");
    space.put("src/fix me.lua", `\uFEFF${silent}${body}${silent}print(2)`);
    space.put("crlf.lua", `print(0)\r\n${silent.replace("\n", "\r\n")}print(2)\r\n`);
    const before = [space.read("src/fix me.lua"), space.read("crlf.lua")];
    const { code, out, err } = await space.call(["check", "--fix-dry-run"]);
    expect([code, err]).toEqual([1, "3 fixes to apply with --fix.\n"]);
    expect([space.read("src/fix me.lua"), space.read("crlf.lua")]).toEqual(before);
    expect(out).toContain("--- a/src/fix me.lua\t\n+++ b/src/fix me.lua\t\n@@ -1,4 +1,4 @@\n");

    space.put("changes.diff", out);
    const git = spawnSync("git", ["apply", "--whitespace=nowarn", "changes.diff"], {
      cwd: space.folder,
      encoding: "utf8",
    });
    expect([git.status, git.stderr]).toEqual([0, ""]);
    const patched = [space.read("src/fix me.lua"), space.read("crlf.lua")];
    space.put("src/fix me.lua", before[0] ?? "");
    space.put("crlf.lua", before[1] ?? "");
    await space.call(["check", "--fix"]);
    expect([space.read("src/fix me.lua"), space.read("crlf.lua")]).toEqual(patched);

    expect((await space.call(["check", "--fix-dry-run"])).code).toBe(0);
    for (const args of [["--json"], ["--format", "sarif"], ["--fix"], ["-"]]) {
      expect((await space.call(["check", "--fix-dry-run", ...args])).code, args.join()).toBe(2);
    }
  });

  test("what .gitignore names is left out of folders, not when it is named", async () => {
    space.put(".gitignore", "built/\n*.gen.lua\n");
    for (const file of ["built/a.lua", "src/b.gen.lua", "src/c.lua"]) space.put(file, BAD);
    const files = async (...args: string[]) => (await found(...args)).map(({ file }) => file);
    expect(await files()).toEqual(["src/c.lua"]);
    expect(await files("src")).toEqual(["src/c.lua"]);
    expect(await files("src/b.gen.lua")).toEqual(["src/b.gen.lua"]);
    expect(await files("built")).toEqual(["built/a.lua"]);
    expect(await files("**/*.lua")).toHaveLength(3);
  });

  test("a key counts as saved by any script of the workspace, also one that is not named", async () => {
    space.put("reader.lua", 'print(State.load("user", "theme") or "")\n');
    expect(await found("reader.lua")).toContainEqual({ file: "reader.lua", rule: "unknown-key" });
    space.put("lib/store.lua", 'return { set = function(k, v) State.save("user", k, v) end }\n');
    space.put("writer.lua", 'local store = require("lib.store")\nstore.set("theme", "dark")\n');
    expect(await found("reader.lua")).toEqual([]);
    const { answer } = await space.json("check", "writer.lua");
    expect(answer).toEqual([]);
    space.put("solo.lua", 'State.save("user", "font", "Mono")\n');
    expect((await space.json("check", "solo.lua")).answer).toMatchObject([
      { file: "solo.lua", rule: "never-read" },
    ]);
  });

  test("a script that is half typed or no text is no crash", async () => {
    space.put("half.lua", 'State.save("user", "k\nState.\nlocal function');
    space.put(
      "binary.lua",
      Uint8Array.from({ length: 300 }, (_, index) => index % 256),
    );
    mkdirSync(space.path("folder.lua"));
    const { code, err } = await space.call(["check"]);
    expect(code).toBe(1);
    expect(err).toBe("");
  });

  test("one script that cannot be read or written is told, and the others are checked", async () => {
    const silent = "print(1) -- llmspell-state-disable-line unknown-member: it is none\n";
    chmodSync(space.folder, 0o777);
    for (const file of ["closed.lua", "fixed.lua", "kept.lua"]) space.put(file, silent);
    chmodSync(space.path("closed.lua"), 0);
    chmodSync(space.path("fixed.lua"), 0o666);
    chmodSync(space.path("kept.lua"), 0o444);
    // Root may read and write everything.
    const uid = process.getuid?.() === 0 ? 65_534 : undefined;
    const { code, out, err } = await space.call(["check", "--fix", "--json"], { uid });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      { file: "closed.lua", line: 1, column: 1, rule: "unreadable-file", severity: "error" },
      { file: "kept.lua", rule: "unused-suppression" },
    ]);
    expect(err).toContain("warning: kept.lua cannot be written");
    expect(err).toMatch(/\n1 fix applied\.\n$/);
    expect([space.read("fixed.lua").trim(), space.read("kept.lua")]).toEqual(["print(1)", silent]);
    const dry = await space.call(["check", "--fix-dry-run"], { uid });
    expect([dry.code, dry.err.includes("closed.lua cannot be read")]).toEqual([1, true]);
    expect((await space.call(["check", "kept.lua", "--fix"], { uid })).code).toBe(1);
  });

  test("links that lead nowhere or in a circle are passed over, and told where they are named", async () => {
    symlinkSync("nowhere.lua", space.path("dangling.lua"));
    symlinkSync("self.lua", space.path("self.lua"));
    symlinkSync("good.lua", space.path("link.lua"));
    expect(await space.json("check", "*.lua")).toEqual({ code: 0, answer: [] });
    expect((await space.json("check")).code).toBe(0);
    for (const name of ["dangling.lua", "self.lua"]) {
      const { code, err } = await space.call(["check", name]);
      expect([code, err.includes(`There is no file or folder ${name}`)]).toEqual([2, true]);
    }
  });

  test("each of a script's many findings is told", async () => {
    const line = (n: number) => `State.save("a b", "v", ${n})\n`;
    space.put("long.lua", Array.from({ length: 130_000 }, (_, n) => line(n)).join(""));
    const call = ["check", "long.lua", "--json"];
    space.put("llmspell.toml", "[state.rules]\nvague-key = 'off'\nnever-read = 'off'\n");
    const { code, out } = await space.call(call);
    expect([code, JSON.parse(out).length]).toEqual([1, 130_000]);
  }, 120_000);

  test("a database that cannot be read is said, and scripts are checked without it", async () => {
    space.put("file", "");
    space.put("llmspell.toml", "[state]\npath = 'file'\n");
    const { code, err } = await space.call(["check", "--json"]);
    expect([code, err === "" || err.includes("without what is stored")]).toEqual([0, true]);
  });
});
