import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { WorkspaceIndex } from "../../server/src/workspace/index/workspace-index.ts";
import { exact, INDEX_WORKER, newIndex, temporaryFolder, usesIn, write } from "./folder.ts";
import { generateScripts } from "./generate.ts";

const save = (key: string): string => `State.save("app", "${key}", 1)`;

/** Waits until a condition holds, looking again with every change of the index. */
function changesOf(folder: string, options: { watch: boolean }) {
  let look = (): void => undefined;
  const index = newIndex(folder, { ...options, onChange: () => look() });
  const until = (holds: (index: WorkspaceIndex) => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (holds(index)) resolve();
      };
      look();
    });
  return { index, until };
}

test("by itself it notices what other programs do to the folder", async () => {
  const folder = temporaryFolder({
    "a.lua": save("a"),
    "out/hidden.lua": save("hidden"),
    ".gitignore": "out/",
  });
  const { index, until } = changesOf(folder, { watch: true });
  const keys = (): string =>
    index
      .keys("app")
      .exact.map(({ text }) => text)
      .join(" ");
  index.start();
  await until(() => keys() === "a");
  write(folder, "a.lua", save("a2"));
  await until(() => keys() === "a2");
  write(folder, "new/deep/b.lua", save("b"));
  await until(() => keys() === "a2 b");
  renameSync(join(folder, "new"), join(folder, "old"));
  await until(
    () =>
      usesIn(index, "new/deep/b.lua", "old/deep/b.lua").join() === "old/deep/b.lua:1 save app/b",
  );
  write(folder, ".gitignore", "old/");
  await until(() => keys() === "a2 hidden");
  write(folder, "out/hidden.lua", save("seen"));
  await until(() => keys() === "a2 seen");
  rmSync(join(folder, "a.lua"));
  await until(() => keys() === "seen");
}, 60_000);

test("can be stopped at any time; what is known stays, nothing is claimed, and it can go on", async () => {
  const folder = temporaryFolder(Object.fromEntries(generateScripts({ scripts: 150, lines: 60 })));
  const { index, until } = changesOf(folder, { watch: false });
  index.start();
  await until(() => index.namespaces().exact.length > 0);
  const settled = index.settled();
  await index.cancel();
  await settled;
  expect(index.complete).toBe(false);
  expect(index.namespaces().exact.length).toBeGreaterThan(0);
  await index.settled();
  index.start();
  await index.settled();
  expect(index.complete).toBe(true);
  expect(index.usesOfNamespace(exact("stats")).same.length).toBeGreaterThan(100);
});

test("what is asked before the end is answered at once, and honestly", async () => {
  const scripts = generateScripts({ scripts: 120, lines: 60 });
  const folder = temporaryFolder(Object.fromEntries(scripts));
  const seen: { complete: boolean; known: number }[] = [];
  const index = newIndex(folder, {
    onChange: ({ complete }) =>
      seen.push({
        complete,
        known: [...scripts.keys()].filter((file) => index.usesIn(file).length > 0).length,
      }),
  });
  const { same, overlapping, unknown } = index.usesOf(exact("user"), exact("x"));
  expect([same, overlapping, unknown]).toEqual([[], [], []]);
  index.start();
  await index.settled();
  expect(seen.length).toBeGreaterThan(3);
  for (const { complete, known } of seen) expect(complete && known < 120).toBe(false);
  expect(seen.at(-1)).toEqual({ complete: true, known: 120 });
});

test("a worker that cannot run is told, and nothing is claimed", async () => {
  const folder = temporaryFolder({ "a.lua": save("a") });
  const failed = Promise.withResolvers<Error>();
  const worker = pathToFileURL(join(folder, "missing.cjs"));
  const index = newIndex(folder, { worker, onFailure: failed.resolve });
  index.start();
  const settled = index.settled();
  expect((await failed.promise).message).toContain("missing.cjs");
  await settled;
  expect(index.complete).toBe(false);
});

test("a worker whose memory runs out is told and started again, and all is known then", async () => {
  const folder = temporaryFolder({ "a.lua": save("a") });
  const mark = JSON.stringify(join(folder, "mark"));
  write(
    folder,
    "worker.mjs",
    `import { existsSync, writeFileSync } from "node:fs";
    if (!existsSync(${mark})) {
      writeFileSync(${mark}, "");
      for (const all = []; ; ) all.push(new Array(100_000).fill(0.5).map((n) => ({ n })));
    }
    await import(${JSON.stringify(INDEX_WORKER.href)});`,
  );
  const told: string[] = [];
  const complete = Promise.withResolvers<void>();
  const index = newIndex(folder, {
    worker: pathToFileURL(join(folder, "worker.mjs")),
    onFailure: (error, again) => told.push(`${"code" in error && error.code} ${again}`),
    onChange: (change) => {
      if (change.complete) complete.resolve();
    },
  });
  index.start();
  await complete.promise;
  expect(told).toEqual(["ERR_WORKER_OUT_OF_MEMORY true"]);
  expect(usesIn(index, "a.lua")).toEqual(["a.lua:1 save app/a"]);
}, 60_000);

test("what is left alone can change while it runs", async () => {
  const folder = temporaryFolder({ "a.lua": save("a"), "state/b.lua": save("b") });
  const index = newIndex(folder, { skip: [join(folder, "state")] });
  index.start();
  await index.settled();
  const keys = () => index.keys("app").exact.map(({ text }) => text);
  expect(keys()).toEqual(["a"]);
  await index.leaveAlone({ skip: [], exclude: [] });
  await index.settled();
  expect(keys()).toEqual(["a", "b"]);
  await Promise.all([
    index.leaveAlone({ skip: [join(folder, "state")], exclude: [] }),
    index.leaveAlone({ skip: [], exclude: ["a.lua"] }),
  ]);
  await index.settled();
  expect(keys()).toEqual(["b"]);
  expect(index.complete).toBe(true);
});

test("ending it twice, or before it began, does nothing", async () => {
  const index = newIndex(temporaryFolder());
  await index.close();
  index.start();
  await Promise.all([index.close(), index.close()]);
  await index.cancel();
});
