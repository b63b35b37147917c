import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { watchFolder } from "../../server/src/workspace/folder-watch.ts";

/** A watched folder `state/backups` that is not there yet. */
function watched() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "folder-watch-")));
  const folder = join(root, "state/backups");
  let calls = 0;
  let wake: () => void = () => undefined;
  const watch = watchFolder(folder, () => {
    calls++;
    wake();
  });
  onTestFinished(() => {
    watch.close();
    rmSync(root, { recursive: true, force: true });
  });
  /** Does something and waits for the call for it. */
  const heard = async (act: () => void) => {
    const called = new Promise<void>((resolve) => {
      wake = resolve;
    });
    act();
    await called;
  };
  return { root, folder, heard, calls: () => calls };
}

test("what appears, changes and goes in a folder is heard, also when the folder comes, goes and comes again", async () => {
  const { root, folder, heard } = watched();
  await heard(() => mkdirSync(join(root, "state")));
  await heard(() => mkdirSync(folder));
  for (let round = 0; round < 2; round++) {
    await heard(() => writeFileSync(join(folder, "a.json"), "1"));
    await heard(() => writeFileSync(join(folder, "a.json"), "22"));
    await heard(() => rmSync(join(folder, "a.json")));
    await heard(() => rmSync(join(root, "state"), { recursive: true }));
    await heard(() => mkdirSync(folder, { recursive: true }));
  }
});

test("what happens beside the folder is not", async () => {
  const { root, folder, heard, calls } = watched();
  await heard(() => mkdirSync(join(root, "state")));
  const before = calls();
  for (let n = 0; n < 200; n++) writeFileSync(join(root, "state/state.db-wal"), String(n));
  await heard(() => mkdirSync(folder));
  expect(calls()).toBe(before + 1);
});

test("nor is a file in the making, until it has its name", async () => {
  const { root, folder, heard, calls } = watched();
  mkdirSync(folder, { recursive: true });
  await heard(() => rmSync(join(root, "state"), { recursive: true }));
  await heard(() => mkdirSync(folder, { recursive: true }));
  const before = calls();
  const making = join(folder, ".backup.making");
  writeFileSync(making, "1");
  // Silence has no event; what is heard is told 50 ms later.
  await setTimeout(150);
  expect(calls()).toBe(before);
  await heard(() => renameSync(making, join(folder, "backup.json")));
  expect(calls()).toBe(before + 1);
  await heard(() => renameSync(join(folder, "backup.json"), making));
});
