import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { EngineOptions } from "../../server/src/engine/engine.ts";
import { inspectStore } from "../../server/src/engine/inspect.ts";
import { openEngine } from "../../server/src/engine/open.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { openStateView } from "../../server/src/engine/view.ts";
import { exitOf, nextMessage, startProcess } from "./processes.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

const POSIX = process.platform !== "win32";

/** Whoever reads, writes or looks is told why the store cannot be read. */
async function expectUnreadable(
  options: EngineOptions,
  told: string,
  inspected: string,
): Promise<void> {
  const fault = { code: "store-unreadable", message: expect.stringContaining(told) };
  const store = openStore(options);
  onTestFinished(() => store.close());
  await expect(store.entry("n", "k")).rejects.toMatchObject(fault);
  await expect(store.save("t", "n", "k", "1")).rejects.toMatchObject(fault);
  await expect(openStateView(options).entry("n", "k")).rejects.toMatchObject(fault);
  expect(inspectStore(options)).toContainEqual({
    name: "format",
    ok: false,
    message: expect.stringContaining(inspected),
  });
}

describe("a state folder that cannot be reached", () => {
  it.runIf(POSIX)("is told as such by reading, writing and looking, not as a defect", async () => {
    const options = optionsIn(temporaryFolder());
    symlinkSync(options.folder, options.folder);
    await expectUnreadable(options, options.folder, "too many symbolic links");
  });

  it.runIf(POSIX)("because its file is a pipe is not waited for", async () => {
    const options = optionsIn(temporaryFolder());
    mkdirSync(options.folder);
    execFileSync("mkfifo", [join(options.folder, "state.db")]);
    await expectUnreadable(options, "is a pipe", "is a pipe");
  });

  it("because a file has its name is not called sound", () => {
    const options = optionsIn(temporaryFolder());
    writeFileSync(options.folder, "");
    expect(inspectStore(options)).toContainEqual({
      name: "format",
      ok: false,
      message: expect.stringContaining("Move what is in the way"),
    });
  });
});

it.runIf(POSIX)(
  "a state that may only be read is read, whatever its folder is called",
  async () => {
    const parent = join(temporaryFolder(), "50% #1? é 'q' \"d\" %20");
    mkdirSync(parent);
    const options = optionsIn(parent);
    const store = openStore(options);
    await store.save("t", "n", "k", "1");
    await store.close();
    chmodSync(options.folder, 0o555);
    onTestFinished(() => chmodSync(options.folder, 0o755));
    chmodSync(join(options.folder, "state.db"), 0o444);
    for (const folder of [parent, join(parent, "..")]) chmodSync(folder, 0o755);
    const child = startProcess("read-only.process.ts", JSON.stringify(options));
    expect(await nextMessage(child)).toMatchObject({ read: "1", viewed: "1" });
    await exitOf(child);
  },
);

it("what was set aside a moment ago stays, when another damaged state is", async () => {
  const options = optionsIn(temporaryFolder());
  const file = join(options.folder, "state.db");
  vi.useFakeTimers({ toFake: ["Date"], now: 1_700_000_000_000 });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const engine = openEngine(options);
  onTestFinished(() => engine.close());
  await engine.save("t", "n", "k", "1");
  const { id } = await engine.createBackup({ incremental: false });
  await engine.close();
  const names = new Set<string | undefined>();
  for (const size of [4000, 3000]) {
    truncateSync(file, size);
    const again = openEngine(options);
    names.add((await again.restoreBackup(id, { setAside: true })).setAside);
    await again.close();
  }
  expect(names.size).toBe(2);
});

it("an export that cannot be written is told of the file that was chosen", async () => {
  const options = optionsIn(temporaryFolder());
  const engine = openEngine(options);
  onTestFinished(() => engine.close());
  await engine.save("t", "n", "k", "1");
  const file = join(options.folder, "..", "missing", "export.jsonl");
  await expect(engine.exportEntries(file)).rejects.toMatchObject({
    code: "unwritable-file",
    message: expect.stringContaining(file),
  });
});
