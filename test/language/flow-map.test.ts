import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  entries,
  get,
  type NumberMap,
  set,
  sizeOf,
  union,
  without,
} from "../../server/src/language/flow/number-map.ts";

const KEY = fc.oneof(fc.nat(40), fc.nat(2 ** 31 - 1));
const PAIRS = fc.array(fc.tuple(KEY, fc.nat(3)));
const STEPS = fc.array(fc.tuple(fc.boolean(), KEY, fc.nat(3)));

function mapOf(pairs: Iterable<readonly [number, number]>): NumberMap<number> {
  let map: NumberMap<number>;
  for (const [key, value] of pairs) map = set(map, key, value);
  return map;
}

function sorted(pairs: Iterable<readonly [number, number]>): (readonly [number, number])[] {
  return [...pairs].sort(([a], [b]) => a - b);
}

/** Every node of a map, by what an object of it is. */
function nodesOf(map: NumberMap<number>): Set<object> {
  const found = new Set<object>();
  const pending: object[] = map === undefined ? [] : [map];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    found.add(node);
    for (const inner of Object.values(node)) if (typeof inner === "object") pending.push(inner);
  }
  return found;
}

describe("a map that is never changed", () => {
  it("holds what a Map holds, after any steps", () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const expected = new Map<number, number>();
        let map: NumberMap<number>;
        for (const [add, key, value] of steps) {
          if (add) expected.set(key, value);
          else expected.delete(key);
          map = add ? set(map, key, value) : without(map, key);
          expect(sizeOf(map)).toBe(expected.size);
        }
        expect(sorted(entries(map))).toEqual(sorted(expected));
        for (const [, key] of steps) expect(get(map, key)).toBe(expected.get(key));
      }),
      { seed: 7 },
    );
  });

  it("is united with another as Maps are", () => {
    fc.assert(
      fc.property(PAIRS, PAIRS, PAIRS, (both, here, there) => {
        const common = mapOf(both);
        const a = here.reduce((map, [key, value]) => set(map, key, value), common);
        const b = there.reduce((map, [key, value]) => set(map, key, value), common);
        const expected = new Map([...both, ...here, ...both, ...there]);
        const united = union(a, b);
        expect(sorted(entries(united))).toEqual(sorted(expected));
        expect(sizeOf(united)).toBe(expected.size);
      }),
      { seed: 7 },
    );
  });

  it("is its union with itself, and with a part of it", () => {
    const map = mapOf(Array.from({ length: 500 }, (_, i) => [i * 7, i] as const));
    expect(union(map, map)).toBe(map);
    expect(union(without(map, 49), map)).toBe(map);
  });

  it("makes few parts of 100,000 anew for one key more, and for a union", () => {
    const map = mapOf(Array.from({ length: 100_000 }, (_, i) => [i, i] as const));
    const before = nodesOf(map);
    const [more, less] = [set(map, 100_000, 1), without(map, 77)];
    const united = union(more, less);
    const made = [...nodesOf(united)].filter((node) => !before.has(node));
    expect(made.length).toBeLessThan(40);
    expect(get(united, 77)).toBe(77);
    expect(get(united, 100_000)).toBe(1);
  });
});
