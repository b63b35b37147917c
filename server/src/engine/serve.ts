import { StateError, toProblem } from "../../../shared/src/errors.ts";
import type { Engine, JobControl } from "./engine.ts";
import { MailboxEngine } from "./mailbox.ts";
import { ENGINE_METHODS, isMethod } from "./methods.ts";
import { answerTo, isWrite, type Question } from "./small-calls.ts";
import type { Origin } from "./types.ts";
import type { CallMessage, FromEngine, ToEngine } from "./wire.ts";

export interface ServeOptions {
  /** Who the port's user is, whatever it says; undefined: it is trusted to say. */
  readonly origin: Origin | undefined;
  /**
   * Called when calls that write are done: before the answer is posted, or soon after those that were
   * asked as questions.
   */
  readonly onChanged: () => void;
  /** Called now and then during long work and many questions: others are to go first. */
  readonly pause?: (() => void) | undefined;
}

/** What calls come over: a port to a thread, or the channel to a process. */
export interface CallPort {
  on(event: "message", listener: (message: ToEngine) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  postMessage(message: FromEngine): void;
}

/** Of questions, which come one at a time. */
const QUESTION_ID = 0;
/** So long one caller's mailbox is attended to before others are, in ms. */
const TURN_MS = 10;
/** So long the thread waits for its caller's next question, in ms. */
const WAIT_MS = 3;
/** So long it answers questions before it pauses for others, in ms; a pause costs a tenth of one. */
const STRETCH_MS = 0.5;

/**
 * Answers the calls that come over a port, until it closes; then cancels what still runs.
 * @returns cancels what runs, and waits until it has cleaned up
 */
export function serveEngine(
  engine: Engine,
  port: CallPort,
  options: ServeOptions,
): () => Promise<void> {
  const running = new Map<number, AbortController>();
  const answers = new Set<Promise<void>>();
  let box: MailboxEngine | undefined;
  let attending = false;
  let changed = false;
  let paused = 0;
  port.on("message", (message: ToEngine) => {
    if ("cancel" in message) running.get(message.cancel)?.abort();
    else if ("mailbox" in message) box = new MailboxEngine(message.mailbox);
    else if ("question" in message) void answerQuestion(message.question, message.signal);
    else if (!("look" in message)) track(answer(message));
    else if (!attending) void attend();
  });
  port.on("close", cancel);

  function cancel(): void {
    for (const controller of running.values()) controller.abort();
  }

  function track(answering: Promise<void>): void {
    answers.add(answering);
    void answering.finally(() => answers.delete(answering));
  }

  /** Answers what is asked in the mailbox, and looks for more until nothing comes for a moment. */
  async function attend(): Promise<void> {
    attending = true;
    const turnEnds = performance.now() + TURN_MS;
    while (performance.now() < turnEnds) {
      pauseAtTimes();
      const question = box?.question(WAIT_MS);
      if (question === undefined) {
        attending = false;
        return tellChanges();
      }
      const reply = await replyToQuestion(question);
      if (box?.reply(reply) === true) continue;
      port.postMessage({ id: QUESTION_ID, result: reply } satisfies FromEngine);
      box?.repliedByMessage();
    }
    tellChanges();
    // The other callers of this thread have their turn.
    setImmediate(() => void attend());
  }

  function pauseAtTimes(): void {
    if (options.pause === undefined || performance.now() < paused + STRETCH_MS) return;
    options.pause();
    paused = performance.now();
  }

  async function answerQuestion(question: Question, signal: SharedArrayBuffer): Promise<void> {
    const reply = await replyToQuestion(question);
    port.postMessage({ id: QUESTION_ID, result: reply } satisfies FromEngine);
    wake(signal);
    if (!attending) tellChanges();
  }

  async function replyToQuestion(question: Question): Promise<string> {
    const reply = await answerTo(question, engine, options.origin);
    changed ||= isWrite(question);
    return reply;
  }

  /** The changes of many questions are told together. */
  function tellChanges(): void {
    if (changed) options.onChanged();
    changed = false;
  }

  async function answer(message: CallMessage): Promise<void> {
    port.postMessage(await replyTo(message));
    if (message.signal !== undefined) wake(message.signal);
  }

  async function replyTo(message: CallMessage): Promise<FromEngine> {
    const { id } = message;
    try {
      return { id, result: await call(message) };
    } catch (error) {
      return { id, error: toProblem(error) };
    } finally {
      running.delete(id);
    }
  }

  async function call({ id, method, params }: CallMessage): Promise<unknown> {
    if (!isMethod(method)) {
      throw new StateError(
        "unknown-method",
        `The engine has no method ${JSON.stringify(method)}.`,
        "Restart the editor: its parts are of different versions.",
      );
    }
    const shape = ENGINE_METHODS[method];
    const values = [...params];
    if (shape.origin === true && options.origin !== undefined) values[0] = options.origin;
    if (shape.control !== undefined) values[shape.control] = control(id);
    // The table and the interface name the same methods; the parameters come from a typed proxy.
    const run = engine[method] as (...values: readonly unknown[]) => Promise<unknown>;
    try {
      return await run(...values);
    } finally {
      if (shape.writes === true) options.onChanged();
    }
  }

  function control(id: number): JobControl {
    const controller = new AbortController();
    running.set(id, controller);
    return {
      signal: controller.signal,
      progress: (progress) => port.postMessage({ id, progress } satisfies FromEngine),
      pause: options.pause,
    };
  }

  return async () => {
    cancel();
    await Promise.allSettled(answers);
  };
}

function wake(signal: SharedArrayBuffer): void {
  const cell = new Int32Array(signal);
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
}
