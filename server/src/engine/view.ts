import { setTimeout as delay } from "node:timers/promises";
import { StateError } from "../../../shared/src/errors.ts";
import type { NamespaceSummary } from "../../../shared/src/protocol.ts";
import { changesOfNothing } from "./absent.ts";
import type { Stamp } from "./feed.ts";
import { nameNewestBackup } from "./newest-backup.ts";
import { type Connection, openForReading } from "./sqlite/connection.ts";
import { storeFault } from "./sqlite/faults.ts";
import { databaseFile, fileIdentity } from "./sqlite/files.ts";
import type { Reads } from "./sqlite/reads.ts";
import type {
  ChangesSince,
  Entry,
  KeyLinesQuery,
  PageQuery,
  StateView,
  StoreOptions,
} from "./types.ts";

/** Most entries that one page of a view gives. */
const LARGEST_PAGE = 1000;
/** Most keys of one answer that holds nothing else. */
const MOST_KEY_LINES = 10_000;
/** How often, and in which steps (ms), a file that is just being opened or repaired is asked again. */
const ATTEMPTS = 20;
const PAUSE = 10;

/**
 * A {@link StateView} for a thread that must not wait: read-only, bounded, and no lock is waited
 * for. An absent store reads as empty and is seen when it comes into being; one that is replaced is
 * opened again. Methods throw StateErrors that name the file.
 */
export class StateReader implements StateView {
  readonly folder: string;
  readonly #backupDir: string | undefined;
  readonly #file: string;
  #connection: Connection | undefined;
  #openings = 0;

  /** @param backupDir where the backup is looked for that an error about damage names */
  constructor(folder: string, backupDir: string | undefined) {
    this.folder = folder;
    this.#backupDir = backupDir;
    this.#file = databaseFile(folder);
  }

  revision(): Promise<number> {
    return this.#ask((reads) => reads.revision(), 0);
  }

  entry(namespace: string, key: string): Promise<Entry | undefined> {
    return this.#ask((reads) => reads.entry(namespace, key.normalize("NFC")), undefined);
  }

  namespaces(): Promise<readonly NamespaceSummary[]> {
    return this.#ask((reads) => reads.namespaces(), []);
  }

  namespace(name: string): Promise<NamespaceSummary | undefined> {
    return this.#ask((reads) => reads.namespace(name), undefined);
  }

  /** At most 1,000 entries. */
  page(namespace: string, query: PageQuery): Promise<readonly Entry[]> {
    const limit = Math.min(query.limit, LARGEST_PAGE);
    return this.#ask((reads) => reads.page(namespace, { ...query, limit }), []);
  }

  /** At most 10,000 keys. */
  keyLines(namespace: string, query: KeyLinesQuery): Promise<string> {
    const limit = Math.min(query.limit, MOST_KEY_LINES);
    return this.#ask((reads) => reads.keyLines(namespace, { ...query, limit }), "");
  }

  /** Empty while there is no store. */
  storeId(): Promise<string> {
    return this.#ask((reads) => reads.storeId(), "");
  }

  /** undefined while there is no store. */
  schemaVersion(): Promise<string | undefined> {
    return this.#ask<string | undefined>((reads) => reads.schemaVersion(), undefined);
  }

  changesSince(revision: number, limit: number): Promise<ChangesSince> {
    return this.#ask((reads) => reads.changesSince(revision, limit), changesOfNothing(revision));
  }

  /** Cheap (microseconds): what differs from its last answer when anything was committed. */
  stamp(): Stamp {
    const connection = this.#current();
    if (connection === undefined) return { file: "", version: "" };
    // SQLite's number means nothing across connections, so they are counted too.
    const version = `${this.#openings}.${connection.reads.dataVersion()}`;
    return { file: connection.identity, version };
  }

  /** Lets the file go; a later question opens it again. */
  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.database.close();
  }

  async #ask<T>(question: (reads: Reads) => T, absent: T): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const connection = this.#current();
        return connection === undefined ? absent : question(connection.reads);
      } catch (error) {
        const fault = storeFault(error, this.#file);
        this.close();
        const locked = fault instanceof StateError && fault.code === "store-locked";
        if (!locked || attempt >= ATTEMPTS) throw await this.#advised(fault);
        await delay(PAUSE);
      }
    }
  }

  async #advised(fault: unknown): Promise<unknown> {
    if (this.#backupDir === undefined) return fault;
    return await nameNewestBackup(fault, { folder: this.#backupDir });
  }

  #current(): Connection | undefined {
    const identity = fileIdentity(this.#file);
    if (this.#connection !== undefined && this.#connection.identity !== identity) this.close();
    if (this.#connection === undefined && identity !== undefined) {
      this.#connection = openForReading(this.folder, 0);
      this.#openings++;
    }
    return this.#connection;
  }
}

/** A view of the store in the options' folder. It opens the file when first asked something. */
export function openStateView(
  options: Pick<StoreOptions, "folder"> & { readonly backupDir?: string },
): StateReader {
  return new StateReader(options.folder, options.backupDir);
}
