import { type ChildProcess, fork } from "node:child_process";
import { Calls, engineOver } from "./calls.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import type { FromJobs, ToJobs } from "./wire.ts";

/** The engine in a process of its own. */
export interface JobsProcess extends Engine {
  /** Calls `listener` whenever something may have changed through this process. Gives the way to stop. */
  onChanged(listener: () => void): () => void;
  /** What is under way comes to its end, then the process does; `close` cancels it. */
  finish(): void;
}

/** A process that closes takes no longer than this, in ms: a lock's wait and some. */
const CLOSING = 10_000;
/** So long (ms) without work it stays. */
const IDLE = 60_000;
/**
 * One thread does its work, cleaning up included: two would take both processors of a small machine,
 * and on Linux even a modest thread keeps who wakes beside it waiting until its slice of time ends.
 * A backup makes much garbage that lives for a moment, and V8 begins with a megabyte for it.
 */
const FLAGS = ["--single-threaded", "--min-semi-space-size=16"];

/**
 * The engine for long work, in a process that makes way for all others: started when it is first
 * asked something, ended when it has had nothing to do for a while, and started again after a crash;
 * the calls of that moment fail with `engine-stopped`.
 * @param entry file of the process's code
 * @param idle ms without work after which it ends
 */
export function startJobsProcess(
  entry: string | URL,
  options: EngineOptions,
  { idle = IDLE }: { readonly idle?: number } = {},
): JobsProcess {
  const listeners = new Set<() => void>();
  const told = (): void => {
    for (const listener of listeners) listener();
  };
  let running: RunningProcess | undefined;

  function jobs(): RunningProcess {
    if (running === undefined || running.ended) {
      running = new RunningProcess(entry, options, idle, told);
    }
    return running;
  }

  return {
    ...engineOver((method, params) => jobs().call(method, params)),
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => running?.close(),
    finish: () => running?.finish(),
  };
}

/** One life of the process. */
class RunningProcess {
  readonly #process: ChildProcess;
  readonly #calls: Calls;
  #idle: number;
  #ends: NodeJS.Timeout | undefined;
  #failure: string | undefined;
  #closing = false;
  #exited = false;

  constructor(entry: string | URL, options: EngineOptions, idle: number, onChanged: () => void) {
    this.#idle = idle;
    // The environment goes along, and with it the mark by which an editor's program is a Node.
    this.#process = fork(entry, {
      execArgv: FLAGS,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#calls = new Calls((message) => this.#send(message));
    this.#process.on("message", (message) => {
      const told = message as FromJobs;
      if ("changed" in told) onChanged();
      else this.#calls.receive(told);
    });
    this.#process.on("error", (error) => this.#end(error.message));
    this.#process.on("exit", (code, signal) => {
      this.#exited = true;
      this.#end(`its process ended with ${signal ?? code}`);
    });
    this.#send({ start: options });
  }

  /** Whether it takes no more calls. */
  get ended(): boolean {
    return this.#closing || this.#failure !== undefined;
  }

  async call(...[method, params]: Parameters<Calls["call"]>): Promise<unknown> {
    clearTimeout(this.#ends);
    try {
      return await this.#calls.call(method, params);
    } finally {
      this.#endWhenIdle();
    }
  }

  finish(): void {
    clearTimeout(this.#ends);
    this.#idle = 0;
    this.#endWhenIdle();
  }

  #endWhenIdle(): void {
    if (this.#calls.waiting > 0 || this.ended) return;
    this.#ends = setTimeout(() => void this.close(), this.#idle).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#ends);
    if (this.#exited || this.#failure !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#process.once("exit", () => resolve());
    if (!this.#closing) this.#send({ close: true });
    this.#closing = true;
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), CLOSING);
    await promise;
    clearTimeout(timer);
  }

  #send(message: ToJobs): void {
    // What a process that has ended does not hear any more is answered by its `exit`.
    this.#process.send(message, () => {});
  }

  #end(why: string): void {
    this.#failure ??= why;
    this.#calls.end(this.#closing ? "it was closed" : why);
  }
}
