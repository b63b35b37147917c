import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import { fromProblem, StateError } from "../../../shared/src/errors.ts";
import type { Engine, EngineOptions, JobControl } from "./engine.ts";
import { ENGINE_METHODS, type MethodName } from "./methods.ts";
import { startRoomyThread } from "./roomy-thread.ts";
import type { Origin } from "./types.ts";
import type {
  CallMessage,
  CancelMessage,
  EngineWorkerData,
  FromEngine,
  FromWorker,
  ToWorker,
} from "./wire.ts";

/** The engine in a worker thread. */
export interface EngineWorker extends Engine {
  /**
   * A port to the same engine, to be handed to another thread; the caller closes it. All that is
   * changed through it is recorded as `origin`'s. See `wire.ts` for what goes over it. In a dry run
   * what is written stays in memory, is seen through this port alone, and ends with it.
   */
  connect(origin: Origin, options?: { readonly dryRun?: boolean }): MessagePort;
  /** Calls `listener` whenever something may have changed through this worker. Gives the way to stop. */
  onChanged(listener: () => void): () => void;
}

/** A worker that closes takes no longer than this, in ms: a lock's wait and some. */
const CLOSING = 10_000;

/**
 * The engine in a worker of its own, started when it is first asked something, and again after it
 * crashed; the calls of that moment fail with `engine-stopped`.
 * @param entry file of the worker's code
 * @param listens `onChanged` tells of others' changes too, where the store can tell of them
 * @param background for long work: it makes way for the other threads of the process
 */
export function startEngineWorker(
  entry: string | URL,
  options: EngineOptions,
  {
    listens = false,
    background = false,
  }: { readonly listens?: boolean; readonly background?: boolean } = {},
): EngineWorker {
  const listeners = new Set<() => void>();
  let running: RunningWorker | undefined;

  function worker(): RunningWorker {
    if (running === undefined || running.ended) {
      running = new RunningWorker(entry, { options, listens, background }, () => {
        for (const listener of listeners) listener();
      });
    }
    return running;
  }

  return {
    ...proxy((method, params) => worker().call(method, params)),
    connect: (origin, { dryRun = false } = {}) => worker().connect(origin, dryRun),
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => running?.close(),
  };
}

type Call = (method: MethodName, params: readonly unknown[]) => Promise<unknown>;

function proxy(call: Call): Omit<Engine, "close"> {
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

/** One life of the worker. */
class RunningWorker {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #failure: string | undefined;
  #closing = false;
  ended = false;

  constructor(entry: string | URL, workerData: EngineWorkerData, onChanged: () => void) {
    this.#worker = startRoomyThread(entry, { workerData });
    this.#worker.on("message", (_: FromWorker) => onChanged());
    this.#worker.on("error", (error) => {
      this.#failure = error instanceof Error ? error.message : String(error);
    });
    this.#worker.on("exit", () => this.#end());
    this.#port = this.#open(undefined, false);
    this.#port.on("message", (message: FromEngine) => this.#receive(message));
  }

  connect(origin: Origin, dryRun: boolean): MessagePort {
    return this.#open(origin, dryRun);
  }

  call(method: MethodName, params: readonly unknown[]): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.#nextId++;
    const control = this.#controlOf(method, params);
    this.#pending.set(id, { resolve, reject, progress: control?.progress });
    const sent = control === undefined ? params : params.slice(0, -1);
    this.#port.postMessage({ id, method, params: sent } satisfies CallMessage);
    const stop = (): void => this.#port.postMessage({ cancel: id } satisfies CancelMessage);
    if (control?.signal?.aborted) stop();
    control?.signal?.addEventListener("abort", stop, { once: true });
    return promise.finally(() => control?.signal?.removeEventListener("abort", stop));
  }

  async close(): Promise<void> {
    if (this.ended) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#worker.once("exit", () => resolve());
    this.#closing = true;
    this.#worker.postMessage({ close: true } satisfies ToWorker);
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSING);
    await promise;
    clearTimeout(timer);
  }

  #controlOf(method: MethodName, params: readonly unknown[]): JobControl | undefined {
    const index = ENGINE_METHODS[method].control;
    return index === undefined ? undefined : (params[index] as JobControl | undefined);
  }

  #open(origin: Origin | undefined, dryRun: boolean): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ serve: port2, origin, dryRun } satisfies ToWorker, [port2]);
    return port1;
  }

  #receive(message: FromEngine): void {
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

  #end(): void {
    this.ended = true;
    this.#port.close();
    const why = this.#closing ? "it was closed" : (this.#failure ?? "its thread ended");
    for (const { reject } of this.#pending.values()) reject(engineStopped(why));
    this.#pending.clear();
  }
}

function engineStopped(why: string): StateError {
  return new StateError(
    "engine-stopped",
    `The state engine stopped before it answered: ${why}.`,
    "Look whether the change was made, then try again: the engine starts by itself.",
  );
}
