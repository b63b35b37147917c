import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkValue, isPlain } from "../../../server/src/engine/values/check.ts";
import { keepEmptyArrays } from "../../../server/src/engine/values/empty-arrays.ts";
import { parseValue } from "../../../server/src/engine/values/parse.ts";
import { previewValue } from "../../../server/src/engine/values/preview.ts";
import { printIndented, printValue } from "../../../server/src/engine/values/print.ts";
import {
  isArrayValue,
  jsonType,
  type StateValue,
  valueType,
} from "../../../server/src/engine/values/value.ts";
import { anyValue } from "../arbitraries.ts";

/** The value again from what JSON.parse gives, as users of the fast path take it. */
function fromPlain(value: unknown): StateValue {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value === "object" && value !== null) {
    return new Map(Object.entries(value).map(([key, item]) => [key, fromPlain(item)]));
  }
  return value as boolean | string;
}

describe("printing", () => {
  test("any value comes back from its text, compact or indented", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(parseValue(printValue(value))).toStrictEqual(value);
        expect(parseValue(printIndented(value))).toStrictEqual(value);
        expect(jsonType(printValue(value))).toBe(valueType(value));
      }),
    );
  });

  test.each<[StateValue, string]>([
    [3, "3.0"],
    [3n, "3"],
    [-0, "-0.0"],
    [1e21, "1e+21"],
    [2 ** 63, "9223372036854776000.0"],
    [
      new Map<string, StateValue>([
        ["a", []],
        ["b", new Map()],
      ]),
      '{"a":[],"b":{}}',
    ],
  ])("canonical text of number %#", (value, text) => {
    expect(printValue(value)).toBe(text);
  });

  test("indented for reading", () => {
    expect(printIndented(parseValue('{"a":[1,{"b":2.0}],"c":[],"d":{}}'))).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": 2.0\n    }\n  ],\n  "c": [],\n  "d": {}\n}',
    );
  });
});

describe("checking before storing", () => {
  test("gives the canonical text of any value, however it was written", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const canonical = printValue(value);
        expect(checkValue(canonical).json).toBe(canonical);
        expect(checkValue(` ${printIndented(value)}\n`)).toEqual(checkValue(canonical));
      }),
    );
  });

  test("a plain value is one of which JSON.parse loses nothing", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = printValue(value);
        if (isPlain(text)) expect(fromPlain(JSON.parse(text))).toStrictEqual(value);
      }),
    );
  });

  test.each(['{"a":[1,2.5,"x",true]}', '"text"', "0", "[]", "9007199254740991", "1e-7"])(
    "%s is plain",
    (text) => expect(checkValue(text).plain).toBe(true),
  );

  test.each(["3.0", "-0.0", "1e+21", "9007199254740993", "66053266516692310", '{"b":1,"1":2}'])(
    "%s is not plain",
    (text) => expect(checkValue(text).plain).toBe(false),
  );

  test.each(["null", "[null]", '{"a":1,"a":1}', '"\\ud800"', "1e999"])("%s is refused", (text) => {
    expect(() => checkValue(text)).toThrow(expect.objectContaining({ code: "invalid-value" }));
  });

  test("too many levels are refused also where brackets stand in strings", () => {
    const deep = `${'["]]",'.repeat(1001)}1${"]".repeat(1001)}`;
    expect(() => checkValue(deep)).toThrow(/1000 levels/);
    expect(checkValue(JSON.stringify("[".repeat(5000))).json).toHaveLength(5002);
  });
});

describe("an empty table from Lua over an empty array", () => {
  test.each([
    ["{}", "[]", "[]"],
    ["{}", "{}", "{}"],
    ['{"a":{},"b":{}}', '{"a":[],"b":{"x":[]}}', '{"a":[],"b":{}}'],
    ['[{"a":{}},{}]', '[{"a":[]},[]]', '[{"a":[]},[]]'],
    ['{"a":"{}"}', '{"a":[]}', '{"a":"{}"}'],
    ["{}", '"[]"', "{}"],
    ["{}", "{damaged[]", "{}"],
  ])("%s over %s is %s", (next, previous, kept) => {
    expect(keepEmptyArrays(next, previous)).toBe(kept);
  });
});

describe("a preview", () => {
  test("is one line of at most the limit, and whole where it fits", () => {
    fc.assert(
      fc.property(anyValue, fc.integer({ min: 1, max: 60 }), (value, limit) => {
        const line = previewValue(value, limit);
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(/[\n\r]/);
        expect(line.isWellFormed()).toBe(true);
        if (!line.endsWith("…")) expect(parseValue(line)).toStrictEqual(value);
      }),
    );
  });

  test("does not walk through what it does not show", () => {
    const value = Array.from({ length: 10 }, () => 1n as StateValue);
    Object.defineProperty(value, 9, { get: () => expect.fail("looked too far") });
    expect(previewValue(value, 8)).toBe("[1, 1, …");
    expect(isArrayValue(value)).toBe(true);
  });
});
