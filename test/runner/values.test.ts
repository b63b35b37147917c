import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { printLua } from "../../server/src/engine/values/lua.ts";
import { parseValue } from "../../server/src/engine/values/parse.ts";
import { printValue } from "../../server/src/engine/values/print.ts";
import type { StateValue } from "../../server/src/engine/values/value.ts";
import { RUNTIMES } from "../../server/src/runner/types.ts";
import { type Bench, memoryStore, openBench } from "./harness.ts";

describe.each(RUNTIMES)("on %s:", (runtime) => {
  const store = memoryStore();
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(store.connect, runtime);
  });
  afterAll(() => bench.close());

  /** What is stored after `State.save("v", "k", EXPRESSION)`. */
  async function saved(expression: string, before = ""): Promise<string | undefined> {
    await bench.print(`${before} State.save("v", "k", ${expression})`);
    return store.value("v", "k");
  }

  /** The message that refuses the value. */
  async function refused(expression: string, before = ""): Promise<string> {
    const { error } = await bench.run(`${before}\nState.save("v", "k", ${expression})`);
    expect(error).toMatchObject({ code: "script-error", line: before.split("\n").length + 1 });
    return error?.message ?? "";
  }

  describe("a value saved by a script", () => {
    it.each([
      ["true", "true"],
      ["3", "3"],
      ["3.0", "3.0"],
      ["-0.0", "-0.0"],
      ["0.1", "0.1"],
      ["1e100", "1e+100"],
      ["2^53", "9007199254740992.0"],
      [
        "os.time{year=2024,month=1,day=1,hour=0} * 1000 - os.time{year=2024,month=1,day=1,hour=0} * 1000 + 1700000000123",
        "1700000000123",
      ],
      ["9007199254740991", "9007199254740991"],
      ["-9007199254740991", "-9007199254740991"],
      ["10 // 3", "3"],
      ["10 / 2", "5.0"],
      ['""', '""'],
      [
        '"a\\"b\\\\c\\n\\t\\0\\1\\u{20AC}\\u{1F600}\\127"',
        JSON.stringify('a"b\\c\n\t\0\u0001€😀\u007f'),
      ],
      ["{}", "{}"],
      ["{{}, {{}}}", "[{},[{}]]"],
      ["{1, 2, 3}", "[1,2,3]"],
      ["{1, nil}", "[1]"],
      ["{[1] = 'a', [2] = 'b'}", '["a","b"]'],
      ["{[2] = 'b', [1] = 'a'}", '["a","b"]'],
      ["{[1.0] = 'a'}", '["a"]'],
      [
        "{b = 1, a = 2, ['é'] = 3, B = 4, ['10'] = 5, ['9'] = 6, [''] = 7}",
        '{"":7,"10":5,"9":6,"B":4,"a":2,"b":1,"é":3}',
      ],
      ["{['\\u{FFFF}'] = 1, ['\\u{10000}'] = 2}", '{"\uffff":1,"\u{10000}":2}'],
      [
        "{['__proto__'] = 1, constructor = {prototype = 2}, ['a/b'] = 3}",
        '{"__proto__":1,"a/b":3,"constructor":{"prototype":2}}',
      ],
      ["setmetatable({x = 1}, {__index = {y = 2}})", '{"x":1}'],
    ])("%s is %s", async (expression, json) => {
      expect(await saved(expression)).toBe(json);
    });

    it("may hold the same table twice", async () => {
      expect(await saved("{a = t, b = t}", "local t = {1}")).toBe('{"a":[1],"b":[1]}');
    });

    it("keeps `[]` where an empty table replaces it", async () => {
      await store.put("v", "k", '{"list":[],"map":{}}');
      expect(await saved("v", 'local v = State.load("v", "k")')).toBe('{"list":[],"map":{}}');
      expect(await saved("{list = {}, new = {}}")).toBe('{"list":[],"new":{}}');
    });

    it("may have 1000 levels and no more", async () => {
      const nest = (n: number) => `local v = 1 for _ = 1, ${n} do v = {v} end`;
      expect(await saved("v", nest(1000))).toBe(`${"[".repeat(1000)}1${"]".repeat(1000)}`);
      expect(await refused("v", nest(1001))).toMatch(/more than 1000 levels/);
    });
  });

  describe("a value that cannot be stored is refused:", () => {
    it.each([
      ["{items = {1, 2, {callback = print}}}", /value\.items\[3\]\.callback is a function/],
      [
        "{items = {1, 2, {callback = function() end}}}",
        /value\.items\[3\]\.callback is a function/,
      ],
      ["print", /value is a function/],
      ["coroutine.create(print)", /value is a thread/],
      ["{x = {coroutine.running()}}", /value\.x\[1\] is a thread/],
      ["0/0", /value is NaN/],
      ["{n = 1/0}", /value\.n is infinite/],
      ["{-math.huge}", /value\[1\] is infinite/],
      ["{1, 2, nil, 4}", /value is a list with gaps: 3 items up to index 4/],
      ["{[3] = 1}", /value is a list with gaps: 1 items up to index 3/],
      ["{1, 2, x = 3}", /value mixes string keys with list items/],
      ["{x = 3, [1] = 2}", /value mixes string keys with list items/],
      ["{a = {b = {1, y = 2}}}", /value\.a\.b mixes/],
      ["{[true] = 1}", /value has a boolean as a key/],
      ["{[0] = 1}", /value has the key 0/],
      ["{[-1] = 1}", /value has the key -1/],
      ["{[1.5] = 1}", /value has the key 1.5/],
      ["{1, 2, [1.5] = 1}", /value has the key 1.5/],
      ["{[{}] = 1}", /value has a table as a key/],
      ["{a = 1, [print] = 1}", /value has a function as a key/],
      ["'\\xff'", /value is not valid UTF-8/],
      ["{name = 'a\\xe9'}", /value\.name is not valid UTF-8/],
      ["{['\\xff'] = 1}", /value has a key that is not valid UTF-8/],
      ["'\\u{D800}'", /value is not valid UTF-8/],
      [
        "nil",
        /bad argument #3 to 'State.save' \(value\): nil was given; allowed is .* State\.delete/,
      ],
      ["{['my key'] = {print}}", /value\["my key"\]\[1\] is a function/],
      ["('x'):rep(70 * 1024 * 1024)", /too large|larger|bytes/],
    ])("%s", async (expression, message) => {
      expect(await refused(expression)).toMatch(message);
    });

    it("a cycle", async () => {
      expect(await refused("t", "local t = {a = {}} t.a.back = t")).toMatch(
        /value\.a\.back contains itself/,
      );
    });

    it("and the stored value stays", async () => {
      await store.put("v", "stays", "1");
      const output = await bench.print(
        'print(pcall(State.save, "v", "stays", {print})) print(State.load("v", "stays"))',
      );
      expect(output).toMatch(/^false\t.*value\[1\] is a function.*\n1\n$/);
    });
  });

  describe("a value loaded by a script", () => {
    it.each([
      ["3", "integer 3"],
      ["3.0", "float 3.0"],
      ["-0.0", "float -0.0"],
      ["9007199254740991", "integer 9007199254740991"],
      ["1e+100", "float 1e+100"],
      ["9007199254740993.0", "float 9.007199254741e+15"],
      ['"x"', "string x"],
      ["true", "boolean true"],
      ["[1,2.0,[3]]", "table 3 1 2.0 table"],
      ["[]", "table 0 nil nil nil"],
      ["{}", "table 0 nil nil nil"],
    ])("%s is exact", async (json, shown) => {
      await store.put("l", "k", json);
      const output = await bench.print(
        'local v = State.load("l", "k") if type(v) == "table" then print("table", #v, v[1], v[2], type(v[3]) == "table" and "table" or v[3]) else print(math.type(v) or type(v), v) end',
      );
      expect(output.trim().replaceAll("\t", " ")).toBe(shown);
    });

    const BEYOND_53_BITS = [
      "9007199254740992",
      "-9007199254740993",
      "9223372036854775807",
      "-9223372036854775808",
      '{"a":[9007199254740993]}',
    ];

    it.runIf(runtime === "lua54").each(BEYOND_53_BITS)("%s comes back as it was", async (json) => {
      await store.put("l", "big", json);
      await bench.print('State.save("l", "copy", State.load("l", "big"))');
      expect(await store.value("l", "copy")).toBe(json);
    });

    it.runIf(runtime === "fengari").each(BEYOND_53_BITS)(
      "%s is refused, not rounded",
      async (json) => {
        await store.put("l", "big", json);
        const { error } = await bench.run('\nlocal v = State.load("l", "big")');
        expect(error).toMatchObject({ line: 2 });
        expect(error?.message).toMatch(/the stored integer -?9\d+ cannot be loaded: .*2\^53/);
        expect(await store.value("l", "big")).toBe(json);
      },
    );

    it("may have any key", async () => {
      await store.put("l", "k", '{"__proto__":1,"constructor":2,"":3,"a\\"b":4,"10":5,"é":6}');
      expect(
        await bench.print(
          'local v = State.load("l", "k") print(v.__proto__, v.constructor, v[""], v[\'a"b\'], v["10"], v["é"])',
        ),
      ).toBe("1\t2\t3\t4\t5\t6\n");
    });
  });

  /** Any value that may be stored, with integers of so many bits; empty arrays are Lua's `{}`. */
  const storable = (bits: 53 | 64): fc.Arbitrary<StateValue> =>
    fc.letrec<{ value: StateValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.boolean(),
        fc.maxSafeInteger().map(BigInt),
        bits === 64 ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) : fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string({ unit: "binary", maxLength: 20 }).filter((text) => text.isWellFormed()),
        fc.array(tie("value"), { minLength: 1, maxLength: 5 }),
        fc
          .array(
            fc.tuple(
              fc.string({ unit: "binary", maxLength: 8 }).filter((key) => key.isWellFormed()),
              tie("value"),
            ),
            { maxLength: 5 },
          )
          .map((entries) => new Map(entries)),
      ),
    })).value;

  /** The canonical text with objects in byte order, as scripts save them. */
  function sorted(value: StateValue): StateValue {
    if (typeof value !== "object") return value;
    if (!(value instanceof Map)) return (value as readonly StateValue[]).map(sorted);
    const entries = [...(value as ReadonlyMap<string, StateValue>)].map(
      ([key, item]) => [key, sorted(item)] as const,
    );
    return new Map(entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  }

  describe("any value", () => {
    const long = process.env["LLMSPELL_LONG"] !== undefined;

    it("comes back from Lua source, and from load and save, as it was", async () => {
      const values = fc.sample(storable(runtime === "lua54" ? 64 : 53), {
        numRuns: long ? 20_000 : 400,
        ...(long ? {} : { seed: 7 }),
      });
      const source = values.map((value, i) => `State.save("p", "s${i}", ${printLua(value)})`);
      for (const [i, value] of values.entries()) await store.put("p", `l${i}`, printValue(value));
      // A function holds a limited number of constants: many small ones.
      const parts: string[] = [];
      for (let i = 0; i < source.length; i += 20)
        parts.push(`do local function f()\n${source.slice(i, i + 20).join("\n")}\nend f() end`);
      await bench.print(`${parts.join("\n")}
      for i = 0, ${values.length - 1} do State.save("p", "b" .. i, State.load("p", "l" .. i)) end`);
      for (const [i, value] of values.entries()) {
        const expected = printValue(sorted(value));
        expect(await store.value("p", `s${i}`)).toBe(expected);
        expect(await store.value("p", `b${i}`)).toBe(expected);
        expect(parseValue(expected)).toEqual(sorted(value));
      }
    });
  });
});
