import type { Client } from "pg";
import { storeClosed } from "../refusals.ts";

/** How long an idle connection is kept, in ms. */
const IDLE = 30_000;

interface Idle {
  readonly client: Client;
  readonly since: number;
}

/**
 * Connections for one user each at a time, the last used first; the driver's own pool takes as long to
 * hand one out as a read in the same building takes.
 */
export class ClientPool {
  readonly #connect: () => Promise<Client>;
  readonly #max: number;
  readonly #idle: Idle[] = [];
  readonly #waiting: (() => void)[] = [];
  #count = 0;
  #sweeping: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param connect opens a connection */
  constructor(max: number, connect: () => Promise<Client>) {
    this.#max = max;
    this.#connect = connect;
  }

  /** A connection, which the caller gives back with `release` or `drop`. Throws what connecting throws. */
  async acquire(): Promise<Client> {
    for (;;) {
      if (this.#closed) throw storeClosed();
      const idle = this.#idle.pop();
      if (idle !== undefined) return idle.client;
      if (this.#count < this.#max) return await this.#open();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }

  release(client: Client): void {
    if (this.#closed) {
      this.drop(client);
      return;
    }
    this.#idle.push({ client, since: Date.now() });
    this.#sweeping ??= setInterval(() => this.#sweep(), IDLE).unref();
    this.#waiting.shift()?.();
  }

  /** Ends a connection that is not to be used again. */
  drop(client: Client): void {
    this.#count--;
    void client.end().catch(ignore);
    this.#waiting.shift()?.();
  }

  /** Ends the idle connections now, those in use when they are given back. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeping);
    for (const wake of this.#waiting.splice(0)) wake();
    const idle = this.#idle.splice(0);
    this.#count -= idle.length;
    await Promise.all(idle.map(({ client }) => client.end().catch(ignore)));
  }

  async #open(): Promise<Client> {
    this.#count++;
    try {
      const client = await this.#connect();
      // One that ends while nobody uses it is no longer handed out.
      client.on("error", ignore);
      client.on("end", () => {
        const at = this.#idle.findIndex((idle) => idle.client === client);
        if (at === -1) return;
        this.#idle.splice(at, 1);
        this.#count--;
      });
      return client;
    } catch (error) {
      this.#count--;
      this.#waiting.shift()?.();
      throw error;
    }
  }

  #sweep(): void {
    const bound = Date.now() - IDLE;
    while ((this.#idle[0]?.since ?? Number.POSITIVE_INFINITY) < bound) {
      const idle = this.#idle.shift();
      if (idle !== undefined) this.drop(idle.client);
    }
  }
}

function ignore(): void {
  // Whoever asks next is told.
}
