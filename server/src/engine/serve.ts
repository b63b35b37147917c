import type { MessagePort } from "node:worker_threads";
import { StateError, toProblem } from "../../../shared/src/errors.ts";
import type { Engine, JobControl } from "./engine.ts";
import { ENGINE_METHODS, isMethod } from "./methods.ts";
import type { Origin } from "./types.ts";
import type { CallMessage, FromEngine, ToEngine } from "./wire.ts";

export interface ServeOptions {
  /** Who the port's user is, whatever it says; undefined: it is trusted to say. */
  readonly origin: Origin | undefined;
  /** Called when a call that writes is done, before its answer is posted. */
  readonly onChanged: () => void;
}

/** Answers the calls that come over a port, until it closes; then cancels what still runs. */
export function serveEngine(engine: Engine, port: MessagePort, options: ServeOptions): void {
  const running = new Map<number, AbortController>();
  port.on("message", (message: ToEngine) => {
    if ("cancel" in message) running.get(message.cancel)?.abort();
    else void answer(message);
  });
  port.on("close", () => {
    for (const controller of running.values()) controller.abort();
  });

  async function answer(message: CallMessage): Promise<void> {
    const { id, signal } = message;
    let reply: FromEngine;
    try {
      reply = { id, result: await call(message) };
    } catch (error) {
      reply = { id, error: toProblem(error) };
    }
    running.delete(id);
    port.postMessage(reply);
    if (signal === undefined) return;
    const cell = new Int32Array(signal);
    Atomics.store(cell, 0, 1);
    Atomics.notify(cell, 0);
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
    };
  }
}
