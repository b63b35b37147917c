import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { fromProblem, type Problem } from "../../../shared/src/errors.ts";

/** The way from a script's worker to the engine; a call blocks until the answer is there. */
export interface StateBridge {
  /** Calls a method of the Engine. @throws StateError what the engine refuses */
  call(method: string, ...params: readonly unknown[]): unknown;
}

/** What is asked over the port. The answer is posted, then `signal[0]` becomes 1 and is notified. */
export interface BridgeRequest {
  readonly id: number;
  /** A method of the Engine. */
  readonly method: string;
  readonly params: readonly unknown[];
  /** One Int32. */
  readonly signal: SharedArrayBuffer;
}

export interface BridgeReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: Problem;
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
      const request: BridgeRequest = { id, method, params, signal };
      port.postMessage(request);
      while (Atomics.wait(state, 0, 0, PATIENCE) === "timed-out") waiting();
      const reply = receiveMessageOnPort(port)?.message as BridgeReply;
      if (reply.error !== undefined) throw fromProblem(reply.error);
      return reply.result;
    },
  };
}
