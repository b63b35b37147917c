import fc from "fast-check";
import { expect, test } from "vitest";
import { splitArguments } from "../../client/src/runs/arguments.ts";

test.each([
  ["", []],
  ["  one   two ", ["one", "two"]],
  ['"one two" three', ["one two", "three"]],
  ["'one \"two' \"it's\"", ['one "two', "it's"]],
  ['--name="Ada Lovelace"', ["--name=Ada Lovelace"]],
  ["a\\ b", ["a b"]],
  ['"say \\"hi\\" \\n"', ['say "hi" \\n']],
  ["\"\" x ''", ["", "x", ""]],
  ['"never closed', ["never closed"]],
  ["ends with \\", ["ends", "with", "\\"]],
])("%s", (line, args) => {
  expect(splitArguments(line)).toEqual(args);
});

test("what is quoted comes back whole", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (args) => {
      const line = args.map((arg) => `"${arg.replaceAll(/["\\]/g, "\\$&")}"`).join(" ");
      expect(splitArguments(line)).toEqual(args);
    }),
  );
});
