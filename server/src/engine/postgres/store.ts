import { randomUUID } from "node:crypto";
import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { NamespaceSummary } from "../../../../shared/src/protocol.ts";
import { changesOfNothing, emptySnapshot, refuseBeforeCreating } from "../absent.ts";
import { historyItems } from "../history.ts";
import { Mutex } from "../mutex.ts";
import { checkRevision, nothingToUndo } from "../refusals.ts";
import type {
  ChangeDetail,
  ChangesSince,
  DeleteOptions,
  Entry,
  HistoryItem,
  Json,
  Origin,
  PageQuery,
  SaveOptions,
  SchemaChange,
  Snapshot,
  Store,
  StoreOptions,
  Transaction,
} from "../types.ts";
import { type Ask, Database } from "./database.ts";
import { isMissingTables } from "./faults.ts";
import { Listener } from "./listener.ts";
import type { PostgresOptions } from "./options.ts";
import { Pending } from "./pending.ts";
import { Reads, schemaChanges } from "./reads.ts";
import {
  checkFormat,
  olderFormat,
  prepareSchema,
  quoteIdentifier,
  quoteLiteral,
} from "./schema.ts";
import { CHANNEL, FORMAT } from "./schema-sql.ts";
import { snapshotOf } from "./snapshot.ts";
import { settle, transactionOver } from "./transaction.ts";
import { Writes } from "./writes.ts";

/** How long a change waits for another process's transaction, in ms. */
const LOCK_WAIT = 5000;

/**
 * A store in a PostgreSQL database, which others may use at the same time. One that is not there yet
 * reads as empty; tables and store come into being with the first write.
 */
export class PostgresStore implements Store {
  readonly backend = "postgres";
  readonly #options: StoreOptions;
  readonly #postgres: PostgresOptions;
  readonly #schema: string;
  readonly #database: Database;
  readonly #reads: Reads;
  readonly #writes: Writes;
  /** Changes of this process come one at a time, so that no connection waits for another one. */
  readonly #writing = new Mutex();
  /** The tables are there and of a format that is understood. */
  #ready = false;

  /** @throws StateError `invalid-database-url` */
  constructor(options: StoreOptions, postgres: PostgresOptions) {
    this.#options = options;
    this.#postgres = postgres;
    this.#schema = quoteIdentifier(postgres.schema);
    this.#database = new Database(postgres);
    const asking =
      (writes: boolean): Ask =>
      (sql, values, hot = false) =>
        this.#database.call(sql, values, { writes, hot });
    this.#reads = new Reads(asking(false), this.#schema, postgres.store);
    this.#writes = this.#writesOver(asking(true), this.#reads, this.#lockMs, randomUUID);
  }

  async revision(): Promise<number> {
    return this.#read(async (reads) => (await reads.store())?.revision ?? 0, 0);
  }

  async storeId(): Promise<string> {
    return this.#read(async (reads) => (await reads.store())?.store_id ?? "", "");
  }

  async schemaVersion(): Promise<string> {
    const { schemaVersion } = this.#options;
    return this.#read(
      async (reads) => (await reads.store())?.schema_version ?? schemaVersion,
      schemaVersion,
    );
  }

  async entry(namespace: string, key: string): Promise<Entry | undefined> {
    const [ns, name] = [checkNamespace(namespace), checkKey(key)];
    return this.#read((reads) => reads.entry(ns, name), undefined);
  }

  async namespaces(): Promise<readonly NamespaceSummary[]> {
    return this.#read((reads) => reads.namespaces(), []);
  }

  async namespace(name: string): Promise<NamespaceSummary | undefined> {
    return this.#read((reads) => reads.namespace(name), undefined);
  }

  async page(namespace: string, query: PageQuery): Promise<readonly Entry[]> {
    return this.#read((reads) => reads.page(namespace, query), []);
  }

  async keys(namespace: string): Promise<readonly string[]> {
    const ns = checkNamespace(namespace);
    return this.#read((reads) => reads.keys(ns), []);
  }

  async changesSince(revision: number, limit: number): Promise<ChangesSince> {
    return this.#read((reads) => reads.changesSince(revision, limit), changesOfNothing(revision));
  }

  async history(namespace: string, key: string): Promise<readonly HistoryItem[]> {
    const [ns, name] = [checkNamespace(namespace), checkKey(key)];
    const { historyLimit } = this.#options;
    return this.#read(async (reads) => {
      const { entry, past } = await reads.keyState(ns, name, historyLimit);
      return historyItems(entry, past);
    }, []);
  }

  async save(
    origin: Origin,
    namespace: string,
    key: string,
    value: Json,
    options?: SaveOptions,
  ): Promise<ChangeDetail> {
    if (!this.#ready && !(await this.#exists())) {
      refuseBeforeCreating(namespace, key, value, options);
    }
    return this.#change((writes) => writes.save(origin, namespace, key, value, options));
  }

  async delete(
    origin: Origin,
    namespace: string,
    key: string,
    options?: DeleteOptions,
  ): Promise<ChangeDetail | undefined> {
    if (!(await this.#exists())) {
      checkRevision(options?.ifRevision, 0, checkNamespace(namespace), checkKey(key));
      return undefined;
    }
    return this.#change((writes) => writes.delete(origin, namespace, key, options));
  }

  async undo(origin: Origin, namespace: string, key: string, to?: number): Promise<ChangeDetail> {
    if (!(await this.#exists())) throw nothingToUndo(checkNamespace(namespace), checkKey(key));
    return this.#change((writes) => writes.undo(origin, namespace, key, to));
  }

  async schemaHistory(): Promise<readonly SchemaChange[]> {
    return this.#read(async (reads) => schemaChanges(await reads.store()), []);
  }

  async keepDeletions(revision: number | undefined): Promise<void> {
    if (await this.#exists()) await this.#change((writes) => writes.keepDeletions(revision));
  }

  /** The server's own settings say what survives a crash: see docs/postgres.md. */
  transact<T>(origin: Origin, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#prepared(() => {
      const { store } = this.#postgres;
      const request = randomUUID();
      const [name, version] = [quoteLiteral(store), quoteLiteral(this.#options.schemaVersion)];
      const lock = `SELECT ${this.#schema}.begin_change(${name}, ${version}, ${this.#lockMs}) AS revision`;
      return this.#database.transaction(
        `BEGIN; ${lock}`,
        async (ask, first) => {
          const revision = Number(first?.["revision"] ?? 0);
          const pending = new Pending(revision);
          const reads = new Reads(ask, this.#schema, store);
          const writes = this.#writesOver(ask, reads, 0, () => request, pending);
          const open = { ask, reads, writes, pending, schema: this.#schema, store };
          const result = await work(transactionOver(open, origin, this.#options.schemaVersion));
          await settle(open, revision);
          return result;
        },
        async () => {
          const sql = `SELECT ${this.#schema}.was_applied($1, $2, $3) AS applied`;
          const values = [store, this.#lockMs, request];
          return (
            (await this.#database.call<{ applied: boolean }>(sql, values))[0]?.applied === true
          );
        },
      );
    });
  }

  async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const { schemaVersion } = this.#options;
    if (!(await this.#readable())) return work(emptySnapshot(schemaVersion));
    const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    return this.#database.transaction(begin, async (ask) => {
      const reads = new Reads(ask, this.#schema, this.#postgres.store);
      const row = await reads.store();
      return work(row === undefined ? emptySnapshot(schemaVersion) : snapshotOf(reads, row));
    });
  }

  /**
   * Calls `hear` when something may have changed, whoever changed it, until the answer is called.
   * Where the server's notifications do not arrive, the store is looked at once a second instead.
   */
  listen(hear: () => void): () => Promise<void> {
    const revision = (): Promise<number> => this.revision();
    const notify = (payload: string) =>
      this.#database.call("SELECT pg_notify($1, $2)", [CHANNEL, payload]);
    const listener = new Listener(this.#postgres, this.#schema, { revision, notify }, hear);
    return () => listener.close();
  }

  async close(): Promise<void> {
    await this.#writing.run(() => this.#database.close());
  }

  get #lockMs(): number {
    return this.#options.busyTimeoutMs ?? LOCK_WAIT;
  }

  #writesOver(
    ask: Ask,
    reads: Reads,
    lockMs: number,
    request: () => string,
    pending?: Pending,
  ): Writes {
    const { store } = this.#postgres;
    return new Writes({
      ask,
      reads,
      schema: this.#schema,
      store,
      limits: this.#options,
      lockMs,
      request,
      ...(pending === undefined ? {} : { pending }),
    });
  }

  /** Whether there are tables, of this format or of one that a write replaces. @throws StateError `newer-format` */
  async #exists(): Promise<boolean> {
    if (this.#ready) return true;
    const format = await checkFormat(this.#database, this.#postgres.schema);
    this.#ready = format === FORMAT;
    return format !== 0;
  }

  /** Whether there are tables to read. @throws StateError `newer-format`, `older-format` */
  async #readable(): Promise<boolean> {
    const exists = await this.#exists();
    if (exists && !this.#ready) throw olderFormat(this.#database, this.#postgres.schema);
    return exists;
  }

  async #read<T>(work: (reads: Reads) => Promise<T>, absent: T): Promise<T> {
    if (!(await this.#readable())) return absent;
    try {
      return await work(this.#reads);
    } catch (error) {
      if (!isMissingTables(error)) throw error;
      // They were dropped, or are of another format by now.
      this.#ready = false;
      return (await this.#readable()) ? Promise.reject(error) : absent;
    }
  }

  #change<T>(work: (writes: Writes) => Promise<T>): Promise<T> {
    return this.#prepared(() => work(this.#writes));
  }

  /** Work that finds the tables; done again when they turn out to be gone, which undid it. */
  #prepared<T>(work: () => Promise<T>): Promise<T> {
    return this.#writing.run(async () => {
      if (!this.#ready) await this.#prepare();
      try {
        return await work();
      } catch (error) {
        if (!isMissingTables(error)) throw error;
        await this.#prepare();
        return await work();
      }
    });
  }

  async #prepare(): Promise<void> {
    this.#ready = false;
    await prepareSchema(this.#database, this.#postgres.schema);
    this.#ready = true;
  }
}
