import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { compileAll, hasLua } from "./lua-oracle.ts";
import { Programs, Random } from "./programs.ts";

const COUNT = process.env["LLMSPELL_LONG"] === undefined ? 2_000 : 100_000;

/** The first programs on which we and the real compiler disagree. */
function disagreements(
  command: string,
  programs: readonly string[],
  weAccept = isAccepted,
): string[] {
  const answers = compileAll(command, programs);
  return programs
    .filter((program, i) => (answers[i] === undefined) !== weAccept(program))
    .slice(0, 3)
    .map((program) => `${JSON.stringify(program)} ${compileAll(command, [program])[0] ?? "ok"}`);
}

function isAccepted(program: string): boolean {
  return buildScriptModel(program).problems.length === 0;
}

describe.runIf(hasLua("lua5.4"))("a problem is told exactly when Lua 5.4 refuses the text", () => {
  test("generated programs", () => {
    const programs = new Programs(new Random(1));
    const texts = Array.from({ length: COUNT }, () => programs.program());
    expect(texts.filter(isAccepted).length).toBeGreaterThan(COUNT / 4);
    expect(disagreements("lua5.4", texts)).toEqual([]);
  });

  test("generated programs with tokens removed, doubled, exchanged and put in", () => {
    const programs = new Programs(new Random(2));
    const texts = Array.from({ length: COUNT }, () => programs.mutant());
    expect(disagreements("lua5.4", texts)).toEqual([]);
  });

  test.each([
    "local x <const> = 1 x = 2",
    "local x <const> = 1; local function f() x = 2 end",
    "local x <const> = 1 function x() end",
    "local a <close>, b <close> = 1, 2",
    "local a <foo> = 1",
    "goto a; local x; ::a::",
    "goto a; local x; ::a:: print(x)",
    "repeat goto a; local x; ::a:: until x",
    "do ::a:: end goto a",
    "::a:: do ::a:: end",
    "::a:: local function f() ::a:: end",
    "break",
    "while 1 do local function f() break end end",
    "local function f() return ... end",
    "(a) = 1",
    "(a).b = 1",
    "f() = 1",
    "(f())",
    "a.b:c = 1",
    "return 1 return",
    "return; ;",
    "x = 0x1p4 y = 0x.8 z = 3..2",
    "x = 3x",
    "x = 1e",
    "x = 0x",
    'x = "\\q"',
    'x = "\\300"',
    'x = "\\u{7FFFFFFF}"',
    'x = "\\u{80000000}"',
    'x = "\\u{}"',
    'x = "\\x1"',
    "x = [=a",
    'x = "a\\\nb"',
    'x = "a\\z   \n  b"',
    'x = "a\\\r\nb"',
    "x = a --[[ b ]] + 1 --[==[ ]] ]==]",
    "x = --[[ a",
    "x = [[ a",
    "f{,}",
    "f(a,)",
    "function f(a,) end",
    "function f(...,a) end",
    "for a,b = 1,2 do end",
    "if x then else elseif y then end",
    "x = function() end ()",
    "a, f() = 1",
    "x = 1 ? 2",
    "local t = {f = function() return end}",
  ])("%j", (program) => {
    expect(disagreements("lua5.4", [program])).toEqual([]);
  });
});

/** Lua passes over a first line `#!...` in files, which the oracle does not read. */
function withoutShebang(text: string): string {
  return text.replace(/^#[^\n]*/, "");
}

describe.runIf(hasLua("lua5.4"))("scripts in this repository", () => {
  const scripts = ["examples", "test/fixtures"].flatMap((folder) =>
    globSync(`${folder}/**/*.lua`).map((file) => withoutShebang(readFileSync(file, "utf8"))),
  );

  test("are judged as Lua 5.4 judges them", () => {
    expect(scripts.length).toBeGreaterThan(20);
    expect(disagreements("lua5.4", scripts)).toEqual([]);
  });

  test("also with any one of their lines left out", () => {
    const cut = scripts.flatMap((script) => {
      const lines = script.split("\n");
      return lines.map((_, i) => lines.toSpliced(i, 1).join("\n"));
    });
    expect(disagreements("lua5.4", cut)).toEqual([]);
  });
});

describe.runIf(hasLua("lua5.3"))("what Lua 5.3 accepts is accepted", () => {
  /** The one thing 5.3 takes and 5.4 does not: a label's name again in an inner block. */
  const isSameLabel = (program: string) =>
    buildScriptModel(program).problems.every(({ message }) => message.includes("already defined"));

  test("generated programs", () => {
    const programs = new Programs(new Random(3));
    const texts = Array.from({ length: COUNT }, () => programs.program());
    const answers = compileAll("lua5.3", texts);
    const refused = texts.filter((text, i) => answers[i] === undefined && !isSameLabel(text));
    expect(refused.slice(0, 3)).toEqual([]);
  });
});
