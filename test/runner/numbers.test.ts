import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  and,
  div,
  mod,
  or,
  packInteger,
  printFloat,
  printNumber,
  readInBase,
  readInteger,
  shift,
  unpackInteger,
  xor,
} from "../../server/src/runner/fengari/numbers.ts";

const LUA = "/usr/bin/lua5.4";
const long = process.env["LLMSPELL_LONG"] !== undefined;
const sample = <T>(arbitrary: fc.Arbitrary<T>, n: number) =>
  fc.sample(arbitrary, long ? { numRuns: n * 20 } : { numRuns: n, seed: 11 });

const integer = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -20, max: 20 }));
/** Any double, and many of those that lie in the middle between two shorter decimals. */
const float = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 16),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n * 2.5),
  fc.constantFrom(0, -0, 5e-324, 1.7976931348623157e308, 2 ** 53, 1e21, 1e22, 0.5, 1.5, 2.5),
);

describe("53-bit integers", () => {
  it("compute as 64-bit ones, where they can hold the result", () => {
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        expect(BigInt(and(a, b))).toBe(BigInt(a) & BigInt(b));
        expect(BigInt(or(a, b))).toBe(BigInt(a) | BigInt(b));
        expect(BigInt(xor(a, b))).toBe(BigInt(a) ^ BigInt(b));
        if (b === 0) return;
        const rest = ((BigInt(a) % BigInt(b)) + BigInt(b)) % BigInt(b);
        expect(BigInt(mod(a, b))).toBe(rest);
        expect(BigInt(div(a, b))).toBe((BigInt(a) - rest) / BigInt(b));
        expect(Object.is(mod(a, b), -0) || Object.is(div(a, b), -0)).toBe(false);
      }),
      { numRuns: long ? 100_000 : 2000 },
    );
  });

  it("shift as 64-bit ones, and tell when they cannot hold the result", () => {
    fc.assert(
      fc.property(integer, fc.integer({ min: -70, max: 70 }), (x, by) => {
        const wide = BigInt.asUintN(64, BigInt(x));
        const exact = BigInt.asIntN(
          64,
          Math.abs(by) > 63 ? 0n : by < 0 ? wide >> BigInt(-by) : wide << BigInt(by),
        );
        const held = exact <= Number.MAX_SAFE_INTEGER && exact >= Number.MIN_SAFE_INTEGER;
        const result = shift(x, by);
        expect(Number.isSafeInteger(result)).toBe(held);
        if (held) expect(BigInt(result)).toBe(exact);
      }),
      { numRuns: long ? 100_000 : 2000 },
    );
  });

  it.each([
    ["10", 10],
    [" -10 ", -10],
    ["0x1F", 31],
    ["-0x1f", -31],
    ["0xffffffffffffffff", -1],
    ["0x1ffffffffffffffff", -1],
    ["9007199254740991", 9007199254740991],
    ["1.0", undefined],
    ["1e3", undefined],
    ["", undefined],
    ["0x", undefined],
    ["--1", undefined],
    ["9223372036854775808", undefined],
  ])("are read from %j", (text, expected) => {
    expect(readInteger(text)).toBe(expected);
  });

  it("tell when a numeral is beyond them", () => {
    for (const text of [
      "9007199254740992",
      "9007199254740993",
      "-9223372036854775808",
      "0x7fffffffffffffff",
    ]) {
      expect(Number.isSafeInteger(readInteger(text)), text).toBe(false);
      expect(readInteger(text)).not.toBeUndefined();
    }
  });

  it("are read in any base", () => {
    expect(readInBase("-zZ", 36)).toBe(-1295);
    expect(readInBase("102", 2)).toBeUndefined();
    expect(readInBase("1 2", 10)).toBeUndefined();
  });

  it("come back from their bytes", () => {
    fc.assert(
      fc.property(integer, fc.integer({ min: 7, max: 16 }), fc.boolean(), (n, size, little) => {
        expect(unpackInteger(packInteger(n, size, little), size, little, true)).toBe(n);
      }),
    );
    expect(unpackInteger(new Uint8Array(16).fill(255), 16, true, false)).toBeUndefined();
    expect(unpackInteger(new Uint8Array([0xff, 0xfe]), 2, false, true)).toBe(-2);
    expect(unpackInteger(new Uint8Array([0xff, 0xfe]), 2, false, false)).toBe(0xfffe);
  });
});

describe.skipIf(!existsSync(LUA))("numbers are printed as C prints them:", () => {
  const inLua = (n: number) =>
    Object.is(n, -0)
      ? "-0.0"
      : Number.isInteger(n) && Math.abs(n) < 1e15
        ? n.toFixed(1)
        : String(n);

  it("as Lua shows a float", () => {
    const numbers = sample(float, 2000);
    const source = `for _, n in ipairs{${numbers.map(inLua).join(",")}} do print((string.format("%.14g", n))) end`;
    const expected = execFileSync(LUA, ["-"], { input: source }).toString().trim().split("\n");
    expect(numbers.map(printFloat)).toEqual(expected);
  });

  it("in every format of floats", () => {
    const formats = [
      "%f",
      "%.0f",
      "%.1f",
      "%.3f",
      "%10.2f",
      "%-12.1f",
      "%+f",
      "% f",
      "%#.0f",
      "%012.3f",
      "%e",
      "%.0e",
      "%.3E",
      "%20.10e",
      "%g",
      "%.0g",
      "%.3g",
      "%#g",
      "%G",
      "%.17g",
      "%a",
      "%.3a",
      "%A",
      "%.99f",
    ];
    const numbers = sample(float, 150);
    const source = `local fs = {${formats.map((format) => `"${format}"`).join(",")}} for _, n in ipairs{${numbers.map(inLua).join(",")}} do for _, f in ipairs(fs) do print("|" .. f:format(n)) end end`;
    const expected = execFileSync(LUA, ["-"], { input: source, maxBuffer: 2 ** 28 })
      .toString()
      .trim()
      .split("\n");
    const got = numbers.flatMap((n) => formats.map((format) => `|${printNumber(format, n)}`));
    expect(got).toEqual(expected);
  });

  it("in every format of integers", () => {
    const formats = [
      "%d",
      "%5d",
      "%-8d|",
      "%05d",
      "%+d",
      "% d",
      "%.4d",
      "%8.3d",
      "%x",
      "%X",
      "%#x",
      "%08x",
      "%o",
      "%i",
    ];
    const numbers = sample(integer, 150);
    const source = `local fs = {${formats.map((format) => `"${format}"`).join(",")}} for _, n in ipairs{${numbers.join(",")}} do for _, f in ipairs(fs) do print("|" .. f:format(n)) end end`;
    const expected = execFileSync(LUA, ["-"], { input: source, maxBuffer: 2 ** 28 })
      .toString()
      .trim()
      .split("\n");
    const got = numbers.flatMap((n) =>
      formats.map(
        (format) => `|${printNumber(format.replace("|", ""), n)}${format.endsWith("|") ? "|" : ""}`,
      ),
    );
    expect(got).toEqual(expected);
  });
});
