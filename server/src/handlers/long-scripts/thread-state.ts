import type { MessagePort } from "node:worker_threads";
import type { StateConfiguration } from "../../config/types.ts";
import { CachedView } from "../../engine/cached-view.ts";
import { Calls, engineOver } from "../../engine/calls.ts";
import type { StateView } from "../../engine/types.ts";
import { openStateView, type StateReader } from "../../engine/view.ts";
import type { CallMessage, CancelMessage, FromEngine } from "../../engine/wire.ts";
import { engineOptions } from "../../workspace/engine-options.ts";

/**
 * A folder's state, for reading in another thread than the server's: a file is opened here too, all
 * else is asked of the engine's thread, over a port that is asked for when it is first needed.
 */
export class ThreadState {
  readonly #wanted: () => void;
  #calls = this.#newCalls();
  #waiting: (CallMessage | CancelMessage)[] = [];
  #port: MessagePort | undefined;
  #asked = false;
  #key = "";
  #reader: StateReader | undefined;
  #cache: CachedView | undefined;

  /** Every method of the engine. */
  readonly engine = engineOver((method, params) => this.#calls.call(method, params));

  /** @param wanted a port to the engine is wanted */
  constructor(wanted: () => void) {
    this.#wanted = wanted;
  }

  /** What is stored under a configuration; undefined where that is broken. */
  view(configuration: StateConfiguration | undefined): StateView | undefined {
    const options = configuration && engineOptions(configuration);
    const key = JSON.stringify(options) ?? "";
    if (key !== this.#key) {
      this.close();
      this.#key = key;
      if (options?.backend === "sqlite") this.#reader = openStateView(options);
      if (options?.backend === "postgres") this.#cache = new CachedView(this.engine);
    }
    return options && (this.#reader ?? this.#cache ?? this.engine);
  }

  /** Something may have been stored. */
  changed(): void {
    this.#cache?.forget();
  }

  /** The port that was wanted. */
  connect(port: MessagePort): void {
    this.#port = port;
    this.#asked = false;
    const calls = this.#calls;
    port.on("message", (message: FromEngine) => calls.receive(message));
    port.on("close", () => {
      calls.end("its thread ended");
      if (this.#port === port) this.#port = undefined;
      if (this.#calls === calls) this.#calls = this.#newCalls();
    });
    for (const message of this.#waiting) port.postMessage(message);
    this.#waiting = [];
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
    this.#cache = undefined;
    this.#port?.close();
  }

  #newCalls(): Calls {
    return new Calls((message) => {
      if (this.#port !== undefined) {
        this.#port.postMessage(message);
        return;
      }
      this.#waiting.push(message);
      if (!this.#asked) this.#wanted();
      this.#asked = true;
    });
  }
}
