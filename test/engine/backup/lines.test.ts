import fc from "fast-check";
import { expect, it } from "vitest";
import {
  printDeletion,
  printEntry,
  readLines,
  type SavedEntry,
} from "../../../server/src/engine/backup/lines.ts";
import { checkValue } from "../../../server/src/engine/values/check.ts";
import { printValue } from "../../../server/src/engine/values/print.ts";
import { anyValue } from "../arbitraries.ts";

const RUNS = process.env["LLMSPELL_LONG"] ? 10_000 : 500;

const count = fc.oneof(fc.nat(), fc.maxSafeNat());
const moment = fc.oneof(count, fc.integer());
const entry: fc.Arbitrary<SavedEntry> = fc
  .record({
    namespace: fc.constantFrom("a", "a:b", "a.b-c_d"),
    key: fc.constantFrom("k", "a/b", "é", "\u{1F600}", 'with "quotes"', ',"value":', "}", "\u0085"),
    revision: count,
    createdAt: moment,
    updatedAt: moment,
    origin: fc.constantFrom("cli", "", 'script:"x".lua', "import:a\\b"),
    value: anyValue.map(printValue),
  })
  .map((fields) => ({ ...fields, plain: checkValue(fields.value).plain }));

it("lines are read back as they were printed, whatever stands beside them", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
      expect(readLines(entries.map(printEntry).join(""))).toEqual(entries);
    }),
    { numRuns: RUNS, seed: 20261122 },
  );
});

it("lines are read up to the first that was not printed so", () => {
  const broken = fc.constantFrom<(line: string) => string>(
    (line) => line.replace('"value":', '"value": '),
    (line) => line.replace("}\n", ',"more":1}\n'),
    (line) => line.replace("}\n", "}}\n"),
    (line) => line.replace("}\n", "\n"),
    (line) => line.replace('"revision":', '"revision":0'),
    (line) => line.replace('"revision":', '"revision":-1'),
    (line) => line.replace('"namespace":"', '"namespace":":'),
    (line) => line.replace('"key":"', '"key":"__'),
    (line) => line.replace('"key":"', '"key":"e\u0301'),
    (line) => line.replace('"origin":', '"origin":7'),
    () => "\n",
    () => "{}\n",
  );
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 1, maxLength: 6 }),
      fc.nat(5),
      broken,
      (entries, where, breakIt) => {
        const at = where % entries.length;
        const lines = entries.map(printEntry);
        lines[at] = breakIt(lines[at] ?? "");
        expect(readLines(lines.join(""))).toEqual([...entries.slice(0, at), undefined]);
      },
    ),
    { numRuns: RUNS, seed: 20261122 },
  );
});

it("values that are whole only over two lines are no values", () => {
  const line = (value: string) =>
    printEntry({
      ...{ namespace: "a", key: "k", revision: 1, createdAt: 1, updatedAt: 1, origin: "" },
      value,
      plain: true,
    });
  expect(readLines(line("[1") + line("2]"))).toEqual([undefined]);
  expect(readLines(line("1") + line("[1}]},{"))).toHaveLength(2);
});

it("deletions are read among entries", () => {
  const deletion = { namespace: "a", key: "k", revision: 7, at: 9 };
  expect(readLines(printDeletion(deletion))).toEqual([
    { namespace: "a", key: "k", value: undefined, revision: 7, deletedAt: 9 },
  ]);
});
