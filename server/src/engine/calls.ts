import { fromProblem, StateError } from "../../../shared/src/errors.ts";
import type { Engine, JobControl } from "./engine.ts";
import { ENGINE_METHODS, type MethodName } from "./methods.ts";
import type { CallMessage, CancelMessage, FromEngine } from "./wire.ts";

/** One call of a method. */
export type Call = (method: MethodName, params: readonly unknown[]) => Promise<unknown>;

/** An engine that is elsewhere: every method of the interface becomes a call. */
export function engineOver(call: Call): Omit<Engine, "close"> {
  const names = Object.keys(ENGINE_METHODS) as MethodName[];
  const methods = names.map((name) => [name, (...params: unknown[]) => call(name, params)]);
  // The table's type makes it name every method of the interface.
  return Object.fromEntries(methods) as Omit<Engine, "close">;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: JobControl["progress"];
}

/** The calls to an engine in another thread or process that wait for their answers. */
export class Calls {
  readonly #send: (message: CallMessage | CancelMessage) => void;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(send: (message: CallMessage | CancelMessage) => void) {
    this.#send = send;
  }

  get waiting(): number {
    return this.#pending.size;
  }

  /** @throws what the engine threw; StateError `engine-stopped` when it ended before it answered */
  call(method: MethodName, params: readonly unknown[]): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.#nextId++;
    const control = controlOf(method, params);
    this.#pending.set(id, { resolve, reject, progress: control?.progress });
    const sent = control === undefined ? params : params.slice(0, -1);
    this.#send({ id, method, params: sent });
    const stop = (): void => this.#send({ cancel: id });
    if (control?.signal?.aborted) stop();
    control?.signal?.addEventListener("abort", stop, { once: true });
    return promise.finally(() => control?.signal?.removeEventListener("abort", stop));
  }

  /** A report or an answer has come. */
  receive(message: FromEngine): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if ("progress" in message) {
      pending.progress?.(message.progress);
      return;
    }
    this.#pending.delete(message.id);
    if ("error" in message) pending.reject(fromProblem(message.error));
    else pending.resolve(message.result);
  }

  /** No more answers will come. */
  end(why: string): void {
    for (const { reject } of this.#pending.values()) reject(engineStopped(why));
    this.#pending.clear();
  }
}

function controlOf(method: MethodName, params: readonly unknown[]): JobControl | undefined {
  const index = ENGINE_METHODS[method].control;
  return index === undefined ? undefined : (params[index] as JobControl | undefined);
}

function engineStopped(why: string): StateError {
  return new StateError(
    "engine-stopped",
    `The state engine stopped before it answered: ${why}.`,
    "Look whether the change was made, then try again: the engine starts by itself.",
  );
}
