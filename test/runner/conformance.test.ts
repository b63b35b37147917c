import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Agreement,
  AREAS,
  agreement,
  hasOracle,
  withAgreement,
} from "./conformance/agreement.ts";
import { DIFFERENCES } from "./conformance/differences.ts";
import { type Bench, memoryStore, openBench } from "./harness.ts";

const store = memoryStore();
let bench: Bench;
beforeAll(async () => {
  bench = await openBench(store.connect, "fengari");
});
afterAll(() => bench.close());

describe.skipIf(!hasOracle)("the conformance suite", () => {
  const areas: Agreement[] = [];
  beforeAll(async () => {
    for (const area of AREAS) areas.push(await agreement(area));
  });

  it("has at least 250 scripts, each with a name of its own", () => {
    const names = areas.flatMap(({ cases }) => cases.map(({ name }) => name));
    expect(names.length).toBeGreaterThanOrEqual(250);
    expect(new Set(names).size).toBe(names.length);
  });

  it("is answered by the default runtime as Lua 5.4 answers it", () => {
    expect(areas.flatMap(({ differing }) => differing.lua54)).toEqual([]);
  });

  it("is answered otherwise by fengari only where that is known", () => {
    expect(areas.flatMap(({ differing }) => differing.fengari).sort()).toEqual(
      [...DIFFERENCES.keys()].sort(),
    );
  });

  it("is what docs/runner.md tells", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/runner.md"), "utf8");
    expect(withAgreement(page, areas)).toBe(page);
    for (const told of DIFFERENCES.values()) expect(page).toContain(`- ${told}`);
  });
});

describe("an integer of fengari", () => {
  it.each([
    ["math.maxinteger + 1", "integer overflow"],
    ["math.mininteger - 1", "integer overflow"],
    ["-math.maxinteger - 1", "integer overflow"],
    ["94906267 * 94906267", "integer overflow"],
    ["1 << 53", "integer overflow"],
    ["-1 >> 1", "integer overflow"],
    ["math.maxinteger * math.maxinteger", "integer overflow"],
    ["math.floor(2^53)", "integer overflow"],
    ["math.tointeger(2^53) or error('none')", "none"],
    ["tonumber('9007199254740993')", "integer overflow"],
    ["tonumber('20000000000001', 16) ", "integer overflow"],
    ["'9007199254740993' + 1", "arithmetic on a string"],
    ["2^53 | 0", "no integer representation"],
    ["string.unpack('<i8', '\\255\\255\\255\\255\\255\\255\\255\\127')", "integer overflow"],
    ["string.format('%d', 2^53)", "no integer representation"],
  ])("beyond 53 bits raises: %s", async (expression, message) => {
    const { error } = await bench.run(`\nlocal x = ${expression} return x`);
    expect(error?.message).toContain(message);
    expect(error).toMatchObject({ code: "script-error", line: 2 });
  });

  it("within 53 bits is exact, against BigInt", async () => {
    const edge = [
      0n,
      1n,
      2n,
      3n,
      7n,
      255n,
      65535n,
      2n ** 31n,
      2n ** 32n,
      2n ** 40n + 5n,
      2n ** 52n,
      2n ** 53n - 1n,
    ];
    const numbers = [...edge, ...edge.map((n) => -n)];
    const floor = (a: bigint, b: bigint) => a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
    const operations: Readonly<Record<string, (a: bigint, b: bigint) => bigint | undefined>> = {
      "+": (a, b) => a + b,
      "-": (a, b) => a - b,
      "*": (a, b) => a * b,
      "//": (a, b) => (b === 0n ? undefined : floor(a, b)),
      "%": (a, b) => (b === 0n ? undefined : a - floor(a, b) * b),
      "&": (a, b) => a & b,
      "|": (a, b) => a | b,
      "~": (a, b) => a ^ b,
      "<<": (a, b) => shifted(a, b),
      ">>": (a, b) => shifted(a, -b),
    };
    const list = `{${numbers.join(",")}}`;
    for (const [operator, exact] of Object.entries(operations)) {
      const output = await bench.print(`local list = ${list}
        for _, a in ipairs(list) do for _, b in ipairs(list) do
          local ok, r = pcall(function() return a ${operator} b end)
          print(ok and math.type(r) .. " " .. tostring(r) or "raised") end end`);
      const got = output.trim().split("\n");
      const expected = numbers.flatMap((a) =>
        numbers.map((b) => {
          const result = exact(a, b);
          const held = result !== undefined && result < 2n ** 53n && result > -(2n ** 53n);
          return held ? `integer ${result}` : "raised";
        }),
      );
      expect(got, operator).toEqual(expected);
    }
  });
});

/** Lua's shift: logical, of 64 bits. */
function shifted(a: bigint, by: bigint): bigint {
  if (by >= 64n || by <= -64n) return 0n;
  if (by >= 0n) return BigInt.asIntN(64, a << by);
  return BigInt.asIntN(64, BigInt.asUintN(64, a) >> -by);
}
