import { expect } from "vitest";
import { openStore } from "../../server/src/engine/open-store.ts";
import type { StoreOptions } from "../../server/src/engine/types.ts";
import { nextMessage, startProcess } from "./processes.ts";

/**
 * Four processes append to lists and count with compare-and-set, all on one store: nothing is lost,
 * nothing happens twice, and each process's own appends stand in their order.
 */
export async function appendFromFourProcesses(
  options: StoreOptions,
  operations: number,
): Promise<void> {
  const each = operations / 4;
  const names = ["p1", "p2", "p3", "p4"];
  const workers = names.map((name) =>
    startProcess("append.process.ts", JSON.stringify(options), name, String(each)),
  );
  await Promise.all(workers.map(nextMessage));

  const store = openStore(options);
  const lists = await store.page("shared", { prefix: "list:", limit: 100 });
  const appended = lists.flatMap(({ value }) => JSON.parse(value) as string[]);
  const expected = names.flatMap((name) =>
    Array.from({ length: each / 2 }, (_, index) => `${name}-${index * 2}`),
  );
  expect(appended.toSorted()).toEqual(expected.toSorted());
  for (const { value } of lists) {
    for (const name of names) {
      const own = (JSON.parse(value) as string[])
        .filter((item) => item.startsWith(`${name}-`))
        .map((item) => Number(item.split("-")[1]));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  }
  expect((await store.entry("shared", "counter"))?.value).toBe(String(operations / 2));
  expect(await store.revision()).toBe(operations);
  await store.close();
}
