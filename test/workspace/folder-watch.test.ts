import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
