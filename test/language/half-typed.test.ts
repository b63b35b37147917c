import { describe, expect, test } from "vitest";
import { placeText } from "./cursor.ts";

/**
 * Half-typed code and what must still be known of it. A comment says what tree-sitter-lua makes
 * of the case where that is another thing.
 */
const CASES: readonly (readonly [source: string, place: string])[] = [
  ["State.|", "member"],
  ["State:|", "member"],
  ["State.sa|", "member sa"],
  ["Sta|", "none"],
  ["State.|\nlocal b = 1", "member"], // tree-sitter: `State.local b` becomes one expression
  ["State.|\nprint(1)", "member"], // tree-sitter: the call `State.print(1)`
  ["local x = State.|\nprint(x)", "member"], // tree-sitter: `State.print(x)`
  ["if State.|\n  print(x)\nend", "member"], // tree-sitter: `State.print(x)` as the condition
  ["if State.| then end", "member"],
  ["print(State.|)", "member"],
  ["print(State.|", "member"],
  ["local t = { a = State.|, b = 1 }", "member"],
  ["return State.|", "member"],
  ["State.sa|\nlocal b = 1", "member sa"],
  ["for _, k in ipairs(State.|) do end", "member"],
  ["for _, k in ipairs(State.|", "member"],
  ["local f = function() State.| end", "member"],
  ["State.load(|", "load 0 -"],
  ["State.load(|)", "load 0 -"],
  ['State.load("|', 'load 0 ""'], // tree-sitter: the string runs on to the next quote in the file
  ['State.load("us|', 'load 0 "us"'],
  ['State.load("us|\nlocal x = "a"', 'load 0 "us"'], // tree-sitter: the string swallows the next line
  ['State.load("us|)', 'load 0 "us"'],
  ['State.load("us|")', 'load 0 "us"'],
  ['State.load("user", |', "load 1 -"],
  ['State.load("user",|', "load 1 -"],
  ['State.load("user", |)', "load 1 -"],
  ['State.load("user", "|', 'load 1 ""'],
  ['State.load("user", "pro|', 'load 1 "pro"'],
  ['State.load("user", "pro|)', 'load 1 "pro"'], // tree-sitter: the string swallows the bracket
  ['State.load("user", "pro|\nprint(x)', 'load 1 "pro"'],
  ['local x = State.load("user", "pro|\nlocal y = 2', 'load 1 "pro"'],
  ["State.load('user', 'pro|", 'load 1 "pro"'],
  ["State.load('us|, 'profile')", 'load 0 "us, "'],
  ["State.load([[us|]])", 'load 0 "us"'],
  ["State.load([[us|", 'load 0 "us"'], // tree-sitter: the string runs to the end of the file
  ["State.load([==[us|\nlocal y = 2", 'load 0 "us"'],
  ['State.load"us|', 'load 0 "us"'],
  ["State.load 'us|'", 'load 0 "us"'],
  ["State.list_keys [[us|]]", 'list_keys 0 "us"'],
  ['print(State.load("user", "pro|', 'load 1 "pro"'],
  ['print(State.load("user", "pro|))', 'load 1 "pro"'],
  ['print(1, State.load("us|", "key"))', 'load 0 "us"'],
  ['if State.load("user", "pro|) then', 'load 1 "pro"'],
  ['if State.load("user", "pro|") then', 'load 1 "pro"'],
  ['if State.load("user", "pro|\n  x()\nend', 'load 1 "pro"'],
  ['local t = { State.load("user", "pro| }', 'load 1 "pro"'],
  ['local t = { a = State.load("user", "pro|"), b = 2 }', 'load 1 "pro"'],
  ['State.save("user", "k", |', "save 2 -"],
  ['State.save("user", "k", { a = 1, |', "save 2 { a = 1,"],
  ['State.save("user", "k", { a = 1 })|', "none"],
  ['State.save("user", "k|", { a = 1 })', 'save 1 "k"'],
  ['State.save("user", "k|, { a = 1 })', 'save 1 "k, { a = 1"'],
  ['State["lo|', "member lo"],
  ['State["lo|"]', "member lo"],
  ["State['lo|", "member lo"],
  ['State["load"]("us|', 'load 0 "us"'],
  ['pcall(State.load, "us|', 'load 0 "us"'],
  ['pcall(State.load, "user", |)', "load 1 -"],
  ["pcall(State.|", "member"],
  ["xpcall(State.load, print, 'us|", 'load 0 "us"'],
  ['local S = State\nS.load("us|', 'load 0 "us"'],
  ["local S = State\nS.|", "member"],
  ['local get = State.load\nget("user", "k|', 'load 1 "k"'],
  ['State.load("user" .. "|', 'load 0 "user" .. "'],
  ['State.load("user", "profile:" .. |)', 'load 1 "profile:" .. '],
  ['local State = {}\nState.load("us|', "none"],
  ['-- State.load("us|', "none"],
  ['local s = "State.load(|"', "none"],
  ["State.load(State.load('a', 'b|'), 'c')", 'load 1 "b"'],
  ["State.load(State.load('a', 'b'), 'c|')", 'load 1 "c"'],
  ["State.load('a', function() return State.load('b|') end)", 'load 0 "b"'],
  ["x = = State.load('us|", 'load 0 "us"'],
  [") State.load('us|", 'load 0 "us"'],
  ["end State.load('us|", 'load 0 "us"'],
  ["function f( State.load('us|", 'load 0 "us"'],
  ["local = State.load('us|", 'load 0 "us"'],
  ["for i = State.load('us|", 'load 0 "us"'],
  ["repeat State.load('us|", 'load 0 "us"'],
  ["goto State.load('us|')", "none"],
];

describe("half-typed code", () => {
  test.each(CASES)("%j is %j", (source, place) => {
    expect(placeText(source)).toBe(place);
  });

  test.each(CASES)("%j with CRLF", (source, place) => {
    expect(placeText(source.replaceAll("\n", "\r\n"))).toBe(place);
  });
});
