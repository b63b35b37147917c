import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printLua } from "../../server/src/engine/values/lua.ts";
import { printValue } from "../../server/src/engine/values/print.ts";
import { isArrayValue, type StateValue } from "../../server/src/engine/values/value.ts";
import { jsonOfLua } from "../../server/src/service/lua-value.ts";
import { anyValue } from "../engine/arbitraries.ts";

/** Empty lists as Lua has them: it knows no difference to an empty object. */
function withoutEmptyLists(value: StateValue): StateValue {
  if (typeof value !== "object") return value;
  if (isArrayValue(value)) {
    return value.length === 0 ? new Map<string, StateValue>() : value.map(withoutEmptyLists);
  }
  return new Map([...value].map(([key, item]) => [key, withoutEmptyLists(item)]));
}

describe("a value written as Lua", () => {
  test("is what it was printed from, whatever that is", () => {
    fc.assert(
      fc.property(anyValue, fc.boolean(), (value, returns) => {
        const text = returns ? `return ${printLua(value)}\n` : printLua(value);
        expect(jsonOfLua(text)).toBe(printValue(withoutEmptyLists(value)));
      }),
    );
  });

  test.each([
    ["7", "7"],
    ["7.0", "7.0"],
    ["0xff", "255"],
    ["0xFFFFFFFFFFFFFFFF", "-1"],
    ["-9223372036854775807", "-9223372036854775807"],
    ["math.maxinteger", "9223372036854775807"],
    ["1e3", "1000.0"],
    ["( -3 )", "-3"],
    ["'it'", '"it"'],
    ["[[\nlong\ntext]]", '"long\\ntext"'],
    ['"\\65\\u{e9}\\z   b"', '"Aéb"'],
    ["-- first\nreturn { 1, 2, } -- last\n", "[1,2]"],
    ["{ a = 1; ['b c'] = { true, false }, }", '{"a":1,"b c":[true,false]}'],
    ["{ __proto__ = 1, constructor = 2 }", '{"__proto__":1,"constructor":2}'],
  ])("%s is %s", (lua, json) => {
    expect(jsonOfLua(lua)).toBe(json);
  });

  test.each([
    ["", "line 1, column 1: there is no value"],
    ["-- only this", "there is no value"],
    ["1, 2", "line 1, column 4: there is a second value"],
    ["{ 1, 2", "line 1, column"],
    ["{ a = 1 } + 1", "would have to be run"],
    ["{\n  at = os.time(),\n}", 'line 2, column 8: "os.time()" would have to be run'],
    ["{ f = function() end }", "would have to be run"],
    ["{ a = nil }", "line 1, column 7: nil is not stored"],
    ["{ 1, a = 2 }", "line 1, column 6: a list has fields with names too"],
    ["{ [1] = 2 }", "line 1, column 4: a key in brackets must be a string"],
    ["{ a = 1, a = 2 }", 'line 1, column 10: the field "a" is there twice'],
    ["9223372036854775808", "is beyond 64 bits"],
    ["1e999", "cannot be stored as it stands"],
    ["0x1p4", "cannot be stored as it stands"],
    ['"\\xff"', "bytes that are no UTF-8"],
    ['-"1"', "only a number"],
    ["State.load('a', 'b')", "would have to be run"],
    ["return 1 return 2", "line 1, column"],
  ])("%s is refused", (lua, fault) => {
    expect(() => jsonOfLua(lua)).toThrow(
      expect.objectContaining({
        code: "invalid-value",
        message: expect.stringContaining(fault),
        next: expect.stringContaining("without calls"),
      }),
    );
  });

  test("nesting without end is refused, not overflowed", () => {
    const deep = `${"{".repeat(100_000)}${"}".repeat(100_000)}`;
    expect(() => jsonOfLua(deep)).toThrow(expect.objectContaining({ code: "invalid-value" }));
  });
});
