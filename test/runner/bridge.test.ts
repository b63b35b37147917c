import { MessageChannel, Worker } from "node:worker_threads";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Answer,
  askDelete,
  askEntry,
  askKeys,
  askSave,
} from "../../server/src/engine/small-calls.ts";
import { portBridge, type StateBridge } from "../../server/src/runner/bridge.ts";
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
      if (message.signal === undefined) return;
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

/** A bridge to a thread that serves an engine which answers each call as echo.process.ts says. */
function bridgeToEcho() {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./echo.process.ts", import.meta.url), {
    workerData: port2,
    transferList: [port2],
  });
  workers.push(worker);
  return portBridge(port1, () => undefined);
}

describe("a call over the bridge", () => {
  it("gives the result", () => {
    const bridge = bridgeTo("answer({ result: [message.method, ...message.params] });");
    expect(bridge.call("backups")).toEqual(["backups"]);
    expect(bridge.call("history", "a", "b")).toEqual(["history", "a", "b"]);
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
    expect(() => bridge.call("undo")).toThrow(new StateError("busy", "Locked.", "Wait."));
  });

  it.each([
    (bridge: StateBridge) => bridge.ask(askKeys("a")),
    (bridge: StateBridge) => bridge.ask(askEntry("a", "é".repeat(100_000))),
    (bridge: StateBridge) => bridge.call("undo"),
  ])("can be given up while it waits (%#)", (call) => {
    const bridge = bridgeTo("", () => {
      throw new Error("stopped");
    });
    expect(() => call(bridge)).toThrow("stopped");
  });
});

const entryOf = (bridge: StateBridge, namespace: string, key: string) => {
  const answer = bridge.ask(askEntry(namespace, key));
  return answer === undefined ? undefined : JSON.parse(answer.json);
};
const changeOf = (answer: Answer | undefined) => JSON.parse(answer?.json ?? "null");

describe("a question", () => {
  it("gives the value as it is stored, nothing, and what the engine refuses", () => {
    const bridge = bridgeToEcho();
    expect(bridge.ask(askEntry("a", "b"))).toEqual({ json: '["a","b"]', plain: true });
    expect(bridge.ask(askEntry("a", "exact"))).toEqual({ json: '["a","exact"]', plain: false });
    expect(bridge.ask(askEntry("a", "none"))).toBeUndefined();
    expect(bridge.ask(askKeys("c"))).toEqual({ json: '["c"]', plain: true });
    expect(() => bridge.ask(askEntry("a", "refused"))).toThrow(
      new StateError("busy", "Locked.", "Wait."),
    );
    expect(entryOf(bridge, "a", "after")).toEqual(["a", "after"]);
  });

  it("gives the change that a script's save or deletion made", () => {
    const bridge = bridgeToEcho();
    expect(changeOf(bridge.ask(askSave("script:é.lua", "a:b", "c d", '"x\\u0000"')))).toEqual({
      ...{ origin: "script:é.lua", namespace: "a:b", key: "c d" },
      ...{ after: '"x\\u0000"', keepEmptyArrays: true },
    });
    expect(changeOf(bridge.ask(askDelete("me", "a", "b")))).toEqual({
      ...{ origin: "me", namespace: "a", key: "b" },
    });
    expect(bridge.ask(askDelete("me", "a", "none"))).toBeUndefined();
  });

  it("may be too large, its answer too, and the next is in order again", () => {
    const bridge = bridgeToEcho();
    const long = JSON.stringify("é".repeat(100_000));
    for (let n = 0; n < 3; n++) {
      expect(entryOf(bridge, "long", String(n))).toBe(String(n).repeat(2e5));
      expect(changeOf(bridge.ask(askSave("me", "a", "b", long)))).toMatchObject({ after: long });
      expect(bridge.ask(askKeys(String(n)))?.json).toBe(JSON.stringify([String(n)]));
    }
  });

  it("is never mistaken for another, whatever lies between", () => {
    const bridge = bridgeToEcho();
    const text = fc
      .string({ unit: "binary", maxLength: 30 })
      .filter((given) => given.isWellFormed() && !given.includes("\0"));
    let n = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.nat(3)), { maxLength: 30 }), (calls) => {
        for (const [name, pause] of calls) {
          // The thread may stop looking, or be about to.
          const until = performance.now() + pause;
          while (pause > 2 && performance.now() < until);
          n += 1;
          expect(entryOf(bridge, `n${n}`, name)).toEqual([`n${n}`, name]);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});
