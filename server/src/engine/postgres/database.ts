import { connect as connectSocket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Client, ClientConfig, Pool, PoolClient, QueryResultRow } from "pg";
import {
  type DatabaseAddress,
  databaseAddress,
  databaseSecrets,
} from "../../../../shared/src/database-url.ts";
import { StateError } from "../../../../shared/src/errors.ts";
import { storeClosed } from "../refusals.ts";
import {
  databaseFault,
  type Failure,
  failureOf,
  isLost,
  isPassing,
  outcomeUnknown,
  transactionLost,
} from "./faults.ts";
import type { PostgresOptions } from "./options.ts";

/** Asks one question and gives the rows. @throws StateError what the database says, for people */
export type Ask = <Row extends QueryResultRow>(
  sql: string,
  values?: readonly unknown[],
) => Promise<Row[]>;

/** Pauses between attempts, in ms: the last one again and again. */
const PAUSES = [20, 50, 100, 200, 400];
/** How long a cancelled call is waited for, in ms, before its connection is given up. */
const GRACE = 1000;
/** How long an idle connection is kept, in ms. */
const IDLE = 30_000;
/** Steps of transactions and snapshots may take so many times longer than single calls. */
const PATIENCE = 12;
/** First number of the protocol's request to cancel. */
const CANCEL_REQUEST = 80877102;

/**
 * The connections to one database. What is safe to repeat is repeated until the server is back or
 * the time is over; a transaction is not, but it is found out whether it was committed.
 */
export class Database {
  readonly address: DatabaseAddress;
  readonly #options: PostgresOptions;
  readonly #secrets: readonly string[];
  #pool: Promise<Pool> | undefined;
  #closed = false;

  /** @throws StateError `invalid-database-url` */
  constructor(options: PostgresOptions) {
    this.#options = options;
    this.address = databaseAddress(options.url);
    this.#secrets = databaseSecrets(options.url);
  }

  /**
   * One statement that is a transaction of its own and may be applied again without harm: it reads,
   * or it carries the name of its request.
   */
  async call<Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
    { writes = false }: { readonly writes?: boolean } = {},
  ): Promise<Row[]> {
    const { rows, client } = await this.#repeat(writes, async (client) => ({
      rows: await this.#ask<Row>(client, sql, values, this.#limit),
      client,
    }));
    client.release();
    return rows;
  }

  /**
   * A transaction: the statements of `begin` open it, `work` asks within it, then it is committed, or
   * undone when the work throws. The work is given the row that the last of `begin` answers with.
   * @param wasCommitted finds out, when the answer to the COMMIT was lost; absent: it only read
   */
  async transaction<T>(
    begin: string,
    work: (ask: Ask, first: QueryResultRow | undefined) => Promise<T>,
    wasCommitted: () => Promise<boolean> = async () => true,
  ): Promise<T> {
    const { client, first } = await this.#repeat(false, async (client) => {
      const answers = await this.#guard(client, client.query(begin), this.#limit).catch(
        async (error: unknown) => {
          // Else the connection would go on in a transaction that failed.
          await client.query("ROLLBACK").catch(ignore);
          throw error;
        },
      );
      const last = Array.isArray(answers) ? answers.at(-1) : answers;
      return { client, first: last?.rows[0] as QueryResultRow | undefined };
    });
    let lost = false;
    const ask: Ask = async (sql, values = []) => {
      try {
        return await this.#ask(client, sql, values, this.#limit * PATIENCE);
      } catch (error) {
        lost ||= isLost(this.failure(error));
        throw lost ? transactionLost(this.address) : this.#fault(error, this.#limit * PATIENCE);
      }
    };
    let result: T;
    try {
      result = await work(ask, first);
    } catch (error) {
      await rollBack(client, lost);
      throw error;
    }
    await this.#commit(client, wasCommitted);
    return result;
  }

  /** What was thrown, without secrets. */
  failure(error: unknown): Failure {
    return failureOf(error, this.#secrets);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const pool = await this.#pool?.catch(() => undefined);
    this.#pool = undefined;
    await pool?.end();
  }

  get #limit(): number {
    return this.#options.requestTimeoutMs;
  }

  #fault(error: unknown, limit: number): unknown {
    return databaseFault(error, this.failure(error), this.address, limit);
  }

  /** The work's result, on a connection that it then owns; again where the server was away. */
  async #repeat<T>(writes: boolean, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const deadline = Date.now() + this.#limit;
    for (let attempt = 0; ; attempt++) {
      let client: PoolClient | undefined;
      try {
        client = await this.#connect();
        return await work(client);
      } catch (error) {
        const failure = this.failure(error);
        const lost = !(error instanceof StateError) && isLost(failure);
        client?.release(lost || client === undefined ? true : undefined);
        const again = lost || isPassing(failure);
        if (!again || Date.now() >= deadline) {
          if (writes && lost && client !== undefined) throw outcomeUnknown(this.address);
          throw this.#fault(error, this.#limit);
        }
        await delay(PAUSES[Math.min(attempt, PAUSES.length - 1)]);
      }
    }
  }

  async #connect(): Promise<PoolClient> {
    if (this.#closed) throw storeClosed();
    this.#pool ??= this.#openPool();
    const pool = await this.#pool;
    return await pool.connect();
  }

  async #openPool(): Promise<Pool> {
    const { newPool } = await import("./driver.ts");
    const pool = newPool({
      ...clientConfig(this.#options.url, this.#options.connectTimeoutMs),
      max: Math.max(2, this.#options.poolSize),
      idleTimeoutMillis: IDLE,
    });
    // A connection that ends is seen by its next user, or by nobody.
    pool.on("error", ignore);
    pool.on("connect", (client) => client.on("error", ignore));
    return pool;
  }

  async #ask<Row extends QueryResultRow>(
    client: PoolClient,
    sql: string,
    values: readonly unknown[],
    limit: number,
  ): Promise<Row[]> {
    const asked = client.query<Row>({ text: sql, values: [...values] });
    return (await this.#guard(client, asked, limit)).rows;
  }

  /** The answer, or what the server says after it was told to cancel at the limit (ms). */
  async #guard<T>(client: PoolClient, asked: Promise<T>, limit: number): Promise<T> {
    let givingUp: NodeJS.Timeout | undefined;
    const cancelling = setTimeout(() => {
      this.#cancel(client);
      // The driver then closes the socket, and what is asked fails.
      givingUp = setTimeout(() => void (client as unknown as Client).end().catch(ignore), GRACE);
    }, limit);
    try {
      return await asked;
    } finally {
      clearTimeout(cancelling);
      clearTimeout(givingUp);
    }
  }

  /** Asks the server, over a connection of its own as the protocol wants it, to stop what a client asked. */
  #cancel(client: PoolClient): void {
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
    const message = Buffer.alloc(16);
    for (const [index, number] of [16, CANCEL_REQUEST, processID, secretKey].entries()) {
      message.writeInt32BE(number, index * 4);
    }
    const { host, port } = this.address;
    const socket = host.startsWith("/")
      ? connectSocket(`${host}/.s.PGSQL.${port}`)
      : connectSocket(port, host);
    socket.on("error", ignore);
    socket.setTimeout(GRACE, () => socket.destroy());
    socket.on("connect", () => socket.end(message));
  }

  async #commit(client: PoolClient, wasCommitted: () => Promise<boolean>): Promise<void> {
    try {
      const limit = this.#limit * PATIENCE;
      const { command } = await this.#guard(client, client.query("COMMIT"), limit);
      client.release();
      // The server answers so when a statement failed before and the work went on all the same.
      if (command === "ROLLBACK") throw transactionLost(this.address);
    } catch (error) {
      if (error instanceof StateError) throw error;
      client.release(true);
      if (!isLost(this.failure(error))) throw this.#fault(error, this.#limit);
      if (!(await this.#find(wasCommitted))) throw transactionLost(this.address);
    }
  }

  async #find(wasCommitted: () => Promise<boolean>): Promise<boolean> {
    try {
      return await wasCommitted();
    } catch {
      throw outcomeUnknown(this.address);
    }
  }
}

/** What every connection is opened with. */
export function clientConfig(url: string, connectTimeoutMs: number): ClientConfig {
  return {
    connectionString: url.trim(),
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "llmspell-state",
    keepAlive: true,
  };
}

async function rollBack(client: PoolClient, lost: boolean): Promise<void> {
  try {
    if (lost) throw new Error("lost");
    await client.query("ROLLBACK");
    client.release();
  } catch {
    client.release(true);
  }
}

function ignore(): void {
  // Whoever asks next is told.
}
