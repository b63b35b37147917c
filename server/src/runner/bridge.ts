import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { fromProblem } from "../../../shared/src/errors.ts";
import { MailboxCaller, mailbox } from "../engine/mailbox.ts";
import type { MethodName } from "../engine/methods.ts";
import { type Answer, type Question, readAnswer } from "../engine/small-calls.ts";
import type {
  AskMessage,
  CallMessage,
  FromEngine,
  LookMessage,
  MailboxMessage,
} from "../engine/wire.ts";

/** The way from a script's thread to the engine; a call blocks until the answer is there. */
export interface StateBridge {
  /** Asks what scripts ask most; undefined: there is nothing. @throws StateError what the engine refuses */
  ask(question: Question): Answer | undefined;
  /** Calls a method of the Engine. @throws StateError what the engine refuses */
  call(method: MethodName, ...params: readonly unknown[]): unknown;
}

/** How long one wait for an answer lasts before `waiting` is asked whether to go on, in ms. */
const PATIENCE = 20;

/** A bridge over a port of the engine's worker. `waiting` is called while an answer is awaited. */
export function portBridge(port: MessagePort, waiting: () => void): StateBridge {
  const shared = mailbox();
  const box = new MailboxCaller(shared);
  port.postMessage({ mailbox: shared } satisfies MailboxMessage);
  const look = () => port.postMessage({ look: true } satisfies LookMessage);
  const send = sending(port, waiting);
  let id = 0;
  return {
    ask(question) {
      if (!box.ask(question, look)) {
        const answer = send((signal): AskMessage => ({ question, signal }));
        return readAnswer(answer as string);
      }
      for (;;) {
        const answer = box.answer(PATIENCE);
        if (answer === null) return readAnswer(received(port) as string);
        if (answer !== undefined) return readAnswer(answer);
        waiting();
      }
    },
    call(method, ...params) {
      id += 1;
      return send((signal): CallMessage => ({ id, method, params, signal }));
    },
  };
}

/** Sends a message that is answered by one, and waits for that. */
function sending(port: MessagePort, waiting: () => void) {
  const signal = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const state = new Int32Array(signal);
  return (message: (signal: SharedArrayBuffer) => AskMessage | CallMessage): unknown => {
    Atomics.store(state, 0, 0);
    port.postMessage(message(signal));
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
    if ("error" in message) throw fromProblem(message.error);
    if ("result" in message) return message.result;
  }
}
