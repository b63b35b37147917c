import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { fromProblem } from "../../../shared/src/errors.ts";
import { MailboxCaller, mailbox } from "../engine/mailbox.ts";
import type { MethodName } from "../engine/methods.ts";
import type { CallMessage, FromEngine, LookMessage, MailboxMessage } from "../engine/wire.ts";

/** The way from a script's thread to the engine; a call blocks until the answer is there. */
export interface StateBridge {
  /** Calls a method of the Engine. @throws StateError what the engine refuses */
  call(method: MethodName, ...params: readonly unknown[]): unknown;
}

/** How long one wait for an answer lasts before `waiting` is asked whether to go on, in ms. */
const PATIENCE = 20;

/** What scripts call most; parameters and results are what JSON can say. */
const SMALL: ReadonlySet<MethodName> = new Set(["entry", "save", "delete", "keys"]);

/** A bridge over a port of the engine's worker. `waiting` is called while an answer is awaited. */
export function portBridge(port: MessagePort, waiting: () => void): StateBridge {
  const shared = mailbox();
  const box = new MailboxCaller(shared);
  port.postMessage({ mailbox: shared } satisfies MailboxMessage);
  const look = () => port.postMessage({ look: true } satisfies LookMessage);
  const callByMessage = messageCalls(port, waiting);
  return {
    call(method, ...params) {
      if (!SMALL.has(method) || !box.ask(JSON.stringify([method, ...params]), look)) {
        return callByMessage(method, params);
      }
      for (;;) {
        const answer = box.answer(PATIENCE);
        if (answer === null) return received(port);
        if (answer !== undefined) return resultOf(JSON.parse(answer));
        waiting();
      }
    },
  };
}

function messageCalls(port: MessagePort, waiting: () => void) {
  const signal = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const state = new Int32Array(signal);
  let id = 0;
  return (method: MethodName, params: readonly unknown[]): unknown => {
    id += 1;
    Atomics.store(state, 0, 0);
    port.postMessage({ id, method, params, signal } satisfies CallMessage);
    // A wake-up alone says nothing: it may be the late one of the answer before.
    while (Atomics.load(state, 0) === 0) {
      if (Atomics.wait(state, 0, 0, PATIENCE) === "timed-out") waiting();
    }
    return received(port);
  };
}

/** The answer among what has come; reports of progress before it are passed over. */
function received(port: MessagePort): unknown {
  for (;;) {
    const message = receiveMessageOnPort(port)?.message as FromEngine | undefined;
    if (message === undefined) throw new Error("the engine signalled an answer and gave none");
    if (!("progress" in message)) return resultOf(message);
  }
}

/** An answer in JSON has no `result` where there is none. */
function resultOf(message: Exclude<FromEngine, { progress: unknown }>): unknown {
  if ("error" in message) throw fromProblem(message.error);
  return message.result;
}
