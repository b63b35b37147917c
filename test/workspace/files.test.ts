import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { builtIndex, exact, temporaryFolder, usesIn, write } from "./folder.ts";
import { generateScripts } from "./generate.ts";

const save = (key: string): string => `State.save("app", "${key}", 1)`;

test("follows edits, new files, deletions and renames", async () => {
  const folder = temporaryFolder({ "a.lua": save("a"), "b.lua": save("b") });
  const index = await builtIndex(folder);
  write(folder, "a.lua", `\n${save("a2")}`);
  write(folder, "new/c.lua", save("c"));
  rmSync(join(folder, "b.lua"));
  index.touched(["a.lua", "b.lua", "new/c.lua"].map((path) => join(folder, path)));
  await index.settled();
  expect(index.keys("app").exact.map(({ text }) => text)).toEqual(["a2", "c"]);
  expect(usesIn(index, "a.lua", "b.lua")).toEqual(["a.lua:2 save app/a2"]);

  renameSync(join(folder, "new"), join(folder, "old"));
  index.touched([join(folder, "new"), join(folder, "old")]);
  await index.settled();
  expect(usesIn(index, "new/c.lua", "old/c.lua")).toEqual(["old/c.lua:1 save app/c"]);
});

test("scripts follow when a module that they require changes, moves or comes into being", async () => {
  const module = (prefix: string): string =>
    `return { put = function(k, v) State.save("app", "${prefix}:" .. k, v) end }`;
  const folder = temporaryFolder({
    "sub/main.lua": 'local m = require("m") m.put("x", 1)',
    "sub/m.lua": module("beside"),
  });
  const index = await builtIndex(folder);
  expect(usesIn(index, "sub/main.lua")).toEqual(["sub/main.lua:1 save app/beside:x"]);
  // The workspace folder comes before the script's own, as for the runner.
  write(folder, "m.lua", module("root"));
  index.touched([join(folder, "m.lua")]);
  await index.settled();
  expect(usesIn(index, "sub/main.lua")).toEqual(["sub/main.lua:1 save app/root:x"]);
  expect(index.modulesOf("sub/main.lua")).toMatchObject([{ name: "m", file: "m.lua" }]);
  rmSync(join(folder, "m.lua"));
  rmSync(join(folder, "sub/m.lua"));
  index.touched([join(folder, "m.lua"), join(folder, "sub/m.lua")]);
  await index.settled();
  expect(usesIn(index, "sub/main.lua")).toEqual([]);
  expect(index.modulesOf("sub/main.lua")).toMatchObject([{ name: "m", file: undefined }]);
});

test("scripts that require each other are followed without end or order", async () => {
  const passes = (other: string): string =>
    `local o = require("${other}") local M = {} function M.f(k) o.f(k .. "+") State.save("${other}", k, 1) end return M`;
  const folder = temporaryFolder({
    "a.lua": passes("b"),
    "b.lua": passes("c"),
    "c.lua": passes("a"),
    "self.lua":
      'local s = require("self") s.f("x") return { f = function(k) State.load("s", k) end }',
    "main.lua": 'require("a").f("x")',
  });
  const index = await builtIndex(folder);
  expect(index.complete).toBe(true);
  expect(usesIn(index, "self.lua")).toContain("self.lua:1 load s/x");
  const levels = usesIn(index, "main.lua");
  expect(levels).toEqual(
    expect.arrayContaining([
      "main.lua:1 save b/x",
      "main.lua:1 save c/x+",
      "main.lua:1 save a/x++",
    ]),
  );
});

test("a script that leaves a circle of modules is understood anew", async () => {
  const folder = temporaryFolder({
    "d.lua":
      'local b, d = require("b"), require("d") local M = {} function M.put(k) State.save("n", k, 1) b.put(k .. "-") d.put(k .. "+") end return M',
    "a.lua": 'require("d").put("x")',
    "b.lua": 'local a = require("a") a.put("y")',
  });
  const index = await builtIndex(folder);
  rmSync(join(folder, "b.lua"));
  index.touched([join(folder, "b.lua")]);
  const fresh = await builtIndex(folder);
  await index.settled();
  expect(usesIn(index, "a.lua")).toEqual(usesIn(fresh, "a.lua"));
});

test("leaves alone what .gitignore files and excludes say", async () => {
  const folder = temporaryFolder({
    ".gitignore": "/out\n*.gen.lua\nnested/\n",
    "a.lua": save("a"),
    "out/b.lua": save("b"),
    "c.gen.lua": save("c"),
    "keep/out/d.lua": save("d"),
    "keep/.gitignore": "!*.gen.lua\nlocal.lua\n",
    "keep/e.gen.lua": save("e"),
    "keep/local.lua": save("local"),
    "deep/nested/f.lua": save("f"),
    "node_modules/g.lua": save("g"),
    ".git/h.lua": save("h"),
    "state/i.lua": save("i"),
    "vendor/j.lua": save("j"),
    "x/vendor/k.lua": save("k"),
    "x/y/tmp1/l.lua": save("l"),
    "x/y/tmp2/m.lua": save("m"),
  });
  const index = await builtIndex(folder, {
    skip: [join(folder, "state")],
    exclude: ["vendor", "**/{tmp1,tmp2}/**"],
  });
  const keys = (): readonly string[] => index.keys("app").exact.map(({ text }) => text);
  expect(keys()).toEqual(["a", "d", "e", "k"]);
  write(folder, ".gitignore", "a.lua\n");
  index.touched([join(folder, ".gitignore")]);
  await index.settled();
  expect(keys()).toEqual(["b", "c", "d", "e", "f", "k"]);
});

test("a .gitignore that makes no sense ignores nothing", async () => {
  const nonsense = ["x".repeat(100_000), "[z-a]", "[", "a\\", "**[", "\0", "!", "//"].join("\r\n");
  const folder = temporaryFolder({ "a.lua": save("a"), "b.lua": save("b") });
  write(folder, ".gitignore", `${nonsense}\r\nb.lua\r\n`);
  const index = await builtIndex(folder, { exclude: ["y".repeat(100_000), "{a,{b"] });
  expect([index.complete, index.keys("app").exact]).toEqual([true, [{ text: "a", uses: 1 }]]);
});

test("a script that changes in the moment in which it is ignored is gone", async () => {
  const folder = temporaryFolder({ "a.lua": save("a"), "b.lua": 'require("a")' });
  const index = await builtIndex(folder);
  write(folder, "a.lua", save("a2"));
  write(folder, ".gitignore", "a.lua");
  index.touched([join(folder, "a.lua"), join(folder, ".gitignore")]);
  await index.settled();
  expect(usesIn(index, "a.lua")).toEqual([]);
  expect(index.modulesOf("b.lua")).toMatchObject([{ name: "a", file: undefined }]);
});

test("a file that is not UTF-8, a byte order mark, CRLF and characters beyond the BMP", async () => {
  const folder = temporaryFolder({
    "latin1.lua": Buffer.from(`-- caf\xe9\n${save("after")} -- \xff`, "latin1"),
    "bom.lua": `\ufeff${save("bom")}`,
    "crlf.lua": `local s = "🙂"\r\n--[[ 🙂\r\n]] ${save("crlf")}`,
    "zero.lua": Buffer.from([0, 1, 2, 255, 254]),
  });
  const index = await builtIndex(folder);
  expect(index.complete).toBe(true);
  expect(usesIn(index, "latin1.lua", "bom.lua", "crlf.lua")).toEqual([
    "latin1.lua:2 save app/after",
    "bom.lua:1 save app/bom",
    "crlf.lua:3 save app/crlf",
  ]);
  expect(index.usesIn("bom.lua")[0]?.place).toMatchObject({ start: 0, startCharacter: 0 });
  const name = index.usesIn("crlf.lua")[0]?.keyName?.content;
  expect(name).toMatchObject({ startLine: 2, startCharacter: 22, endLine: 2, endCharacter: 26 });
});

test("a huge file is not read; it leaves the index open only if it might use State", async () => {
  const filler = "-- data\n".repeat(2000);
  const folder = temporaryFolder({ "data.lua": `return {}\n${filler}`, "a.lua": save("a") });
  const index = await builtIndex(folder, { limits: { maxFileBytes: 1000 } });
  expect(index.complete).toBe(true);
  write(folder, "data.lua", `${filler}${save("b")}`);
  index.touched([join(folder, "data.lua")]);
  await index.settled();
  expect(index.complete).toBe(false);
  expect(index.keys("app").exact).toEqual([{ text: "a", uses: 1 }]);
  write(folder, "data.lua", save("b"));
  index.touched([join(folder, "data.lua")]);
  await index.settled();
  expect(index.complete).toBe(true);
});

test("more scripts than the limit: the first are read, and no claim is made", async () => {
  const folder = temporaryFolder({ "a.lua": save("a"), "b.lua": save("b"), "c.lua": save("c") });
  const index = await builtIndex(folder, { limits: { maxFiles: 2 } });
  expect(index.complete).toBe(false);
  expect(index.keys("app").exact.map(({ text }) => text)).toEqual(["a", "b"]);
});

test("symbolic links are not followed: not in a circle, not out of the folder, not twice", async () => {
  const outside = temporaryFolder({ "secret.lua": save("outside") });
  const folder = temporaryFolder({ "real/a.lua": save("a") });
  symlinkSync(folder, join(folder, "real/loop"));
  symlinkSync(join(folder, "real"), join(folder, "again"));
  symlinkSync(outside, join(folder, "out"));
  symlinkSync(join(outside, "secret.lua"), join(folder, "secret.lua"));
  const index = await builtIndex(folder);
  expect(index.keys("app").exact).toEqual([{ text: "a", uses: 1 }]);
  expect(index.complete).toBe(true);
});

test("a folder in the place of a script, and the other way round", async () => {
  const folder = temporaryFolder({ "a.lua": save("a") });
  mkdirSync(join(folder, "b.lua"));
  write(folder, "b.lua/c.lua", save("c"));
  const index = await builtIndex(folder);
  rmSync(join(folder, "a.lua"));
  cpSync(join(folder, "b.lua"), join(folder, "a.lua"), { recursive: true });
  rmSync(join(folder, "b.lua"), { recursive: true });
  write(folder, "b.lua", save("b"));
  index.touched([join(folder, "a.lua"), join(folder, "b.lua")]);
  await index.settled();
  expect(usesIn(index, "a.lua", "a.lua/c.lua", "b.lua", "b.lua/c.lua")).toEqual([
    "a.lua/c.lua:1 save app/c",
    "b.lua:1 save app/b",
  ]);
});

test("a folder of 300 scripts", async () => {
  const scripts = generateScripts({ scripts: 300, lines: 60 });
  const folder = temporaryFolder(Object.fromEntries(scripts));
  const progress: number[] = [];
  const index = await builtIndex(folder, {
    onProgress: ({ done, total }) => progress.push(done / total),
  });
  expect(index.complete).toBe(true);
  for (const [file, text] of scripts) {
    const direct = index.usesIn(file).filter(({ via }) => via === "direct");
    expect(direct).toHaveLength(text.match(/State\.(save|load|delete)\(/g)?.length ?? 0);
  }
  const wrapped = index
    .usesOfNamespace({ kind: "unknown" })
    .overlapping.filter(({ via }) => via === "wrapper");
  expect(wrapped.length).toBeGreaterThan(300);
  expect(progress.at(-1)).toBe(1);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  // What is written at a place is what the place says.
  const { same } = index.usesOfNamespace(exact("stats"));
  for (const use of same.filter(({ via }) => via === "direct").slice(0, 50)) {
    const text = scripts.get(use.file) ?? "";
    expect(text.slice(use.memberPlace.start, use.memberPlace.end)).toBe(use.member);
    const line = text.split("\n")[use.memberPlace.startLine] ?? "";
    expect(line.slice(use.memberPlace.startCharacter)).toMatch(new RegExp(`^${use.member}`));
  }
});
