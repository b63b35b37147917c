import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { StateError } from "../../../../shared/src/errors.ts";
import { clientConfig } from "./database.ts";
import { failureOf, isLost } from "./faults.ts";
import type { PostgresOptions } from "./options.ts";
import { CHANNEL } from "./schema-sql.ts";

/** How often a store is looked at whose notifications do not arrive, in ms. */
const POLL = 1000;
/** How often one is looked at whose notifications do: for what nobody foresaw. */
const RARELY = 15_000;
/** How long the listener's own notification may take before it is believed that none arrives, in ms. */
const PROOF = 2000;
/** Between attempts to listen while the server is away, in ms. */
const PAUSE = 500;
/** And where it takes no listener, or a pooler passes nothing on, which will hardly change. */
const LONG_PAUSE = 60_000;
/** What may pass by itself within moments: then the server is asked again soon. */
const AWAY: ReadonlySet<string> = new Set(["store-unreachable", "store-slow", "store-busy"]);

/**
 * Hears of changes of one store: by the server's notifications on a connection of its own, opened
 * again whenever it is lost. Whether they arrive is tried out, for a pooler may swallow them; where
 * they do not, and while there is no connection, the revision is looked at instead.
 */
export class Listener {
  readonly #options: PostgresOptions;
  readonly #payload: string;
  readonly #revision: () => Promise<number>;
  readonly #notify: (payload: string) => Promise<unknown>;
  readonly #hear: () => void;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  #client: Client | undefined;
  #proven = false;
  #seen: number | undefined;

  /**
   * @param schema quoted
   * @param revision looks at the store
   * @param notify notifies whoever listens, on a connection of the store's
   */
  constructor(
    options: PostgresOptions,
    schema: string,
    {
      revision,
      notify,
    }: {
      readonly revision: () => Promise<number>;
      readonly notify: (payload: string) => Promise<unknown>;
    },
    hear: () => void,
  ) {
    this.#options = options;
    this.#payload = `${schema}.${options.store}`;
    this.#revision = revision;
    this.#notify = notify;
    this.#hear = hear;
    this.#running = Promise.all([this.#listen(), this.#poll()]);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#client?.end().catch(ignore);
    await this.#running;
  }

  async #listen(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const pause = await this.#listenOnce().catch((error: unknown) =>
        isLost(failureOf(error, [])) ? PAUSE : LONG_PAUSE,
      );
      this.#proven = false;
      await this.#pause(pause);
    }
  }

  /** One connection, until it ends or nothing comes through it; gives the pause (ms) before the next. */
  async #listenOnce(): Promise<number> {
    const { newClient } = await import("./driver.ts");
    const { url, listenUrl, connectTimeoutMs } = this.#options;
    const client = newClient(clientConfig(listenUrl ?? url, connectTimeoutMs));
    const ended = new Promise<void>((resolve) => {
      client.on("end", resolve);
      client.on("error", () => resolve());
    });
    const proof = `${this.#payload}?${process.pid}.${performance.now()}`;
    const proven = new Promise<void>((resolve) => {
      client.on("notification", ({ payload }) => {
        if (payload === this.#payload) this.#hear();
        if (payload !== proof) return;
        this.#proven = true;
        resolve();
      });
    });
    this.#client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      // Changes that were made while nobody listened.
      this.#hear();
      // Not on this connection: a pooler passes on what a request of its own client brings about.
      await this.#notify(proof);
      await Promise.race([ended, proven, this.#pause(PROOF)]);
      if (!this.#proven) {
        // The pooler's connection to the server is others' from now on.
        await client.query("UNLISTEN *");
        return LONG_PAUSE;
      }
      await ended;
      // The server may be gone: whoever follows it finds out.
      if (!this.#stop.signal.aborted) this.#hear();
      return PAUSE;
    } finally {
      await client.end().catch(ignore);
    }
  }

  async #poll(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const refused = !(await this.#look());
      const until = Date.now() + RARELY;
      do await this.#pause(POLL);
      while ((this.#proven || refused) && Date.now() < until && !this.#stop.signal.aborted);
    }
  }

  /** Looks whether anything changed. false: the server refuses to tell, and will again. */
  async #look(): Promise<boolean> {
    try {
      const revision = await this.#revision();
      // The first time too: something may have changed since whoever listens looked.
      if (this.#seen !== revision) this.#hear();
      this.#seen = revision;
      return true;
    } catch (error) {
      // Whoever asks is told why; it is looked at again.
      return error instanceof StateError && AWAY.has(error.code);
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(ignore);
  }
}

function ignore(): void {
  // The next attempt shows whether it was more than a moment.
}
