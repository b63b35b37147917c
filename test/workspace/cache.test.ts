import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import type { IndexOptions } from "../../server/src/workspace/index/workspace-index.ts";
import { builtIndex, newIndex, temporaryFolder, usesIn, write } from "./folder.ts";

const RUNS = process.env["LLMSPELL_LONG"] === undefined ? 8 : 150;
/** Files younger than this, in ms, are not trusted to be what was read. */
const OLD_ENOUGH = 150;

const module = (namespace: string): string =>
  `local M = {} function M.put(k) State.save("${namespace}", k, { 1 }) end return M`;
const FILES = {
  "m.lua": module("one"),
  "a.lua": 'require("m").put("x")',
  "b.lua": "State.load('b', 'b')",
};

/** Builds, closes, and tells how many scripts were read. */
async function readCount(folder: string, options: Partial<IndexOptions>): Promise<number> {
  let read = 0;
  const onProgress: IndexOptions["onProgress"] = ({ total }) => {
    read = total;
  };
  const index = await builtIndex(folder, { ...options, onProgress });
  expect(index.complete).toBe(true);
  expect(usesIn(index, "b.lua")).toEqual(["b.lua:1 load b/b"]);
  await index.close();
  return read;
}

test("a second start reads only what changed since, and what depends on it", async () => {
  const folder = temporaryFolder(FILES);
  const cacheFile = join(temporaryFolder(), "made/here/cache");
  await setTimeout(OLD_ENOUGH);
  expect(await readCount(folder, { cacheFile })).toBe(3);
  expect(await readCount(folder, { cacheFile })).toBe(0);
  write(folder, "m.lua", module("two"));
  const index = await builtIndex(folder, { cacheFile });
  expect(usesIn(index, "a.lua")).toEqual(["a.lua:1 save two/x"]);
});

test("a cache that is damaged, cut or of another version counts as none", async () => {
  const folder = temporaryFolder(FILES);
  const cacheFile = join(temporaryFolder(), "cache");
  await setTimeout(OLD_ENOUGH);
  await readCount(folder, { cacheFile });
  const whole = readFileSync(cacheFile);
  expect(await readCount(folder, { cacheFile })).toBe(0);
  const damages: readonly ((bytes: Buffer) => Buffer)[] = [
    (bytes) => bytes.subarray(0, bytes.length - 5),
    (bytes) => Buffer.from(bytes.toString().replace('"one"', '"two"')),
    (bytes) => Buffer.from(bytes.toString().replace(/ \d+\.\d+\.\d+/, " 0.0.0")),
    () => Buffer.alloc(0),
    () => Buffer.from([0xff, 0xfe, 0x0a, 0x7b]),
  ];
  for (const damage of damages) {
    writeFileSync(cacheFile, damage(whole));
    expect(await readCount(folder, { cacheFile })).toBe(3);
  }
});

test("what is open in the editor does not get into the cache", async () => {
  const folder = temporaryFolder(FILES);
  const cacheFile = join(temporaryFolder(), "cache");
  await setTimeout(OLD_ENOUGH);
  const index = await builtIndex(folder, { cacheFile });
  index.opened(join(folder, "m.lua"), buildScriptModel("return {}"));
  await index.settled();
  expect(usesIn(index, "a.lua")).toEqual([]);
  await index.close();
  const again = await builtIndex(folder, { cacheFile });
  expect(usesIn(again, "a.lua")).toEqual(["a.lua:1 save one/x"]);
});

test("a cache that cannot be written is done without", async () => {
  const folder = temporaryFolder(FILES);
  expect(await readCount(folder, { cacheFile: join(folder, "a.lua/cache") })).toBe(3);
});

const names = ["a.lua", "b.lua", "c.lua", "d.lua"];
const content = fc
  .tuple(fc.subarray(["a", "b", "c", "d"]), fc.constantFrom("one", "two"))
  .map(([required, namespace]) =>
    [
      ...required.map((name, i) => `local m${i} = require("${name}")`),
      `local M = {} function M.put(k) State.save("${namespace}", k, 1)`,
      ...required.map((_, i) => `m${i}.put("${namespace}" .. k)`),
      `end M.put("x") return M`,
    ].join("\n"),
  );
const folderContent = fc.dictionary(fc.constantFrom(...names), content, { noNullPrototype: true });

test(
  "whatever happens between two starts, the second knows what a first would",
  async () => {
    await fc.assert(
      fc.asyncProperty(folderContent, folderContent, folderContent, async (first, open, second) => {
        const folder = temporaryFolder(first);
        const cacheFile = join(temporaryFolder(), "cache");
        await setTimeout(OLD_ENOUGH);
        const before = await builtIndex(folder, { cacheFile });
        for (const [name, text] of Object.entries(open)) {
          before.opened(join(folder, name), buildScriptModel(text));
        }
        await before.settled();
        await before.close();
        for (const [name, text] of Object.entries(second)) write(folder, name, text);
        if (first["d.lua"] !== undefined) rmSync(join(folder, "d.lua"));
        const [again, fresh] = [newIndex(folder, { cacheFile }), newIndex(folder)];
        for (const index of [again, fresh]) index.start();
        await Promise.all([again.settled(), fresh.settled()]);
        for (const name of names) expect(again.usesIn(name)).toEqual(fresh.usesIn(name));
        await Promise.all([again.cancel(), fresh.cancel()]);
      }),
      { numRuns: RUNS, seed: 20261122 },
    );
  },
  RUNS * 8000,
);
