import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openStore } from "../../server/src/engine/open-store.ts";
import { TimeCounter } from "../../server/src/engine/overview/buckets.ts";
import { Foremost } from "../../server/src/engine/overview/foremost.ts";
import { overviewOf } from "../../server/src/engine/overview/overview.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

const YEAR = 365 * 24 * 3_600_000;

describe.each(["sqlite", "memory"] as const)("the overview of a store: %s", (backend) => {
  const open = () => openStore(optionsIn(temporaryFolder(), { backend }));

  test("counts what is stored, and names the largest and the oldest", async () => {
    const store = open();
    await store.transact("t", async (transaction) => {
      for (let n = 0; n < 600; n++) {
        await transaction.put({
          namespace: `n${n % 3}`,
          key: `k${n}`,
          value: `"${"x".repeat(n)}"`,
          createdAt: 1_700_000_000_000 + n * 1000,
          updatedAt: 1_700_000_000_000 + (600 - n) * 1000,
        });
      }
    });
    const overview = await overviewOf(store);
    expect(overview).toMatchObject({ entries: 600, namespaceCount: 3 });
    expect(overview.bytes).toBe((600 * 599) / 2 + 1200);
    expect(overview.namespaces.map(({ namespace }) => namespace)).toEqual(["n2", "n1", "n0"]);
    expect(overview.largest.map(({ key }) => key)).toEqual(
      Array.from({ length: 10 }, (_, n) => `k${599 - n}`),
    );
    expect(overview.oldest[0]).toMatchObject({ namespace: "n2", key: "k599", bytes: 601 });
    expect(overview.oldest).toHaveLength(10);
    expect(overview.created.buckets.reduce((sum, { entries }) => sum + entries, 0)).toBe(600);
    expect(overview.created.buckets).toHaveLength(11);
    await store.close();
  });

  test("of nothing is empty", async () => {
    const store = open();
    expect(await overviewOf(store)).toMatchObject({ entries: 0, bytes: 0, namespaces: [] });
  });

  test("can be cancelled", async () => {
    const store = open();
    await store.save("t", "n", "k", "1");
    const signal = AbortSignal.abort();
    await expect(overviewOf(store, { signal })).rejects.toMatchObject({ code: "cancelled" });
  });
});

test("times are counted in few buckets, whatever span they cover", () => {
  const times = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 60 * YEAR }), bytes: fc.nat(1000) }),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(times, fc.constantFrom(1, 1000, 1_000_000), (given, divisor) => {
      const counter = new TimeCounter();
      for (const { at, bytes } of given) counter.add(Math.floor(at / divisor), bytes);
      const { width, buckets } = counter.result();
      expect(buckets.length).toBeLessThanOrEqual(120);
      for (const bucket of buckets) {
        const held = given.filter(
          ({ at }) => Math.floor(Math.floor(at / divisor) / width) === bucket.at / width,
        );
        expect(bucket.entries).toBe(held.length);
        expect(bucket.bytes).toBe(held.reduce((sum, { bytes }) => sum + bytes, 0));
      }
      expect(buckets.reduce((sum, { entries }) => sum + entries, 0)).toBe(given.length);
    }),
  );
});

test("the foremost are those of a sorted list", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 8 }), (numbers, limit) => {
      const foremost = new Foremost<number>(limit, (one, other) => one - other);
      for (const number of numbers) foremost.add(number);
      expect(foremost.result()).toEqual([...numbers].sort((a, b) => a - b).slice(0, limit));
    }),
  );
});
