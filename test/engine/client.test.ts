import { once } from "node:events";
import { existsSync } from "node:fs";
import { MessageChannel, Worker } from "node:worker_threads";
import { expect, onTestFinished, test, vi } from "vitest";
import { type EngineWorker, startEngineWorker } from "../../server/src/engine/client.ts";
import type { Engine, EngineOptions } from "../../server/src/engine/engine.ts";
import { MailboxCaller, mailbox } from "../../server/src/engine/mailbox.ts";
import { openEngine } from "../../server/src/engine/open.ts";
import { serveEngine } from "../../server/src/engine/serve.ts";
import { askEntry } from "../../server/src/engine/small-calls.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

const ENTRY = new URL("../../server/src/engine/worker.ts", import.meta.url);

function start(more: Partial<EngineOptions> = {}): EngineWorker {
  const engine = startEngineWorker(ENTRY, optionsIn(temporaryFolder(), more));
  onTestFinished(() => engine.close());
  return engine;
}

test("the worker answers as the engine in this thread does", async () => {
  const options = optionsIn(temporaryFolder());
  const worker = startEngineWorker(ENTRY, options);
  const local = openEngine(options);
  onTestFinished(async () => {
    await worker.close();
    await local.close();
  });
  expect(await worker.namespaces()).toEqual([]);
  expect(existsSync(options.folder)).toBe(false);
  const change = await worker.save("cli", "user", "name", '"Ada"');
  expect(change).toMatchObject({ revision: 1, origin: "cli", after: '"Ada"' });
  expect(await worker.entry("user", "name")).toEqual(await local.entry("user", "name"));
  expect(await worker.entry("user", "none")).toBeUndefined();
  await local.save("cli", "user", "name", '"Bob"', { ifRevision: 1 });
  expect(await worker.page("user", { limit: 5 })).toEqual(await local.page("user", { limit: 5 }));
  expect(await worker.history("user", "name")).toEqual(await local.history("user", "name"));
  expect((await worker.undo("tree", "user", "name")).after).toBe('"Ada"');
  expect(await worker.keys("user")).toEqual(["name"]);
  expect(await worker.storeId()).toBe(await local.storeId());
  expect(await worker.changesSince(2, 9)).toEqual(await local.changesSince(2, 9));
});

test("errors come across with code, next step and data", async () => {
  const engine = start();
  await engine.save("cli", "n", "k", "1");
  await expect(engine.save("cli", "n", "k", "2", { ifRevision: 9 })).rejects.toMatchObject({
    name: "StateError",
    code: "conflict",
    data: { revision: 1 },
    next: expect.stringContaining("Read it again"),
  });
  await expect(engine.save("cli", "n", "k", "[null]")).rejects.toMatchObject({
    code: "invalid-value",
    message: expect.stringContaining("value[1] is null"),
  });
});

test("a port has one origin, whatever its user says, and its changes are heard", async () => {
  const engine = start();
  let heard = 0;
  const stop = engine.onChanged(() => heard++);
  const port = engine.connect("script:chat.lua");
  onTestFinished(() => port.close());
  port.postMessage({ id: 7, method: "save", params: ["cli", "n", "k", "1"] });
  const [reply] = await once(port, "message");
  expect(reply).toMatchObject({ id: 7, result: { origin: "script:chat.lua" } });
  expect((await engine.entry("n", "k"))?.origin).toBe("script:chat.lua");
  expect(heard).toBe(1);
  stop();
  await engine.save("cli", "n", "k", "2");
  expect(heard).toBe(1);
});

test("a port in a dry run sees what it writes, and nothing of it stays", async () => {
  const engine = start();
  await engine.save("cli", "n", "k", "1");
  let heard = 0;
  onTestFinished(engine.onChanged(() => heard++));
  const port = engine.connect("script:chat.lua", { dryRun: true });
  onTestFinished(() => port.close());
  const ask = async (id: number, method: string, ...params: unknown[]) => {
    port.postMessage({ id, method, params });
    const [reply] = await once(port, "message");
    return reply;
  };
  expect(await ask(1, "save", "", "n", "k", "2")).toMatchObject({
    result: { before: "1", after: "2", revision: 2, origin: "script:chat.lua" },
  });
  expect(await ask(2, "entry", "n", "k")).toMatchObject({ result: { value: "2" } });
  for (const [index, method] of ["createBackup", "restoreBackup", "migrate"].entries()) {
    expect(await ask(3 + index, method)).toMatchObject({ error: { code: "not-in-dry-run" } });
  }
  expect((await engine.entry("n", "k"))?.value).toBe("1");
  expect(await engine.revision()).toBe(1);
  expect(heard).toBe(0);
});

test("what is no method is refused", async () => {
  const engine = start();
  const port = engine.connect("script:x");
  onTestFinished(() => port.close());
  for (const method of ["close", "constructor", "connect", "__proto__"]) {
    port.postMessage({ id: 1, method, params: [] });
    const [reply] = await once(port, "message");
    expect(reply).toMatchObject({ error: { code: "unknown-method" } });
  }
});

/** As a script's worker does: blocks until the answer is there, then takes it. */
const BLOCKING_CALLER = `
  const { workerData, receiveMessageOnPort, parentPort } = require("node:worker_threads");
  const { port } = workerData;
  const signal = new SharedArrayBuffer(4);
  const cell = new Int32Array(signal);
  const answers = [];
  for (const [method, ...params] of workerData.calls) {
    Atomics.store(cell, 0, 0);
    port.postMessage({ id: answers.length, method, params, signal });
    const waited = Atomics.wait(cell, 0, 0, 20000);
    answers.push(waited === "timed-out" ? waited : receiveMessageOnPort(port)?.message);
  }
  parentPort.postMessage(answers);
  port.close();
`;

test("a thread can block until its answer is there", async () => {
  const engine = start();
  const port = engine.connect("script:x");
  const calls = [
    ["save", "", "n", "k", "1"],
    ["entry", "n", "k"],
    ["entry", "n", "__no"],
    ["keys", "n"],
  ];
  const caller = new Worker(BLOCKING_CALLER, {
    eval: true,
    workerData: { port, calls },
    transferList: [port],
  });
  const [answers] = await once(caller, "message");
  expect(answers).toMatchObject([
    { id: 0, result: { revision: 1 } },
    { id: 1, result: { value: "1" } },
    { id: 2, error: { code: "invalid-key" } },
    { id: 3, result: ["k"] },
  ]);
});

test("after a crash what was asked fails clearly, and the next question starts it again", async () => {
  const folder = temporaryFolder();
  const crash = new URL("crash.process.ts", import.meta.url);
  const engine = startEngineWorker(crash, optionsIn(folder));
  await expect(engine.revision()).rejects.toMatchObject({
    code: "engine-stopped",
    message: expect.stringContaining("boom"),
  });
  await expect(engine.revision()).rejects.toMatchObject({ code: "engine-stopped" });
  await engine.close();
});

test("progress and cancellation go along with a long call", async () => {
  const { port1, port2 } = new MessageChannel();
  const engine = {
    createBackup: async (_: unknown, control) => {
      control?.progress?.({ done: 1, total: 2, what: "writing entries" });
      await new Promise((resolve) => control?.signal?.addEventListener("abort", resolve));
      return "stopped" as never;
    },
  } satisfies Partial<Engine>;
  serveEngine(engine as unknown as Engine, port2, { origin: undefined, onChanged: () => {} });
  port1.postMessage({ id: 1, method: "createBackup", params: [{ incremental: false }] });
  const [report] = await once(port1, "message");
  expect(report).toEqual({ id: 1, progress: { done: 1, total: 2, what: "writing entries" } });
  port1.postMessage({ cancel: 1 });
  const [reply] = await once(port1, "message");
  expect(reply).toEqual({ id: 1, result: "stopped" });
  port1.close();
});

test("answers to questions pause for others where that is asked for", async () => {
  const { port1, port2 } = new MessageChannel();
  const engine = { entry: async () => undefined } satisfies Partial<Engine>;
  let pauses = 0;
  const pause = (): void => {
    pauses += 1;
  };
  serveEngine(engine as unknown as Engine, port2, {
    origin: undefined,
    onChanged: () => {},
    pause,
  });
  const shared = mailbox();
  const caller = new MailboxCaller(shared);
  port1.postMessage({ mailbox: shared });
  caller.ask(askEntry("n", "k"), () => port1.postMessage({ look: true }));
  const answer = await vi.waitFor(() => {
    const found = caller.answer(0);
    if (found === undefined) throw new Error("Not yet.");
    return found;
  });
  expect(answer).toBe("-");
  // Once before each, at most twice a millisecond.
  expect(pauses).toBeGreaterThan(0);
  port1.close();
});

test("the owner's reports and cancellation reach a real backup", async () => {
  const engine = start();
  await engine.save("cli", "n", "k", "1");
  const reports: string[] = [];
  await engine.createBackup({ incremental: false }, { progress: ({ what }) => reports.push(what) });
  expect(reports.length).toBeGreaterThan(0);
  const cancelled = engine.createBackup({ incremental: false }, { signal: AbortSignal.abort() });
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
});

test("closing twice, or before anything was asked, is fine", async () => {
  const engine = startEngineWorker(ENTRY, optionsIn(temporaryFolder()));
  await engine.close();
  await engine.revision();
  await engine.close();
  await engine.close();
});
