import { describe, expect, test } from "vitest";
import { printLua } from "../../../server/src/engine/values/lua.ts";
import { parseValue } from "../../../server/src/engine/values/parse.ts";

describe("a value as Lua source", () => {
  test.each([
    ["3", "3"],
    ["3.0", "3.0"],
    ["-9223372036854775808", "math.mininteger"],
    ["[]", "{}"],
    ["{}", "{}"],
    ["[1,[2,true]]", "{ 1, { 2, true } }"],
    ['{"name":"x","end":1,"a b":2,"":3}', '{ name = "x", ["end"] = 1, ["a b"] = 2, [""] = 3 }'],
    ['"a\\"\\\\\\n\\u0001é"', '"a\\"\\\\\\n\\x01é"'],
  ])("%s", (json, lua) => {
    expect(printLua(parseValue(json))).toBe(lua);
  });

  test("a table that does not fit stands one field to a line", () => {
    expect(printLua(parseValue('{"list":[1,2],"text":"some words"}'), 24)).toBe(
      '{\n  list = { 1, 2 },\n  text = "some words",\n}',
    );
  });
});
