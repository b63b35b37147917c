import { describe, expect, test } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";

/** Each problem as `text it stands on: message`. */
function problems(source: string): string[] {
  return buildScriptModel(source).problems.map(
    ({ span, message }) => `${source.slice(span.start, span.end)}: ${message}`,
  );
}

describe("syntax problems say what is missing, once", () => {
  test.each([
    ["print(1", ": ')' expected"],
    ["x = ", ": A value expected"],
    ["local x = State.\nlocal y", ": A name after '.' expected"],
    ["if x print(1) end", "print: 'then' expected before print"],
    ["while x print(1) end", "print: 'do' expected before print"],
    ["if x then\n  print(1)\n", "if: This 'if' has no 'end'"],
    ["function f()\n  if x then\n    y()\nend\nz()\n", "if: This 'if' has no 'end'"],
    ["for i = 1 do end", "do: ',' and the loop's limit expected before do"],
    ["for i do end", "do: '=' or 'in' expected before do"],
    ["end", "end: 'end' without a block that it ends"],
    ["x = }", "}: A value expected before }"],
    ["x", "x: x alone does nothing: a call or an assignment is expected"],
    ["x.y\nz()", "x.y: x.y alone does nothing: a call or an assignment is expected"],
    ["(a) = 1", "(a): Nothing can be assigned to this: it is no variable"],
    ["return 1\nprint(2)", "print: 'return' must be the last statement of its block"],
    ['x = "abc', '"abc: This string is not closed: " expected before the line\'s end'],
    ['f("abc\ng()', '"abc: This string is not closed: " expected before the line\'s end'],
    ["x = [[abc", "[[: This long string is not closed: ]] is missing"],
    ["--[==[ abc", "--[==[: This comment is not closed: ]==] is missing"],
    ['x = "a\\qb"', "\\q: '\\q' is no escape sequence of Lua"],
    ['x = "\\u{110000000000}"', "\\u{110000000000}: '\\u{110000000000}' is too large"],
    ["x = 3x", "3x: '3x' is no number"],
    ["x = 1 @ 2", '@: "@" has no meaning in Lua'],
    [
      "größe = 1",
      "größe: 'größe' is no name in Lua: only ASCII letters, digits and '_' are allowed",
    ],
    ["break", "break: 'break' stands in no loop"],
    ["goto x", "goto x: No label 'x' can be seen from this 'goto'"],
    [
      "goto x\nlocal y\n::x::\nprint(y)",
      "goto x: This 'goto x' jumps into the scope of the local 'y'",
    ],
    ["::x:: ::x::", "::x::: The label 'x' is already defined"],
    ["local x <const> = 1\nx = 2", "x: Nothing can be assigned to 'x': it is a constant"],
    ["local x <final> = 1", "final: 'final' is no attribute of a local: 'const' or 'close' is"],
    ["function f() return ... end", "...: '...' stands in a function that takes no '...'"],
    ["t = { a = 1 b = 2 }", "b: ',' or '}' expected before b"],
    ["local function f(a b) end", "b: ')' expected before b"],
  ])("%j", (source, expected) => {
    expect(problems(source)).toEqual([expected]);
  });

  test("several mistakes in different statements are all told", () => {
    expect(problems("x = \nlocal y = 1\nz = (1\nlocal w\nif then end").length).toBe(3);
  });

  test("twenty at most", () => {
    expect(problems("x = )\nlocal y\n".repeat(50)).length).toBe(20);
  });
});
