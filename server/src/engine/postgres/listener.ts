import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { clientConfig } from "./database.ts";
import type { PostgresOptions } from "./options.ts";
import { CHANNEL } from "./schema-sql.ts";

/** How often a store is looked at whose notifications do not arrive, in ms. */
const POLL = 1000;
/** How often one is looked at whose notifications do: for what nobody foresaw. */
const RARELY = 15_000;
/** How long the listener's own notification may take before it is believed that none arrives, in ms. */
const PROOF = 2000;
/** Between attempts to listen, in ms. */
const PAUSE = 500;

/**
 * Hears of changes of one store: by the server's notifications on a connection of its own, opened
 * again whenever it is lost. Whether they arrive is tried out, for a pooler may swallow them; where
 * they do not, and while there is no connection, the revision is looked at instead.
 */
export class Listener {
  readonly #options: PostgresOptions;
  readonly #payload: string;
  readonly #revision: () => Promise<number>;
  readonly #hear: () => void;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  #client: Client | undefined;
  #proven = false;
  #seen: number | undefined;

  /**
   * @param schema quoted
   * @param revision looks at the store
   */
  constructor(
    options: PostgresOptions,
    schema: string,
    revision: () => Promise<number>,
    hear: () => void,
  ) {
    this.#options = options;
    this.#payload = `${schema}.${options.store}`;
    this.#revision = revision;
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
      await this.#listenOnce().catch(ignore);
      this.#proven = false;
      await this.#pause(PAUSE);
    }
  }

  /** One connection, until it ends. */
  async #listenOnce(): Promise<void> {
    const { newClient } = await import("./driver.ts");
    const { url, listenUrl, connectTimeoutMs } = this.#options;
    const client = newClient(clientConfig(listenUrl ?? url, connectTimeoutMs));
    const ended = new Promise<void>((resolve) => {
      client.on("end", resolve);
      client.on("error", () => resolve());
    });
    const proof = `${this.#payload}?${process.pid}.${performance.now()}`;
    client.on("notification", ({ payload }) => {
      if (payload === proof) this.#proven = true;
      else if (payload === this.#payload) this.#hear();
    });
    this.#client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      // Changes that were made while nobody listened.
      this.#hear();
      await client.query("SELECT pg_notify($1, $2)", [CHANNEL, proof]);
      await Promise.race([ended, this.#pause(PROOF)]);
      // A connection that passes nothing on only costs the server one more.
      if (!this.#proven) {
        await this.#pause(RARELY);
        return;
      }
      await ended;
      // The server may be gone: whoever follows it finds out.
      if (!this.#stop.signal.aborted) this.#hear();
    } finally {
      await client.end().catch(ignore);
    }
  }

  async #poll(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const revision = await this.#revision();
        if (this.#seen !== undefined && this.#seen !== revision) this.#hear();
        this.#seen = revision;
      } catch {
        // Whoever asks is told why; it is looked at again.
      }
      const until = Date.now() + RARELY;
      do await this.#pause(POLL);
      while (this.#proven && Date.now() < until && !this.#stop.signal.aborted);
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(ignore);
  }
}

function ignore(): void {
  // The next attempt shows whether it was more than a moment.
}
