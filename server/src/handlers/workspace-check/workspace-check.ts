import type { MessagePort } from "node:worker_threads";
import type { Diagnostic } from "vscode-languageserver/node";
import { placedDiagnostic, resultIdOf } from "../to-diagnostic.ts";
import type { CheckPass, FromCheckWorker } from "./wire.ts";

export interface WorkspaceCheckOptions {
  /** A port to the thread that knows the scripts; undefined while there is none. */
  readonly connect: () => MessagePort | undefined;
  /** false: the scripts are still being read, which is more urgent. */
  readonly ready: () => boolean;
  /** What the next pass looks at. */
  readonly pass: () => CheckPass;
  /** What is said of a script is something else now; without items: nothing, or it is gone. */
  readonly onChange: (file: string, items: readonly Diagnostic[]) => void;
  /** All scripts have been looked at. */
  readonly onDone: () => void;
  /** A pass ended by itself: what was found stays. */
  readonly onFailure: (reason: string) => void;
}

export interface CheckResult {
  readonly items: readonly Diagnostic[];
  /** Stands for the items. */
  readonly resultId: string;
}

/** After a change so long is waited for more of them, in ms. */
const QUIET = 500;
/** After a pass the thread rests this many times as long as the pass took. */
const REST = 5;

/**
 * What is said of the scripts of a folder which nobody has open, found by the thread that knows
 * them: one pass at a time, and after it a rest.
 */
export class WorkspaceCheck {
  readonly #options: WorkspaceCheckOptions;
  readonly #results = new Map<string, CheckResult>();
  #port: MessagePort | undefined;
  #timer: NodeJS.Timeout | undefined;
  #began = 0;
  #restedAt = 0;
  #running = false;
  #asked = false;
  #finished = false;
  #closed = false;

  constructor(options: WorkspaceCheckOptions) {
    this.#options = options;
  }

  /** Everything may be different now: it is looked at again, soon. */
  later(): void {
    if (this.#closed) return;
    this.#asked = true;
    if (this.#running || this.#timer !== undefined) return;
    const pause = Math.max(QUIET, this.#restedAt - performance.now());
    this.#timer = setTimeout(() => this.#begin(), pause).unref();
  }

  /** Whether all scripts have been looked at once. */
  get finished(): boolean {
    return this.#finished;
  }

  /** What is said of each script, by name. */
  get results(): ReadonlyMap<string, CheckResult> {
    return this.#results;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#port?.close();
  }

  #begin(): void {
    this.#timer = undefined;
    if (!this.#options.ready()) {
      this.#timer = setTimeout(() => this.#begin(), QUIET).unref();
      return;
    }
    this.#port ??= this.#connect();
    // Without a thread nothing is known; when there is one again, that is a change.
    if (this.#port === undefined) return;
    this.#asked = false;
    this.#running = true;
    this.#began = performance.now();
    this.#port.postMessage(this.#options.pass());
  }

  #connect(): MessagePort | undefined {
    const port = this.#options.connect();
    port?.on("message", (message: FromCheckWorker) => this.#receive(message));
    port?.on("close", () => {
      if (this.#port === port) this.#port = undefined;
      this.#end();
    });
    port?.unref();
    return port;
  }

  #receive(message: FromCheckWorker): void {
    if (this.#closed) return;
    if ("checked" in message) {
      for (const { file, found } of message.checked) this.#set(file, found.map(placedDiagnostic));
      return;
    }
    if ("failed" in message) {
      this.#options.onFailure(message.failed);
      this.#end();
      return;
    }
    const there = new Set(message.done);
    for (const file of [...this.#results.keys()]) if (!there.has(file)) this.#set(file, undefined);
    this.#finished = true;
    this.#end();
    this.#options.onDone();
  }

  #set(file: string, items: readonly Diagnostic[] | undefined): void {
    const before = this.#results.get(file);
    if (items === undefined) this.#results.delete(file);
    else {
      const resultId = resultIdOf(items);
      if (before?.resultId === resultId) return;
      this.#results.set(file, { items, resultId });
    }
    const said = items ?? [];
    if (said.length > 0 || (before?.items.length ?? 0) > 0) this.#options.onChange(file, said);
  }

  #end(): void {
    if (!this.#running) return;
    const now = performance.now();
    this.#restedAt = now + REST * (now - this.#began);
    this.#running = false;
    if (this.#asked) this.later();
  }
}
