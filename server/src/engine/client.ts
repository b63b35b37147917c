import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import { messageOf } from "../../../shared/src/errors.ts";
import { type Call, Calls, engineOver } from "./calls.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { startRoomyThread } from "./roomy-thread.ts";
import type { Origin } from "./types.ts";
import type { EngineWorkerData, FromEngine, FromWorker, ToWorker } from "./wire.ts";

export interface ConnectOptions {
  /** What is written stays in memory, is seen through this port alone, and ends with it. */
  readonly dryRun?: boolean;
  /** An editor is answered by the same process: many questions make way for its own. */
  readonly besideEditor?: boolean;
}

/** The engine in a worker thread. */
export interface EngineWorker extends Engine {
  /**
   * A port to the same engine, to be handed to another thread; the caller closes it. All that is
   * changed through it is recorded as `origin`'s. See `wire.ts` for what goes over it.
   */
  connect(origin: Origin, options?: ConnectOptions): MessagePort;
  /** Calls `listener` whenever something may have changed through this worker. Gives the way to stop. */
  onChanged(listener: () => void): () => void;
}

/** A worker that closes takes no longer than this, in ms: a lock's wait and some. */
const CLOSING = 10_000;
/** MiB: a script that calls State in a loop makes as much garbage, and who cleans up cannot make way. */
const YOUNG = 8;

/**
 * The engine in a worker of its own, started when it is first asked something, and again after it
 * crashed; the calls of that moment fail with `engine-stopped`.
 * @param entry file of the worker's code
 * @param listens `onChanged` tells of others' changes too, where the store can tell of them
 */
export function startEngineWorker(
  entry: string | URL,
  options: EngineOptions,
  { listens = false }: { readonly listens?: boolean } = {},
): EngineWorker {
  const listeners = new Set<() => void>();
  let running: RunningWorker | undefined;

  function worker(): RunningWorker {
    if (running === undefined || running.ended) {
      running = new RunningWorker(entry, { options, listens }, () => {
        for (const listener of listeners) listener();
      });
    }
    return running;
  }

  return {
    ...engineOver((method, params) => worker().call(method, params)),
    connect: (origin, options) => worker().connect(origin, options),
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => running?.close(),
  };
}

/** One life of the worker. */
class RunningWorker {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #calls: Calls;
  #failure: string | undefined;
  #closing = false;
  ended = false;

  constructor(entry: string | URL, workerData: EngineWorkerData, onChanged: () => void) {
    this.#worker = startRoomyThread(entry, YOUNG, { workerData });
    this.#worker.on("message", (_: FromWorker) => onChanged());
    this.#worker.on("error", (error) => {
      this.#failure = messageOf(error);
    });
    this.#worker.on("exit", () => this.#end());
    this.#port = this.#open(undefined);
    this.#calls = new Calls((message) => this.#port.postMessage(message));
    this.#port.on("message", (message: FromEngine) => this.#calls.receive(message));
  }

  connect(origin: Origin, options?: ConnectOptions): MessagePort {
    return this.#open(origin, options);
  }

  call(...[method, params]: Parameters<Call>): Promise<unknown> {
    return this.#calls.call(method, params);
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

  #open(
    origin: Origin | undefined,
    { dryRun = false, besideEditor = false }: ConnectOptions = {},
  ): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const message: ToWorker = { serve: port2, origin, dryRun, besideEditor };
    this.#worker.postMessage(message, [port2]);
    return port1;
  }

  #end(): void {
    this.ended = true;
    this.#port.close();
    const why = this.#closing ? "it was closed" : (this.#failure ?? "its thread ended");
    this.#calls.end(why);
  }
}
