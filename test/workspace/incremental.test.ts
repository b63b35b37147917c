import { renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ScriptModel } from "../../server/src/language/model.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { Indexer } from "../../server/src/workspace/index/indexer.ts";
import type { FileSummary } from "../../server/src/workspace/index/summary.ts";
import type { WorkspaceIndex } from "../../server/src/workspace/index/workspace-index.ts";
import { newIndex, temporaryFolder, useText, write } from "./folder.ts";

const LONG = process.env["LLMSPELL_LONG"] !== undefined;
/** Of the indexer in this thread, and of all of it with its worker. */
const RUNS = LONG ? 5000 : 150;
const WHOLE_RUNS = LONG ? 100 : 6;

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

/** What is told of the folder and the editor. */
type Subject = Pick<WorkspaceIndex, "opened" | "closed" | "touched" | "settled">;

/** The indexer without the thread that it mostly runs in. */
class InThisThread implements Subject {
  readonly #folder: string;
  readonly #indexer: Indexer;
  readonly summaries = new Map<string, FileSummary>();

  constructor(folder: string) {
    this.#folder = folder;
    const limits = { maxFiles: 100, maxFileBytes: 10_000 };
    const options = { folder, skip: [], exclude: [], limits, watch: false, cacheFile: undefined };
    this.#indexer = new Indexer(options, (message) => {
      if (!("batch" in message)) return;
      for (const gone of message.batch.removed) this.summaries.delete(gone);
      for (const summary of message.batch.summaries) this.summaries.set(summary.file, summary);
    });
  }

  opened(path: string, { module }: ScriptModel): void {
    this.#indexer.given(relative(this.#folder, path), module);
  }

  closed(path: string): void {
    this.#indexer.given(relative(this.#folder, path), undefined);
  }

  touched(paths: readonly string[]): void {
    this.#indexer.touched(paths.map((path) => relative(this.#folder, path)));
  }

  settled(): Promise<void> {
    return this.#indexer.settled();
  }
}

/** Does a step to the folder, and tells the index as an editor would. */
async function take(
  step: Step,
  folder: string,
  index: Subject,
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

const sequence = fc.array(step, { minLength: 1, maxLength: 25 });

test(`after any of ${RUNS} sequences of edits what is found out is what is found out anew`, async () => {
  await fc.assert(
    fc.asyncProperty(sequence, async (steps) => {
      const folder = temporaryFolder();
      const open = new Map<string, string>();
      const index = new InThisThread(folder);
      for (const one of steps) await take(one, folder, index, open);
      const fresh = new InThisThread(folder);
      for (const [name, text] of open) fresh.opened(join(folder, name), buildScriptModel(text));
      await Promise.all([index.settled(), fresh.settled()]);
      // What the files of open scripts say is asked again when they are closed.
      const found = FILES.filter((name) => !open.has(name));
      expect(found.map((name) => index.summaries.get(name))).toEqual(
        found.map((name) => fresh.summaries.get(name)),
      );
    }),
    { numRuns: RUNS, seed: 20261122 },
  );
}, 900_000);

test(`after any of ${WHOLE_RUNS} sequences of edits it answers as one that is made anew`, async () => {
  await fc.assert(
    fc.asyncProperty(sequence, async (steps) => {
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
    { numRuns: WHOLE_RUNS, seed: 20261122 },
  );
}, 900_000);
