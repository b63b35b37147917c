import fc from "fast-check";
import { expect, it } from "vitest";
import { arePlain, isPlain } from "../../../server/src/engine/values/check.ts";
import { printValue } from "../../../server/src/engine/values/print.ts";
import { anyValue } from "../arbitraries.ts";

const RUNS = process.env["LLMSPELL_LONG"] ? 20_000 : 1000;

/** Pieces that together make up JSON although one alone does not. */
const piece = fc.constantFrom(
  ...'[ ] { } , : " \\ 1 -1 1.0 1.5 1e+21 null true a 9007199254740993'.split(" "),
  "1,2",
  "[1",
  "2]",
  '"a',
  'a"',
  "[1,null",
  '{"a":1',
  "",
  "12345678901234567000",
  '"\\ud800"',
  "\ud800",
  `"${"x".repeat(3000)}"`,
  "[".repeat(1100) + "]".repeat(1100),
);
const text = fc.oneof(
  { weight: 4, arbitrary: anyValue.map(printValue) },
  { weight: 1, arbitrary: fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join("")) },
);

it("texts that are judged together are judged as each alone is", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
      expect(arePlain(texts)).toEqual(texts.map(isPlain));
    }),
    { numRuns: RUNS, seed: 20261122 },
  );
});

it.each([
  [["[1", "2]"]],
  [["[1", "2],3"]],
  [['"a', 'b"']],
  [["1,2", "3"]],
  [["[1", "null]"]],
  [["1}]},{", "2"]],
  [["", "1"]],
  [[]],
])("values that are whole only side by side are refused: %j", (texts: readonly string[]) => {
  expect(arePlain(texts)).toEqual(texts.map(isPlain));
});

it("an integer beyond 2^53 is found wherever it stands", () => {
  for (let before = 0; before < 40; before++) {
    const text = "x".repeat(before);
    expect(isPlain(`["${text}",9007199254740991]`)).toBe(true);
    expect(isPlain(`["${text}",9007199254740992]`)).toBe(false);
  }
});
