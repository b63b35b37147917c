import { MessageChannel, Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { portBridge } from "../../server/src/runner/bridge.ts";
import { StateError } from "../../shared/src/errors.ts";

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

/** A bridge to a thread that answers each message by `body` (it has `message`, `port`, `cell`). */
function bridgeTo(body: string, waiting = () => undefined) {
  const { port1, port2 } = new MessageChannel();
  const source = `require("node:worker_threads").parentPort.once("message", ({ port }) => {
    port.on("message", (message) => {
      const cell = new Int32Array(message.signal);
      const answer = (reply) => { port.postMessage({ id: message.id, ...reply }); Atomics.store(cell, 0, 1); Atomics.notify(cell, 0); };
      ${body}
    });
  });`;
  const worker = new Worker(source, { eval: true });
  workers.push(worker);
  worker.postMessage({ port: port2 }, [port2]);
  return portBridge(port1, waiting);
}

describe("a call over the bridge", () => {
  it("gives the result", () => {
    const bridge = bridgeTo("answer({ result: [message.method, ...message.params] });");
    expect(bridge.call("entry", "a", "b")).toEqual(["entry", "a", "b"]);
    expect(bridge.call("keys", "c")).toEqual(["keys", "c"]);
  });

  it("goes on waiting when it is woken too early", () => {
    // As when the answer before this one was seen between its store and its notify.
    const bridge = bridgeTo("while (Atomics.notify(cell, 0) === 0); answer({ result: 7 });");
    for (let n = 0; n < 20; n++) expect(bridge.call("revision")).toBe(7);
  });

  it("passes over reports of progress", () => {
    const bridge = bridgeTo(
      "port.postMessage({ id: message.id, progress: { done: 1, total: 2, what: 'x' } }); answer({ result: undefined });",
    );
    expect(bridge.call("createBackup", { incremental: false })).toBeUndefined();
  });

  it("throws what the engine refuses", () => {
    const bridge = bridgeTo(
      "answer({ error: { code: 'busy', message: 'Locked.', next: 'Wait.' } });",
    );
    expect(() => bridge.call("save")).toThrow(new StateError("busy", "Locked.", "Wait."));
  });

  it("can be given up while it waits", () => {
    const bridge = bridgeTo("", () => {
      throw new Error("stopped");
    });
    expect(() => bridge.call("save")).toThrow("stopped");
  });
});
