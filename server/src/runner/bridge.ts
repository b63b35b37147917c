import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { fromProblem } from "../../../shared/src/errors.ts";
import type { MethodName } from "../engine/methods.ts";
import type { CallMessage, FromEngine } from "../engine/wire.ts";

/** The way from a script's thread to the engine; a call blocks until the answer is there. */
export interface StateBridge {
  /** Calls a method of the Engine. @throws StateError what the engine refuses */
  call(method: MethodName, ...params: readonly unknown[]): unknown;
}

/** How long one wait for an answer lasts before `waiting` is asked whether to go on, in ms. */
const PATIENCE = 20;

/** A bridge over a port of the engine's worker. `waiting` is called while an answer is awaited. */
export function portBridge(port: MessagePort, waiting: () => void): StateBridge {
  const signal = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const state = new Int32Array(signal);
  let id = 0;
  return {
    call(method, ...params) {
      id += 1;
      Atomics.store(state, 0, 0);
      port.postMessage({ id, method, params, signal } satisfies CallMessage);
      // A wake-up alone says nothing: it may be the late one of the answer before.
      while (Atomics.load(state, 0) === 0) {
        if (Atomics.wait(state, 0, 0, PATIENCE) === "timed-out") waiting();
      }
      return answer(port);
    },
  };
}

/** The answer among what has come; reports of progress before it are passed over. */
function answer(port: MessagePort): unknown {
  for (;;) {
    const message = receiveMessageOnPort(port)?.message as FromEngine | undefined;
    if (message === undefined) throw new Error("the engine signalled an answer and gave none");
    if ("error" in message) throw fromProblem(message.error);
    if ("result" in message) return message.result;
  }
}
