import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { inspectStore } from "../../server/src/engine/inspect.ts";
import { openEngine } from "../../server/src/engine/open.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { checkRuntime } from "../../server/src/engine/sqlite/driver.ts";
import type { Store, StoreOptions } from "../../server/src/engine/types.ts";
import { openStateView } from "../../server/src/engine/view.ts";
import { exitOf, nextMessage, startProcess } from "./processes.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

function open(more: Partial<StoreOptions> = {}): [Store, StoreOptions & { file: string }] {
  const options = optionsIn(temporaryFolder(), more);
  const store = openStore(options);
  onTestFinished(() => store.close());
  return [store, { ...options, file: join(options.folder, "state.db") }];
}

describe("runtimes whose SQLite can damage a shared database are refused", () => {
  test.each(["3.7.0", "3.44.5", "3.44.7", "3.50.4", "3.50.8", "3.51.2", "0.0.0"])(
    "%s",
    (sqlite) => {
      expect(() => checkRuntime({ node: "22.0.0", sqlite })).toThrow(
        expect.objectContaining({
          code: "unsupported-runtime",
          message: expect.stringContaining(sqlite),
          next: expect.stringContaining("22.23.3"),
        }),
      );
    },
  );

  test.each(["3.44.6", "3.50.7", "3.51.3", "3.52.0", "3.53.4", "4.0.0"])(
    "%s is taken",
    (sqlite) => {
      checkRuntime({ node: "24.21.0", sqlite });
    },
  );
});

describe("the state folder", () => {
  test("is not made by looking, nor by what is refused", async () => {
    const [store, options] = open();
    const view = openStateView(options);
    await store.entry("n", "k");
    await store.namespaces();
    await store.delete("t", "n", "k");
    await store.keepDeletions(3);
    await store.snapshot(async () => {});
    await expect(store.save("t", "n", "k", "null")).rejects.toMatchObject({
      code: "invalid-value",
    });
    await expect(store.save("t", "n", "k", "1", { ifRevision: 4 })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(store.undo("t", "n", "k")).rejects.toMatchObject({ code: "nothing-to-undo" });
    expect(await view.namespaces()).toEqual([]);
    expect(inspectStore(options).every(({ ok }) => ok)).toBe(true);
    expect(existsSync(options.folder)).toBe(false);
  });

  test("is private, and ignored by git", async () => {
    const [store, options] = open();
    await store.save("t", "n", "k", "1");
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect(mode(options.folder)).toBe(0o700);
    for (const file of readdirSync(options.folder)) {
      expect([file, mode(join(options.folder, file))]).toEqual([file, 0o600]);
    }
    expect(readFileSync(join(options.folder, ".gitignore"), "utf8")).toBe("*\n");
  });

  test("that is removed under a store reads as empty, and comes back with a write", async () => {
    const [store, options] = open();
    await store.save("t", "n", "k", "1");
    rmSync(options.folder, { recursive: true });
    expect(await store.entry("n", "k")).toBeUndefined();
    expect((await store.save("t", "n", "k", "2")).before).toBeUndefined();
    expect((await store.entry("n", "k"))?.value).toBe("2");
    expect(existsSync(options.file)).toBe(true);
  });

  test("that goes with all around it is named, and work goes on when it is back", async () => {
    const [store, options] = open();
    await store.save("t", "n", "k", "1");
    const parent = dirname(options.folder);
    renameSync(parent, `${parent}-away`);
    await expect(store.save("t", "n", "k", "2")).rejects.toMatchObject({
      code: "state-folder-gone",
      message: expect.stringContaining(parent),
    });
    renameSync(`${parent}-away`, parent);
    expect((await store.save("t", "n", "k", "2")).before).toBe("1");
  });

  test("where a file is in the way is named", async () => {
    const [store, options] = open();
    writeFileSync(options.folder, "");
    await expect(store.save("t", "n", "k", "1")).rejects.toMatchObject({
      code: "store-unreadable",
      message: expect.stringContaining(options.file),
    });
  });

  test.skipIf(process.platform === "win32")(
    "that may only be read answers, and refuses a write by name",
    async () => {
      const [store, options] = open();
      await store.save("t", "n", "k", "1");
      await store.close();
      chmodSync(dirname(options.folder), 0o755);
      chmodSync(options.folder, 0o555);
      chmodSync(options.file, 0o444);
      onTestFinished(() => chmodSync(options.folder, 0o755));
      const child = startProcess("read-only.process.ts", JSON.stringify(options));
      expect(await nextMessage(child)).toMatchObject({
        read: "1",
        viewed: "1",
        problem: { code: "store-not-writable", message: expect.stringContaining(options.folder) },
      });
      chmodSync(options.folder, 0o700);
      chmodSync(options.file, 0o600);
    },
  );
});

describe("a file that is not ours", () => {
  test("text is named as damaged, with the next step", async () => {
    const [store, options] = open();
    mkdirSync(options.folder);
    writeFileSync(options.file, "this is no database, whatever its name says".repeat(50));
    const corrupt = {
      code: "corrupt-store",
      message: expect.stringContaining(options.file),
      next: expect.stringContaining("backup"),
    };
    await expect(store.entry("n", "k")).rejects.toMatchObject(corrupt);
    await expect(store.save("t", "n", "k", "1")).rejects.toMatchObject(corrupt);
    await expect(openStateView(options).entry("n", "k")).rejects.toMatchObject(corrupt);
    expect(inspectStore(options).filter(({ ok }) => !ok)).toHaveLength(1);
    rmSync(options.file);
    await store.save("t", "n", "k", "1");
    expect((await store.entry("n", "k"))?.value).toBe("1");
  });

  test("another program's database is left alone", async () => {
    const [store, options] = open();
    mkdirSync(options.folder);
    const other = new DatabaseSync(options.file);
    other.exec("CREATE TABLE things (x)");
    other.close();
    const before = readFileSync(options.file);
    await expect(store.entry("n", "k")).rejects.toMatchObject({ code: "foreign-store" });
    await expect(store.save("t", "n", "k", "1")).rejects.toMatchObject({ code: "foreign-store" });
    expect(readFileSync(options.file).equals(before)).toBe(true);
  });

  test("a store of a newer format is refused, and by which version it can be read", async () => {
    const [store, options] = open();
    await store.save("t", "n", "k", "1");
    await store.close();
    const newer = new DatabaseSync(options.file);
    newer.exec("PRAGMA user_version = 99");
    newer.exec("UPDATE meta SET value = '7.8.9' WHERE name = 'readable_from'");
    newer.close();
    const again = openStore(options);
    onTestFinished(() => again.close());
    const refusal = {
      code: "newer-format",
      next: expect.stringContaining("7.8.9"),
      data: { format: 99, supported: 1, version: "7.8.9" },
    };
    await expect(again.entry("n", "k")).rejects.toMatchObject(refusal);
    await expect(again.save("t", "n", "k", "2")).rejects.toMatchObject(refusal);
  });
});

test("a damaged store is replaced by a backup as its error says", async () => {
  const options = optionsIn(temporaryFolder());
  const engine = openEngine(options);
  onTestFinished(() => engine.close());
  await engine.save("t", "n", "k", '"precious"');
  const { id } = await engine.createBackup({ incremental: false });
  const file = join(options.folder, "state.db");
  await engine.close();
  writeFileSync(file, "damaged ".repeat(1000));
  const again = openEngine(options);
  onTestFinished(() => again.close());
  const next = expect.stringContaining(`backup restore ${id}`);
  await expect(again.entry("n", "k")).rejects.toMatchObject({ code: "corrupt-store", next });
  const view = openStateView(options);
  await expect(view.entry("n", "k")).rejects.toMatchObject({ code: "corrupt-store", next });
  view.close();
  for (const name of readdirSync(options.folder)) {
    if (name.startsWith("state.db")) renameSync(join(options.folder, name), `${file}-away-${name}`);
  }
  expect((await again.backups()).map((backup) => backup.id)).toEqual([id]);
  await again.restoreBackup(id);
  expect((await again.entry("n", "k"))?.value).toBe('"precious"');
});

test("a lock that is held is waited for up to the limit, then named; then work goes on", async () => {
  const [store, options] = open({ busyTimeoutMs: 100 });
  await store.save("t", "n", "k", "1");
  const holder = startProcess("lock.process.ts", options.file);
  await nextMessage(holder);
  await expect(store.save("t", "n", "k", "2")).rejects.toMatchObject({
    code: "store-locked",
    message: expect.stringContaining(options.file),
  });
  if (process.platform === "linux") {
    await expect(store.save("t", "n", "k", "2")).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`process ${holder.pid} \\([^\\n]{1,81}\\)`)),
    });
  }
  expect((await store.entry("n", "k"))?.value).toBe("1");
  expect((await openStateView(options).entry("n", "k"))?.value).toBe("1");
  holder.kill("SIGKILL");
  await exitOf(holder);
  expect((await store.save("t", "n", "k", "2")).revision).toBe(2);
});

test("a forgotten value is nowhere in the folder's files", async () => {
  const [store, options] = open();
  const secrets = ["first-secret-value", "second-secret-value"];
  await store.save("t", "n", "filler", JSON.stringify("x".repeat(5000)));
  for (const secret of secrets) await store.save("t", "n", "k", JSON.stringify(secret.repeat(300)));
  await store.delete("t", "n", "k", { forget: true });
  for (const file of readdirSync(options.folder)) {
    const bytes = readFileSync(join(options.folder, file));
    for (const secret of secrets) expect([file, bytes.includes(secret)]).toEqual([file, false]);
  }
});

/** Why a small file system cannot be mounted here; undefined: it can. */
function mountSmall(folder: string): string | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

test("a full disk is named, nothing is half there, and work goes on when there is space", async ({
  skip,
}) => {
  const folder = temporaryFolder();
  const fault = process.platform === "linux" ? mountSmall(folder) : "not Linux";
  if (fault !== undefined) skip(`no small file system could be mounted (needs root): ${fault}`);
  onTestFinished(() => {
    execFileSync("umount", ["-l", folder]);
  });
  const store = openStore(optionsIn(folder));
  const view = openStateView(optionsIn(folder));
  const filler = JSON.stringify("x".repeat(20_000));
  let saved = 0;
  const fill = async (): Promise<never> => {
    for (;;) {
      await store.save("t", "n", `k${saved}`, filler);
      saved++;
    }
  };
  await expect(fill()).rejects.toMatchObject({
    code: "disk-full",
    message: expect.stringContaining("state.db"),
  });
  expect(saved).toBeGreaterThan(3);
  expect(await store.keys("n")).toHaveLength(saved);
  expect((await view.entry("n", "k0"))?.value).toBe(filler);
  expect(inspectStore(optionsIn(folder)).filter(({ ok }) => !ok)).toEqual([]);
  execFileSync("mount", ["-o", "remount,size=8m", folder]);
  await store.save("t", "n", `k${saved}`, filler);
  expect(await store.keys("n")).toHaveLength(saved + 1);
  await store.close();
  view.close();
});
