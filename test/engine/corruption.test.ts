import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inspectStore } from "../../server/src/engine/inspect.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { openStateView } from "../../server/src/engine/view.ts";
import { StateError } from "../../shared/src/errors.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

const FLIPS = process.env["LLMSPELL_LONG"] === undefined ? 60 : 500;
const ALLOWED = new Set(["corrupt-store", "foreign-store", "newer-format", "store-unreadable"]);

/** What an operation on a damaged store gave: a value, or the error's code. */
async function outcome<T>(work: () => Promise<T>): Promise<{ value: T } | { code: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof StateError) return { code: error.code };
    throw error;
  }
}

test("any flipped byte gives a named error, or data that the inspection vouches for", {
  timeout: 300_000,
}, async () => {
  const original = optionsIn(temporaryFolder(), { historyLimit: 2 });
  const expected = new Map<string, string>();
  const store = openStore(original);
  for (let n = 0; n < 120; n++) {
    const key = `key:${n % 60}`;
    const value = JSON.stringify({ n, text: "some words ".repeat((n % 40) ** 2 / 4) });
    await store.save("t", `ns${n % 3}`, key, value);
    expected.set(`ns${n % 3}/${key}`, value);
  }
  await store.close();
  const pristine = join(original.folder, "state.db");
  const size = readFileSync(pristine).length;

  let random = 20261122;
  const next = (limit: number): number => {
    random = (random * 1103515245 + 12345) % 2147483648;
    return random % limit;
  };
  let found = 0;
  for (let flip = 0; flip < FLIPS; flip++) {
    const options = optionsIn(temporaryFolder(), { historyLimit: 2 });
    mkdirSync(options.folder);
    const file = join(options.folder, "state.db");
    copyFileSync(pristine, file);
    const bytes = readFileSync(file);
    const at = next(size);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
    writeFileSync(file, bytes);

    const vouched = inspectStore(options).every(({ ok }) => ok);
    const damaged = openStore(options);
    const view = openStateView(options);
    for (const [name, value] of expected) {
      const [namespace = "", key = ""] = name.split("/");
      for (const reader of [damaged, view]) {
        const answer = await outcome(() => reader.entry(namespace, key));
        if ("code" in answer) {
          expect([...ALLOWED]).toContain(answer.code);
          expect(vouched).toBe(false);
        } else if (vouched) {
          expect(answer.value?.value).toBe(value);
        } else if (answer.value !== undefined) {
          expect(answer.value.value).toBe(value);
        }
      }
    }
    if (!vouched) found++;
    for (const work of [
      () => damaged.namespaces(),
      () => damaged.page("ns1", { limit: 100 }),
      () => damaged.history("ns1", "key:1"),
      () => damaged.save("t", "ns1", "key:1", "1"),
      () => damaged.delete("t", "ns2", "key:2"),
      () => damaged.undo("t", "ns0", "key:0"),
      () =>
        damaged.snapshot(async (snapshot) => {
          for await (const batch of snapshot.entries()) expect(batch.length).toBeGreaterThan(0);
        }),
    ]) {
      const answer = await outcome<unknown>(work);
      if ("code" in answer) expect([...ALLOWED]).toContain(answer.code);
    }
    await damaged.close();
    view.close();
  }
  // Most of a file is free space, where nothing is lost; but much is not.
  expect(found).toBeGreaterThan(FLIPS / 10);
});
