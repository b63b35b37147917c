import fc from "fast-check";
import { expect, it } from "vitest";
import { difference } from "../../shared/src/difference.ts";

it("makes the one text of the other, and no smaller replacement does", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });
  fc.assert(
    fc.property(text, text, text, text, (head, before, after, tail) => {
      const [old, now] = [head + before + tail, head + after + tail];
      const { start, end, text: put } = difference(old, now);
      expect(old.slice(0, start) + put + old.slice(end)).toBe(now);
      expect(end - start).toBeLessThanOrEqual(before.length);
      expect(put.length).toBeLessThanOrEqual(after.length);
    }),
  );
});
