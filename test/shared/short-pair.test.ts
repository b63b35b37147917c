import fc from "fast-check";
import { expect, test } from "vitest";
import { shortened, shortPair } from "../../shared/src/short-pair.ts";

test("short texts are shown whole, long ones as far as they fit", () => {
  expect(shortened("abc", 3)).toBe("abc");
  expect(shortened("🦉".repeat(5), 4)).toBe("🦉🦉🦉…");
  expect(shortPair('"Ada"', '"Grace"', 20)).toEqual(['"Ada"', '"Grace"']);
});

test("two long texts are cut at the same place, shortly before they differ", () => {
  const text = (name: string) => `${"a".repeat(100)}${name}${"z".repeat(100)}`;
  expect(shortPair(text("Ada"), text("Eve"), 20)).toEqual([
    "…aaaaaaAdazzzzzzzzz…",
    "…aaaaaaEvezzzzzzzzz…",
  ]);
});

test("whatever differs is seen, within the limit", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "é", "🦉", "🦊"), maxLength: 60 });
  fc.assert(
    fc.property(text, text, text, fc.integer({ min: 10, max: 40 }), (start, one, other, limit) => {
      const [before, after] = shortPair(start + one, start + other, limit);
      expect(before === after).toBe(one === other);
      for (const shown of [before, after]) {
        expect([...shown].length).toBeLessThanOrEqual(limit);
        expect(shown.isWellFormed()).toBe(true);
      }
    }),
  );
});
