import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import type { WorkspaceIndex } from "../../server/src/workspace/index/workspace-index.ts";
import { newIndex, temporaryFolder, useText, write } from "./folder.ts";

const RUNS = process.env["LLMSPELL_LONG"] === undefined ? 15 : 300;

const FILES = ["a.lua", "b.lua", "lib/c.lua", "lib/d.lua", "lib/d/init.lua", "x/c.lua"];
const MODULES = ["a", "b", "lib.c", "lib.d", "c", "d"];

/** A script that passes on what it gets to other modules, which may pass it back. */
const script = fc
  .record({
    own: fc.constantFrom("user", "cache", "app:x"),
    required: fc.array(fc.constantFrom(...MODULES), { maxLength: 3 }),
    exported: fc.boolean(),
    padding: fc.nat(3),
  })
  .map(({ own, required, exported, padding }) =>
    [
      "-- 🙂".repeat(padding),
      ...required.map((name, i) => `local m${i} = require("${name}")`),
      `local M = { NAME = "${own}" }`,
      "function M.put(key, value)",
      `  State.save("${own}", "k:" .. key, value)`,
      ...required.map((_, i) => `  m${i}.put(key .. ":${own}", value)`),
      "end",
      `M.put("x", { kind = "${own}" })`,
      ...required.map((_, i) => `m${i}.put("y", 1) State.delete(m${i}.NAME, "z")`),
      exported ? "return M" : "",
    ].join("\n"),
  );

type Step =
  | { readonly do: "write" | "open"; readonly file: string; readonly text: string }
  | { readonly do: "delete" | "close"; readonly file: string }
  | { readonly do: "rename"; readonly file: string; readonly to: string }
  | { readonly do: "ignore"; readonly lines: readonly string[] }
  | { readonly do: "wait" };

const file = fc.constantFrom(...FILES);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("write" as const), file, text: script }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("open" as const), file, text: script }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), file }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), file }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rename" as const), file, to: file }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("ignore" as const),
      lines: fc.subarray(["lib/", "!lib/", "c.lua", "/b.lua", "d/**"]),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: "wait" as const }) },
);

/** Does a step to the folder, and tells the index as an editor would. */
async function take(
  step: Step,
  folder: string,
  index: WorkspaceIndex,
  open: Map<string, string>,
): Promise<void> {
  if (step.do === "wait") return index.settled();
  if (step.do === "ignore") {
    write(folder, ".gitignore", step.lines.join("\n"));
    return index.touched([join(folder, ".gitignore")]);
  }
  const path = join(folder, step.file);
  if (step.do === "open") {
    open.set(step.file, step.text);
    index.opened(path, buildScriptModel(step.text));
  } else if (step.do === "close") {
    if (open.delete(step.file)) index.closed(path);
  } else if (step.do === "write") {
    write(folder, step.file, step.text);
    index.touched([path]);
  } else if (step.do === "delete") {
    rmSync(path, { force: true });
    index.touched([path]);
  } else if (step.do === "rename") {
    const to = join(folder, step.to);
    try {
      renameSync(path, to);
    } catch {
      return;
    }
    index.touched([path, to]);
  }
}

/** All that the index answers. */
function everything(index: WorkspaceIndex) {
  const namespaces = index.namespaces();
  return {
    complete: index.complete,
    files: FILES.map((name) => [name, index.usesIn(name), index.modulesOf(name)]),
    namespaces,
    keys: namespaces.exact.map(({ text }) => index.keys(text)),
    all: index.usesOfNamespace({ kind: "unknown" }).overlapping.map(useText),
  };
}

test(
  `after any ${RUNS} sequences of edits it equals one that is made anew`,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const folder = temporaryFolder();
        const open = new Map<string, string>();
        const index = newIndex(folder);
        index.start();
        for (const one of steps) await take(one, folder, index, open);
        const fresh = newIndex(folder);
        for (const [name, text] of open) fresh.opened(join(folder, name), buildScriptModel(text));
        fresh.start();
        await Promise.all([index.settled(), fresh.settled()]);
        const [found, expected] = [everything(index), everything(fresh)];
        await Promise.all([index.cancel(), fresh.cancel()]);
        expect(found).toEqual(expected);
      }),
      { numRuns: RUNS, seed: 20261122 },
    );
  },
  RUNS * 8000,
);
