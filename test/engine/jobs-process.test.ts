import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import type { EngineOptions } from "../../server/src/engine/engine.ts";
import { type JobsProcess, startJobsProcess } from "../../server/src/engine/jobs-process.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

const ENTRY = new URL("../../server/src/engine/worker.ts", import.meta.url);
const PARENT = new URL("jobs-parent.process.ts", import.meta.url);
/** Where processes can be looked at as files. */
const linux = test.skipIf(process.platform !== "linux");

function start(options = optionsIn(temporaryFolder()), idle?: number): JobsProcess {
  const jobs = startJobsProcess(ENTRY, options, idle === undefined ? {} : { idle });
  onTestFinished(() => jobs.close());
  return jobs;
}

/** The processes for long work that a process has started and that still run. */
function jobsProcesses(parent: number = process.pid): readonly number[] {
  return readdirSync(`/proc/${parent}/task`)
    .flatMap((task) => readFileSync(`/proc/${parent}/task/${task}/children`, "utf8").split(" "))
    .filter((child) => child !== "" && commandOf(Number(child)).includes("engine/worker.ts"))
    .map(Number);
}

function commandOf(pid: number): string {
  return existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
}

/** So much that a backup of it is still under way when its first report comes. */
async function filled(): Promise<EngineOptions> {
  const options = optionsIn(temporaryFolder());
  const store = openStore(options);
  await store.transact("cli", async (transaction) => {
    for (let n = 0; n < 30_000; n++) await transaction.save("n", `k${n}`, '"a value"');
  });
  await store.close();
  return options;
}

test("errors come across with code, next step and data, and changes are heard", async () => {
  const jobs = start();
  let heard = 0;
  jobs.onChanged(() => heard++);
  await jobs.save("cli", "n", "k", "1");
  expect(heard).toBe(1);
  await expect(jobs.save("cli", "n", "k", "2", { ifRevision: 9 })).rejects.toMatchObject({
    name: "StateError",
    code: "conflict",
    data: { revision: 1 },
    next: expect.stringContaining("Read it again"),
  });
  expect(await jobs.entry("n", "none")).toBeUndefined();
});

linux("it makes way for others, its helpers too", async () => {
  const jobs = start();
  await jobs.save("cli", "n", "k", "1");
  await jobs.createBackup({ incremental: false });
  const [pid] = jobsProcesses();
  const nice = new Map(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
      const end = stat.lastIndexOf(")");
      const name = stat.slice(stat.indexOf("(") + 1, end);
      return [Number(thread) === pid ? "first" : name, stat.slice(end + 2).split(" ")[16]];
    }),
  );
  expect(nice.get("first")).toBe("10");
  expect(nice.get("libuv-worker")).toBe("10");
});

linux("without work it ends, and the next question starts it again", async () => {
  const jobs = start(undefined, 1);
  await jobs.save("cli", "n", "k", "1");
  await vi.waitFor(() => expect(jobsProcesses()).toEqual([]));
  expect((await jobs.entry("n", "k"))?.value).toBe("1");
});

linux(
  "killed in the middle of a backup, what was asked fails clearly and leaves nothing",
  async () => {
    const options = await filled();
    const jobs = start(options);
    const progress = (): void => {
      for (const pid of jobsProcesses()) process.kill(pid, "SIGKILL");
    };
    await expect(jobs.createBackup({ incremental: false }, { progress })).rejects.toMatchObject({
      code: "engine-stopped",
      message: expect.stringContaining("SIGKILL"),
    });
    expect(await jobs.backups()).toEqual([]);
    const made = await jobs.createBackup({ incremental: false });
    expect(await jobs.verifyBackup(made.id, { quick: false })).toMatchObject({ isValid: true });
  },
);

linux("told to finish, it ends what is under way, and then itself", async () => {
  const jobs = start(await filled());
  const told = Promise.withResolvers<void>();
  const backup = jobs.createBackup({ incremental: false }, { progress: () => told.resolve() });
  await told.promise;
  jobs.finish();
  expect(await backup).toMatchObject({ entries: 30_000 });
  await vi.waitFor(() => expect(jobsProcesses()).toEqual([]));
});

linux("it ends with who started it, and cancels what was under way", async () => {
  const options = await filled();
  const parent = fork(PARENT, [JSON.stringify(options)], {
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(parent, "message");
  const [pid] = jobsProcesses(parent.pid);
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(commandOf(Number(pid))).toBe(""), { timeout: 10_000 });
  expect(existsSync(options.backupDir) ? readdirSync(options.backupDir) : []).toEqual([]);
});

test("closing twice, or before anything was asked, is fine; what is asked then starts it again", async () => {
  const jobs = start();
  await jobs.close();
  await jobs.revision();
  const [closed] = [jobs.close(), jobs.close()];
  await closed;
  expect(await jobs.revision()).toBe(0);
});
