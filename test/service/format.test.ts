import fc from "fast-check";
import { expect, it } from "vitest";
import { count, grouped } from "../../server/src/service/format.ts";

it("groups digits as the runtime does", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (n) => {
      expect(grouped(n)).toBe(n.toLocaleString("en-US"));
    }),
  );
});

it("counts", () => {
  expect([0, 1, 999, 12_000].map((n) => count(n, "key"))).toEqual([
    "0 keys",
    "1 key",
    "999 keys",
    "12,000 keys",
  ]);
});
