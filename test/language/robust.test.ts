import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ScriptModel, Span } from "../../server/src/language/model.ts";
import { placeAt } from "../../server/src/language/place.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { parse } from "../../server/src/language/syntax/parse.ts";
import { useTexts } from "./cursor.ts";

const LONG = process.env["LLMSPELL_LONG"] !== undefined;

const SAMPLE = `#!/usr/bin/env lua
-- A 😀 comment
local State, put <const> = State, State.save --[==[ long
comment ]==]
local M = { ns = "user", [1] = [[long
string]], 'x\\z
   y\\u{1F600}'; nested = { "\\65\\x42" } }
function M:get(id, ...)
  local ok, p = pcall(State.load, self.ns, ("profile:%s"):format(id))
  if not ok or p == nil then goto done elseif p.x then return p.x, ... end
  for i = 1, #p, 2 do p[i] = (p[i] or 0) // 2 ~ 1 << 3 end
  for k, v in pairs(p) do put("user", "é:" .. k, { v = v }) break end
  ::done::
  while false do repeat local z until not z end
  return nil;
end
return M
`;

function check(model: ScriptModel): void {
  const inText = ({ start, end }: Span) => start >= 0 && start <= end && end <= model.text.length;
  expect(model.problems.length).toBeLessThanOrEqual(20);
  for (const { span } of model.problems) expect(inText(span)).toBe(true);
  for (const use of [...model.uses, ...model.wrapperUses]) {
    expect([use.span, use.memberSpan, use.argsSpan ?? use.span].every(inText)).toBe(true);
    for (const argument of use.args) expect(inText(argument.span)).toBe(true);
  }
}

describe("whatever stands in the file", () => {
  test("a sample cut at every offset, and with its beginning cut off", () => {
    expect(parse(SAMPLE).problems).toEqual([]);
    for (let at = 0; at <= SAMPLE.length; at += 1) {
      for (const text of [SAMPLE.slice(0, at), SAMPLE.slice(at)]) {
        const model = buildScriptModel(text);
        check(model);
        placeAt(model, text.length);
      }
    }
  });

  test("a soup of tokens", () => {
    const token = fc.constantFrom(
      ..."State . load ( ) [ ] { } , ; : :: = == .. ... end if then else elseif for in do while repeat until function local return break goto not and or nil true # - ~ < > // x p 1 0x 3. 'a' \"b\" [[c]] [== ]] -- --[[ ' \" \\ é 😀 \n \r\n \t".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), fc.constantFrom(" ", ""), (tokens, glue) => {
        const text = tokens.join(glue);
        const model = buildScriptModel(text);
        check(model);
        for (let at = 0; at <= text.length; at += 7) placeAt(model, at);
      }),
      { numRuns: LONG ? 200_000 : 3_000, seed: 7 },
    );
  });

  test("any text at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        check(buildScriptModel(text));
      }),
      { numRuns: LONG ? 100_000 : 2_000, seed: 8 },
    );
  });

  test.each([
    ["x = ", "(", 10_000],
    ["x = ", "{", 10_000],
    ["x = ", "not ", 10_000],
    ["", "do ", 10_000],
    ["", "function f() ", 10_000],
    ["", "f(", 10_000],
    ["x = 1", " .. 1", 10_000],
  ])("%s%s many times is one problem", (start, repeated, count) => {
    const { problems } = buildScriptModel(start + repeated.repeat(count));
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("Nested deeper than 200 levels"),
    ]);
  });

  test.each([
    ["x = 1", " + 1", ""],
    ["x = a", ".b", ""],
    ["f", "()", ""],
    ["if a", " and a", " then end"],
    ["if a then ", "elseif b then ", "end"],
    ["x = {", "{},", "}"],
  ])("%s%s many times%s is no problem", (start, repeated, end) => {
    expect(buildScriptModel(start + repeated.repeat(20_000) + end).problems).toEqual([]);
  });

  test("a line of more than 5,000 columns", () => {
    const fields = Array.from({ length: 300 }, (_, i) => `k${i} = State.load("a", "b${i}")`);
    const uses = useTexts(`local t = { ${fields.join(", ")} }`);
    expect(uses.length).toBe(300);
    expect(uses[299]).toBe('call load("a", "b299")');
  });
});

describe("positions", () => {
  test.each([
    ["é😀", "\n"],
    ["😀😀", "\r\n"],
    ["\ufeff", "\n"],
    ["e\u0301", "\r"],
  ])("are UTF-16 offsets behind %j with %j", (text, lineBreak) => {
    const start = text === "\ufeff" ? text : `local s = "${text}" -- ${text}${lineBreak}`;
    const source = `${start}State.load("user", "${text}x")`;
    const [use] = buildScriptModel(source).uses;
    const slice = (span: Span | undefined) => source.slice(span?.start, span?.end);
    expect(slice(use?.memberSpan)).toBe("load");
    expect(slice(use?.args[1]?.literal?.contentSpan)).toBe(`${text}x`);
    expect(slice(use?.argsSpan)).toBe(`"user", "${text}x"`);
  });
});
