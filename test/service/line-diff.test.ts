import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineChanges, linesOf } from "../../server/src/service/line-diff.ts";

const line = fc.constantFrom("a\n", "b\n", "c\r\n", "\n", "d\r");
const text = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom("", "a", "end"))
  .map(([lines, last]) => lines.join("") + last);

describe("the difference of two texts by lines", () => {
  it("leads from one to the other, and nothing else is touched", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const from = linesOf(before);
        const to = linesOf(after);
        expect(from.join("")).toBe(before);
        let result = "";
        let at = 0;
        for (const change of lineChanges(from, to)) {
          result += from.slice(at, change.beforeStart).join("");
          result += to.slice(change.afterStart, change.afterEnd).join("");
          expect(change.beforeStart).toBeGreaterThanOrEqual(at);
          at = change.beforeEnd;
        }
        expect(result + from.slice(at).join("")).toBe(after);
      }),
      { numRuns: 3000, seed: 5 },
    );
  });

  it("is as small as it can be", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const from = linesOf(before);
        const to = linesOf(after);
        const touched = lineChanges(from, to).reduce(
          (sum, { beforeStart, beforeEnd, afterStart, afterEnd }) =>
            sum + beforeEnd - beforeStart + afterEnd - afterStart,
          0,
        );
        expect(touched).toBe(from.length + to.length - 2 * common(from, to));
      }),
      { numRuns: 2000, seed: 6 },
    );
  });
});

/** Length of the longest common subsequence, by the book. */
function common(a: readonly string[], b: readonly string[]): number {
  const rows = [new Array<number>(b.length + 1).fill(0)];
  a.forEach((one, i) => {
    const row = [0];
    b.forEach((other, j) => {
      row.push(
        one === other ? (rows[i]?.[j] ?? 0) + 1 : Math.max(rows[i]?.[j + 1] ?? 0, row[j] ?? 0),
      );
    });
    rows.push(row);
  });
  return rows.at(-1)?.at(-1) ?? 0;
}
