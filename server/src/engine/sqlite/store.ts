import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { NamespaceSummary } from "../../../../shared/src/protocol.ts";
import { changesOfNothing, emptySnapshot, refuseBeforeCreating } from "../absent.ts";
import { historyItems } from "../history.ts";
import { Mutex } from "../mutex.ts";
import { checkRevision, nothingToUndo, storeClosed } from "../refusals.ts";
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
import { resetCache } from "./cache.ts";
import {
  type Connection,
  type ConnectionOptions,
  openForReading,
  openForWriting,
  setDurability,
  type WriteConnection,
} from "./connection.ts";
import { checkRuntime, currentRuntime } from "./driver.ts";
import { storeFault } from "./faults.ts";
import { databaseFile, fileIdentity } from "./files.ts";
import type { Reads } from "./reads.ts";
import { snapshotOf } from "./snapshot.ts";
import { transactionOver } from "./transaction.ts";

const DEFAULT_BUSY_TIMEOUT = 5000;
/** How long, in ms, a file that was there is taken to be there still. */
const LOOK_EVERY = 5;

/**
 * A store in a SQLite database, for a thread that may wait: a write blocks it while another process
 * holds the lock. The file is watched over: one that was removed or replaced is noticed within
 * milliseconds, and work goes on with what is there.
 * @throws StateError `unsupported-runtime`
 */
export class SqliteStore implements Store {
  readonly backend = "sqlite";
  readonly #options: ConnectionOptions;
  readonly #file: string;
  /** Held by a transaction whose work is awaited; everything else is done in one step. */
  readonly #writing = new Mutex();
  #writer: WriteConnection | undefined;
  /** For readers while a transaction is open on the writer. */
  #reader: Connection | undefined;
  #known = false;
  /** The file's identity when it was last looked at, and when that was. */
  #seen: { readonly identity: string | undefined; readonly at: number } | undefined;
  #closed = false;

  constructor(options: StoreOptions) {
    checkRuntime(currentRuntime());
    this.#options = { ...options, busyTimeoutMs: options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT };
    this.#file = databaseFile(options.folder);
  }

  async revision(): Promise<number> {
    return this.#read((reads) => reads.revision(), 0);
  }

  async storeId(): Promise<string> {
    return this.#read((reads) => reads.storeId(), "");
  }

  async schemaVersion(): Promise<string> {
    return this.#read((reads) => reads.schemaVersion(), this.#options.schemaVersion);
  }

  async entry(namespace: string, key: string): Promise<Entry | undefined> {
    // What is stored has a name that is allowed: only one that is not found need be looked at.
    const found = this.#read((reads) => reads.entry(namespace, key), undefined);
    if (found !== undefined) return found;
    checkNamespace(namespace);
    const name = checkKey(key);
    return name === key
      ? undefined
      : this.#read((reads) => reads.entry(namespace, name), undefined);
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
    return this.#read((reads) => historyItems(reads.entry(ns, name), reads.past(ns, name)), []);
  }

  async save(
    origin: Origin,
    namespace: string,
    key: string,
    value: Json,
    options?: SaveOptions,
  ): Promise<ChangeDetail> {
    if (this.#writer === undefined && !this.#exists())
      refuseBeforeCreating(namespace, key, value, options);
    return this.#change(({ writes }) => writes.save(origin, namespace, key, value, options));
  }

  async delete(
    origin: Origin,
    namespace: string,
    key: string,
    options?: DeleteOptions,
  ): Promise<ChangeDetail | undefined> {
    if (!this.#exists()) {
      checkRevision(options?.ifRevision, 0, checkNamespace(namespace), checkKey(key));
      return undefined;
    }
    const remove = ({ writes }: WriteConnection) => writes.delete(origin, namespace, key, options);
    return options?.forget === true ? this.#scrubbing(remove) : this.#change(remove);
  }

  async undo(origin: Origin, namespace: string, key: string, to?: number): Promise<ChangeDetail> {
    if (!this.#exists()) throw nothingToUndo(checkNamespace(namespace), checkKey(key));
    return this.#change(({ writes }) => writes.undo(origin, namespace, key, to));
  }

  async schemaHistory(): Promise<readonly SchemaChange[]> {
    return this.#read((reads) => reads.schemaHistory(), []);
  }

  async keepDeletions(revision: number | undefined): Promise<void> {
    if (!this.#exists()) return;
    await this.#change(({ writes }) => writes.keepDeletions(revision));
  }

  async transact<T>(
    origin: Origin,
    work: (transaction: Transaction) => Promise<T>,
    options: { readonly durability?: "normal" | "full" } = {},
  ): Promise<T> {
    return this.#writing.run(async () => {
      const connection = this.#writable();
      const { database } = connection;
      const durability = options.durability ?? this.#options.durability;
      try {
        setDurability(database, durability);
        database.exec("BEGIN IMMEDIATE");
        const result = await work(transactionOver(connection, origin, this.#file));
        database.exec("COMMIT");
        return result;
      } catch (error) {
        this.#rollBack();
        throw storeFault(error, this.#file);
      } finally {
        if (database.isOpen) {
          setDurability(database, this.#options.durability);
          resetCache(database);
        }
      }
    });
  }

  async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    this.#refuseClosed();
    const connection = openForReading(this.#options.folder, this.#options.busyTimeoutMs);
    if (connection === undefined) return work(emptySnapshot(this.#options.schemaVersion));
    const { database } = connection;
    try {
      database.exec("BEGIN");
      return await work(snapshotOf(connection, this.#file));
    } catch (error) {
      throw storeFault(error, this.#file);
    } finally {
      database.close();
    }
  }

  async close(): Promise<void> {
    await this.#writing.run(async () => {
      this.#closed = true;
      this.#drop();
    });
  }

  /** One change, one transaction, in one step unless a transaction is open. */
  #change<T>(work: (connection: WriteConnection) => T): T | Promise<T> {
    if (this.#writing.busy) return this.#writing.run(async () => this.#changeNow(work));
    return this.#changeNow(work);
  }

  #changeNow<T>(work: (connection: WriteConnection) => T): T {
    const connection = this.#writable();
    try {
      connection.begin.get();
      const result = work(connection);
      connection.commit.get();
      return result;
    } catch (error) {
      this.#rollBack();
      throw storeFault(error, this.#file);
    }
  }

  #rollBack(): void {
    const database = this.#writer?.database;
    try {
      if (database?.isTransaction) database.exec("ROLLBACK");
    } catch {
      // The connection itself is broken: the next use opens another one.
      this.#drop();
    }
  }

  /** The connection for writing; opened, or opened again where the file is no longer the same. */
  #writable(): WriteConnection {
    this.#refuseClosed();
    if (this.#writer !== undefined && this.#identity() === this.#writer.identity) {
      return this.#writer;
    }
    this.#drop();
    this.#writer = openForWriting(this.#options, this.#known);
    this.#known = true;
    return this.#writer;
  }

  #exists(): boolean {
    return this.#identity() !== undefined;
  }

  /** Which file is there; looked at anew once in a while, because looking costs as much as a read. */
  #identity(): string | undefined {
    const now = performance.now();
    if (this.#seen === undefined || now - this.#seen.at > LOOK_EVERY) {
      this.#seen = { identity: fileIdentity(this.#file), at: now };
    }
    return this.#seen.identity;
  }

  #read<T>(work: (reads: Reads) => T, absent: T): T {
    this.#refuseClosed();
    try {
      const reads = this.#readable();
      return reads === undefined ? absent : work(reads);
    } catch (error) {
      const fault = storeFault(error, this.#file);
      // Whatever it was: the next reader looks at the file anew.
      if (!this.#writing.busy) this.#drop();
      throw fault;
    }
  }

  #readable(): Reads | undefined {
    const writer = this.#writer;
    const identity = this.#identity();
    if (writer !== undefined && writer.identity === identity && !this.#writing.busy) {
      return writer.reads;
    }
    if (this.#reader?.identity !== identity) {
      this.#reader?.database.close();
      this.#reader = undefined;
    }
    this.#reader ??= openForReading(this.#options.folder, this.#options.busyTimeoutMs);
    return this.#reader?.reads;
  }

  /** A change that leaves nothing of what it removed: the WAL's copies of it go too. */
  async #scrubbing<T>(work: (connection: WriteConnection) => T): Promise<T> {
    return this.#writing.run(async () => {
      const result = this.#changeNow(work);
      this.#writable().database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return result;
    });
  }

  #drop(): void {
    const connections = [this.#writer, this.#reader];
    this.#writer = undefined;
    this.#reader = undefined;
    this.#seen = undefined;
    for (const connection of connections) {
      try {
        connection?.database.close();
      } catch {
        // Nothing more can be done for it.
      }
    }
  }

  #refuseClosed(): void {
    if (this.#closed) throw storeClosed();
  }
}
