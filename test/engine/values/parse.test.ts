import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseStart, parseValue } from "../../../server/src/engine/values/parse.ts";
import { previewValue } from "../../../server/src/engine/values/preview.ts";
import { printValue } from "../../../server/src/engine/values/print.ts";
import { StateError } from "../../../shared/src/errors.ts";
import { anyValue } from "../arbitraries.ts";

function refusal(text: string): StateError {
  try {
    parseValue(text);
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

describe("values are read exactly", () => {
  test.each<[string, unknown]>([
    ["true", true],
    ["3", 3n],
    ["-0", 0n],
    ["3.0", 3],
    ["-0.0", -0],
    ["1e3", 1000],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
    ['"\\u00e9\\ud83d\\ude00\\/"', "é😀/"],
    [" [ 1 , [ ] , { } ] ", [1n, [], new Map()]],
    [
      '{"b":1,"a":2.5}',
      new Map<string, unknown>([
        ["b", 1n],
        ["a", 2.5],
      ]),
    ],
    ['{"__proto__":{"x":1}}', new Map([["__proto__", new Map([["x", 1n]])]])],
  ])("%s", (text, value) => {
    expect(parseValue(text)).toStrictEqual(value);
  });

  test("keys keep their order, also those that look like numbers", () => {
    const value = parseValue('{"2":1,"1":1,"a":1}') as ReadonlyMap<string, unknown>;
    expect([...value.keys()]).toEqual(["2", "1", "a"]);
  });

  test("a thousand levels are read", () => {
    const text = "[".repeat(1000) + "]".repeat(1000);
    expect(parseValue(text)).toBeInstanceOf(Array);
  });
});

describe("what cannot be stored is refused with the path to it", () => {
  test.each([
    ["null", "value is null"],
    ['{"items":[1,2,{"callback":null}]}', "value.items[3].callback is null"],
    ['{"a b":{"x":null}}', 'value["a b"].x is null'],
    ['{"a":1,"a":2}', "value.a is given twice"],
    ['{"a":1,"\\u0061":2}', "value.a is given twice"],
    ['"\\ud800"', "value holds half a surrogate pair"],
    ['["\ud800"]', "value[1] holds half a surrogate pair"],
    ["9223372036854775808", "value is an integer beyond 64 bits"],
    [`[${"9".repeat(100_000)}]`, "value[1] is an integer beyond 64 bits"],
    ["[1e999]", "value[1] is larger than the largest float"],
  ])("%.40s", (text, fault) => {
    const error = refusal(text);
    expect(error.code).toBe("invalid-value");
    expect(error.message).toContain(fault);
    expect(error.next).not.toBe("");
  });

  test("more than a thousand levels, however deep", () => {
    expect(refusal("[".repeat(1001) + "]".repeat(1001)).message).toContain("1000 levels");
    expect(refusal('{"a":'.repeat(1_000_000)).message).toContain("1000 levels");
  });
});

describe("text that is not JSON is refused with the place", () => {
  test.each([
    ["", "character 1, and the end"],
    ["nul", "character 1"],
    ["01", "character 2"],
    ["1.", "character 2"],
    [".5", "character 1"],
    ["+1", "character 1"],
    ["NaN", "character 1"],
    ["'a'", "character 1"],
    ['"a', "character 3, and the end"],
    ['"a\nb"', "character 3"],
    ['"\\x"', "an escape of JSON expected at character 2"],
    ['"\\u12"', "an escape"],
    ["[1,]", "character 4"],
    ["[1 2]", "',' or ']' expected"],
    ["{a:1}", "a key in double quotes"],
    ['{"a" 1}', "':' expected"],
    ['{"a":1,}', "a key in double quotes"],
    ["1 2", "the end expected"],
    ["\u00a01", "character 1"],
  ])("%j", (text, fault) => {
    const error = refusal(text);
    expect(error.code).toBe("invalid-value");
    expect(error.message).toContain(fault);
  });
});

describe("the beginning of a value", () => {
  test("is enough for a line about it", () => {
    const property = fc.property(fc.array(anyValue, { minLength: 5 }), (value) => {
      const start = parseStart(printValue(value), 50);
      expect(previewValue(start.value, 40)).toBe(previewValue(value, 40));
      if (start.whole) expect(start.value).toEqual(value);
    });
    fc.assert(property, { numRuns: 300, seed: 20261122 });
  });

  test("is enough where the text is cut behind it, wherever that is", () => {
    const property = fc.property(anyValue, fc.integer({ min: 100, max: 400 }), (value, end) => {
      const text = printValue(value);
      const start = parseStart(text.slice(0, end), 50, end < text.length);
      expect(previewValue(start.value, 40)).toBe(previewValue(value, 40));
    });
    fc.assert(property, { numRuns: 300, seed: 20261123 });
    const deep = parseStart('{"a":'.repeat(100), 50, true);
    expect(deep.whole).toBe(false);
    const escaped = parseStart('{"text":"Call me \\u00', 5, true);
    expect(escaped).toEqual({ value: new Map([["text", "Call me "]]), whole: false });
  });

  test.each<[string, number, string, boolean]>([
    ["[1,2,3]", 2, "[1,2]", false],
    ["[1,2,3]", 99, "[1,2,3]", true],
    ['{"a":[[1,2],3],"b":4}', 8, '{"a":[[1,2]]}', false],
    ['["a long text",1]', 3, '["a long text"]', false],
    ['"a long text"', 3, '"a long text"', true],
    ["[1,2,what is not read]", 2, "[1,2]", false],
  ])("%s up to %i is %s", (text, limit, expected, whole) => {
    const start = parseStart(text, limit);
    expect([printValue(start.value), start.whole]).toEqual([expected, whole]);
  });
});
