import { connect as connectSocket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Client, ClientConfig, QueryResult, QueryResultRow } from "pg";
import {
  type DatabaseAddress,
  databaseAddress,
  databaseSecrets,
} from "../../../../shared/src/database-url.ts";
import { StateError } from "../../../../shared/src/errors.ts";
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
import { ClientPool } from "./pool.ts";
import { Watchdog } from "./watchdog.ts";

/** Asks one question and gives the rows. @throws StateError what the database says, for people */
export type Ask = <Row extends QueryResultRow>(
  sql: string,
  values?: readonly unknown[],
  /** It is asked so often that the server shall keep its plan. */
  hot?: boolean,
) => Promise<Row[]>;

interface CallOptions {
  /** It changes something: a lost answer leaves a doubt. */
  readonly writes?: boolean;
  readonly hot?: boolean;
}

/** Pauses between attempts, in ms: the last one again and again. */
const PAUSES = [20, 50, 100, 200, 400];
/** How long a cancelled call is waited for, in ms, before its connection is given up. */
const GRACE = 1000;
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
  readonly #pool: ClientPool;
  readonly #watchdog = new Watchdog();
  /** Names of statements that the server shall keep, by their text; undefined: a pooler loses them. */
  #names: Map<string, string> | undefined = new Map();

  /** @throws StateError `invalid-database-url` */
  constructor(options: PostgresOptions) {
    this.#options = options;
    this.address = databaseAddress(options.url);
    this.#secrets = databaseSecrets(options.url);
    this.#pool = new ClientPool(Math.max(2, options.poolSize), async () => {
      const { newClient } = await import("./driver.ts");
      const client = newClient(clientConfig(options.url, options.connectTimeoutMs));
      await client.connect();
      return client;
    });
  }

  /**
   * One statement that is a transaction of its own and may be applied again without harm: it reads,
   * or it carries the name of its request.
   */
  async call<Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
    { writes = false, hot = false }: CallOptions = {},
  ): Promise<Row[]> {
    const { rows, client } = await this.#repeat(writes, async (client) => ({
      rows: await this.#ask<Row>(client, sql, values, this.#limit, hot),
      client,
    }));
    this.#pool.release(client);
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
    const { client, first, ownServer } = await this.#repeat(false, async (client) => {
      const asked = client.query(`${begin}; SELECT pg_backend_pid() AS pid`);
      const answers = await this.#guard(client, asked, this.#limit).catch(
        async (error: unknown) => {
          // Else the connection would go on in a transaction that failed.
          await client.query("ROLLBACK").catch(ignore);
          throw error;
        },
      );
      // One for each statement, which the driver's types do not know.
      const [last, server] = (answers as unknown as readonly QueryResult[]).slice(-2);
      const { processID } = client as unknown as { processID: number };
      return { client, first: last?.rows[0], ownServer: server?.rows[0]?.pid === processID };
    });
    let lost = false;
    const ask: Ask = async (sql, values = [], hot = false) => {
      try {
        // A pooler's server may know the name already, or not, and here that would be the end.
        return await this.#ask(client, sql, values, this.#limit * PATIENCE, hot && ownServer);
      } catch (error) {
        lost ||= isLost(this.failure(error));
        throw lost ? transactionLost(this.address) : this.#fault(error, this.#limit * PATIENCE);
      }
    };
    let result: T;
    try {
      result = await work(ask, first);
    } catch (error) {
      await this.#rollBack(client, lost);
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
    await this.#pool.close();
  }

  get #limit(): number {
    return this.#options.requestTimeoutMs;
  }

  #fault(error: unknown, limit: number): unknown {
    return databaseFault(error, this.failure(error), this.address, limit);
  }

  /** The work's result, on a connection that it then owns; again where the server was away. */
  async #repeat<T>(writes: boolean, work: (client: Client) => Promise<T>): Promise<T> {
    const deadline = Date.now() + this.#limit;
    for (let attempt = 0; ; attempt++) {
      let client: Client | undefined;
      try {
        client = await this.#pool.acquire();
        return await work(client);
      } catch (error) {
        const failure = this.failure(error);
        const lost = !(error instanceof StateError) && isLost(failure);
        if (client !== undefined) this.#giveBack(client, lost);
        const again = lost || isPassing(failure) || this.#losesNames(failure);
        if (!again || Date.now() >= deadline) {
          if (writes && lost && client !== undefined) throw outcomeUnknown(this.address);
          throw this.#fault(error, this.#limit);
        }
        await delay(PAUSES[Math.min(attempt, PAUSES.length - 1)]);
      }
    }
  }

  #giveBack(client: Client, lost: boolean): void {
    if (lost) this.#pool.drop(client);
    else this.#pool.release(client);
  }

  #nameOf(sql: string): string | undefined {
    const names = this.#names;
    if (names === undefined) return undefined;
    const name = names.get(sql) ?? `llmspell_${names.size}`;
    names.set(sql, name);
    return name;
  }

  /** A pooler in transaction mode gave another connection, which knows no name: none is used from now on. */
  #losesNames({ code }: Failure): boolean {
    if (this.#names === undefined || (code !== "26000" && code !== "42P05")) return false;
    this.#names = undefined;
    return true;
  }

  async #ask<Row extends QueryResultRow>(
    client: Client,
    sql: string,
    values: readonly unknown[],
    limit: number,
    hot = false,
  ): Promise<Row[]> {
    const name = hot ? this.#nameOf(sql) : undefined;
    const asked = client.query<Row>({
      text: sql,
      values: [...values],
      ...(name === undefined ? {} : { name }),
    });
    return (await this.#guard(client, asked, limit)).rows;
  }

  /** The answer, or what the server says after it was told to cancel at the limit (ms). */
  #guard<T>(client: Client, asked: Promise<T>, limit: number): Promise<T> {
    const cancel = (): number => {
      this.#cancel(client);
      return GRACE;
    };
    const giveUp = (): number => {
      // The driver then closes the socket, and what is asked fails.
      void client.end().catch(ignore);
      return Number.POSITIVE_INFINITY;
    };
    return this.#watchdog.watch(asked, limit, [cancel, giveUp]);
  }

  /** Asks the server, over a connection of its own as the protocol wants it, to stop what a client asked. */
  #cancel(client: Client): void {
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
    // The other side closes when it has passed the request on: a pooler forgets it when we do so before.
    socket.on("connect", () => socket.write(message));
    socket.on("end", () => socket.destroy());
  }

  async #commit(client: Client, wasCommitted: () => Promise<boolean>): Promise<void> {
    try {
      const limit = this.#limit * PATIENCE;
      const { command } = await this.#guard(client, client.query("COMMIT"), limit);
      this.#pool.release(client);
      // The server answers so when a statement failed before and the work went on all the same.
      if (command === "ROLLBACK") throw transactionLost(this.address);
    } catch (error) {
      if (error instanceof StateError) throw error;
      this.#pool.drop(client);
      if (!isLost(this.failure(error))) throw this.#fault(error, this.#limit);
      if (!(await this.#find(wasCommitted))) throw transactionLost(this.address);
    }
  }

  async #rollBack(client: Client, lost: boolean): Promise<void> {
    try {
      if (!lost) await client.query("ROLLBACK");
      this.#giveBack(client, lost);
    } catch {
      this.#pool.drop(client);
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
    connectionString: verifying(url.trim()),
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "llmspell-state",
    keepAlive: true,
  };
}

/** What the driver takes for `verify-full` anyway is called so, or it would warn on standard error. */
function verifying(url: string): string {
  if (/[?&]uselibpqcompat=true(&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, "$1verify-full");
}

function ignore(): void {
  // Whoever asks next is told.
}
