import type {
  Change,
  NamespaceSummary,
  SearchParams,
  SearchResult,
  ValueType,
} from "../../../shared/src/protocol.ts";
import type { PostgresOptions } from "./postgres/options.ts";

/**
 * A value as JSON text, compact and exact: integers with all their digits, floats with `.0` or an
 * exponent, object keys in the order they were given, no duplicate keys, no lone surrogates.
 * This text is what is stored and what crosses threads; `values/` parses and prints it.
 */
export type Json = string;

/** Who made a change: `script:chat.lua`, `tree`, `editor`, `cli`, `restore:ID`, `import:FILE` ... */
export type Origin = string;

/** What is known of an entry without its value. Times are ms since 1970, `bytes` of UTF-8 JSON. */
export interface EntryHead {
  readonly namespace: string;
  readonly key: string;
  readonly type: ValueType;
  readonly bytes: number;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly origin: Origin;
}

export interface Entry extends EntryHead {
  readonly value: Json;
  /** `JSON.parse` loses nothing of `value`: the fast path may be used. */
  readonly plain: boolean;
}

/** A change with the values around it; `before` is absent for a new key, `after` for a deletion. */
export interface ChangeDetail extends Change {
  readonly before?: Json;
  readonly after?: Json;
}

export interface PageQuery {
  /** Only keys that start so. */
  readonly prefix?: string;
  /** Only keys after this one, by UTF-8 bytes. */
  readonly after?: string;
  readonly limit: number;
  /** Values that take more bytes are not read: `value` of such an entry is empty. Default: no limit. */
  readonly maxValueBytes?: number;
  /**
   * Of values that take more than `maxValueBytes`, and not so much that it would take long, so many
   * characters are read nonetheless: `value` of such an entry is cut.
   */
  readonly beginning?: number;
}

/** Of larger values no beginning is read: of SQLite's rows all is read, whatever is wanted of them. */
export const LARGEST_BEGUN = 400_000;

export type KeyLinesQuery = Pick<PageQuery, "prefix" | "after" | "limit">;

/**
 * Reading, bounded: nothing here takes time in proportion to the store. Methods are asynchronous so
 * that a network database fits; nothing is created by looking: an absent store reads as empty.
 */
export interface StateView {
  /** The revision of the newest change; 0 when there never was one. */
  revision(): Promise<number>;
  entry(namespace: string, key: string): Promise<Entry | undefined>;
  /** Namespaces that hold at least one key, ascending by bytes. */
  namespaces(): Promise<readonly NamespaceSummary[]>;
  /** One namespace's summary; undefined when it holds nothing. */
  namespace(name: string): Promise<NamespaceSummary | undefined>;
  /** Entries ascending by the key's UTF-8 bytes, values included; at most `limit`. */
  page(namespace: string, query: PageQuery): Promise<readonly Entry[]>;
  /**
   * Keys as {@link page} would give them, a line each, nothing else of them: to look through names
   * several times as fast. Absent where a view has no such shortcut.
   */
  keyLines?(namespace: string, query: KeyLinesQuery): Promise<string>;
}

/** What somebody looks for among the entries. */
export type SearchQuery = Omit<SearchParams, "store">;

/**
 * Looks through entries for what somebody wants to find; it knows what must stay hidden, which the
 * engine does not.
 * @param pause is waited for after each batch; what it throws ends the work
 */
export type Search = (
  view: StateView,
  query: SearchQuery,
  pause: () => Promise<void>,
) => Promise<SearchResult>;

/** How an empty Lua table that is saved over `[]` is written: see contract, "As JSON". */
export interface SaveOptions {
  /**
   * The compare-and-set revision: the entry's present one, or 0 for "must not exist".
   * @throws StateError `conflict` with `data.revision` (0: absent) when it is another.
   */
  readonly ifRevision?: number;
  /** `{}` at a path where the replaced value has `[]` is written `[]` (values from Lua). */
  readonly keepEmptyArrays?: boolean;
}

export interface DeleteOptions {
  /** @throws StateError `conflict` with `data.revision` when the entry has another. */
  readonly ifRevision?: number;
  /** Its earlier values go too, past recovery by undo, also where the key is deleted already. */
  readonly forget?: boolean;
}

/** What may be done inside one transaction of a store; it sees its own changes. */
export interface Transaction extends StateView {
  /** @throws StateError `invalid-namespace`, `invalid-key`, `invalid-value`, `value-too-large`, `conflict` */
  save(namespace: string, key: string, value: Json, options?: SaveOptions): Promise<ChangeDetail>;
  /** undefined when there was no such key: no error, no revision. @throws StateError `conflict` */
  delete(
    namespace: string,
    key: string,
    options?: DeleteOptions,
  ): Promise<ChangeDetail | undefined>;
  /**
   * Saves an entry as it once was (restore, import): its times come back, its revision is new, and
   * it may be larger than what may be saved today.
   * @throws StateError `invalid-namespace`, `invalid-key`, `invalid-value`
   */
  put(entry: PastEntry): Promise<Change>;
  /**
   * Many entries as by `put`, fast, that are not there yet and were checked: names and canonical
   * values. The change feed tells of all of them by `gap`. Gives the first one's revision; the others
   * follow.
   */
  insertAll(entries: readonly NewEntry[]): Promise<number>;
  schemaVersion(): Promise<string>;
  /** Part of the transaction like any change, but it makes no revision. */
  setSchemaVersion(version: string): Promise<void>;
}

/** An entry from a backup or an export. Times are ms since 1970. */
export interface PastEntry {
  readonly namespace: string;
  readonly key: string;
  readonly value: Json;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface NewEntry extends PastEntry {
  /** As {@link Entry.plain}. */
  readonly plain: boolean;
}

/** A consistent picture of the whole store at one revision, for backups and exports; streams. */
export interface Snapshot extends Pick<StateView, "entry" | "page"> {
  readonly revision: number;
  readonly storeId: string;
  readonly schemaVersion: string;
  /** All entries (or some namespaces'), ascending by namespace and key bytes, in batches. */
  entries(namespaces?: readonly string[]): AsyncIterable<readonly Entry[]>;
  /** What is known of all entries without their values, in batches, in no particular order. */
  heads(): AsyncIterable<readonly EntryHead[]>;
  /** Entries saved after `revision`, in batches, ascending by namespace and key bytes. */
  entriesSince(revision: number): AsyncIterable<readonly Entry[]>;
  /** Keys deleted after `revision` that do not exist now; undefined when no longer known. */
  deletionsSince(revision: number): Promise<readonly Deletion[] | undefined>;
  /**
   * When the change of this revision was made, ms since 1970; undefined when no longer known. Tells
   * two histories of one store apart, where its file was replaced by an older copy.
   */
  changeTime(revision: number): Promise<number | undefined>;
}

export interface Deletion {
  readonly namespace: string;
  readonly key: string;
  readonly revision: number;
  readonly at: number;
}

/** A change of the schema version: who made it, and when (ms since 1970). */
export interface SchemaChange {
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly origin: Origin;
}

/** One thing that happened to a key; `value` is what was saved, absent for a deletion. */
export interface HistoryItem {
  readonly op: "save" | "delete";
  readonly revision: number;
  readonly at: number;
  readonly origin: Origin;
  readonly value?: Json;
}

/** Changes after a revision, oldest first; or `gap` when they cannot all be told any more. */
export type ChangesSince =
  | { readonly gap: false; readonly changes: readonly Change[] }
  | { readonly gap: true; readonly revision: number };

/** The kinds of stores. */
export type Backend = "sqlite" | "memory" | "postgres";

/** What a store must be: the contract suite in test/engine defines it. */
export interface Store extends StateView {
  readonly backend: Backend;
  /** Identity of the data, in backups too; made with the first write. */
  storeId(): Promise<string>;
  schemaVersion(): Promise<string>;
  /** One entry, one transaction: the common case, made fast. */
  save(
    origin: Origin,
    namespace: string,
    key: string,
    value: Json,
    options?: SaveOptions,
  ): Promise<ChangeDetail>;
  delete(
    origin: Origin,
    namespace: string,
    key: string,
    options?: DeleteOptions,
  ): Promise<ChangeDetail | undefined>;
  /**
   * Several changes that happen together or not at all; an exception rolls all back. The work must
   * not wait for anything but the transaction: the store is locked for writers meanwhile.
   */
  transact<T>(
    origin: Origin,
    work: (transaction: Transaction) => Promise<T>,
    options?: { readonly durability?: "normal" | "full" },
  ): Promise<T>;
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T>;
  changesSince(revision: number, limit: number): Promise<ChangesSince>;
  /** All keys of a namespace, ascending by UTF-8 bytes. */
  keys(namespace: string): Promise<readonly string[]>;
  /** Newest first, what is now first; as far back as `historyLimit` earlier values. */
  history(namespace: string, key: string): Promise<readonly HistoryItem[]>;
  /**
   * Saves an earlier value again: that of revision `to`, else the one before the present one (the
   * last one of a deleted key). Undoing an undo goes one further back.
   * @throws StateError `nothing-to-undo`, `unknown-revision`
   */
  undo(origin: Origin, namespace: string, key: string, to?: number): Promise<ChangeDetail>;
  /**
   * Keeps what is known of deletions after `revision` until told otherwise: a backup of that
   * revision is what the next incremental one builds on. undefined: nothing builds on anything.
   */
  keepDeletions(revision: number | undefined): Promise<void>;
  /** Changes of the schema version, newest first; the last 100. */
  schemaHistory(): Promise<readonly SchemaChange[]>;
  /**
   * Of a store that others can change unseen: calls `hear` whenever something may have changed,
   * until what it gives is called.
   */
  listen?(hear: () => void): () => Promise<void>;
  close(): Promise<void>;
}

/** Where a store is and how it behaves: the configuration's part that the engine needs. */
export interface StoreOptions {
  readonly backend: Backend;
  /** Where the database is (postgres). */
  readonly postgres?: PostgresOptions;
  /** Absolute path of the state folder (sqlite). */
  readonly folder: string;
  readonly durability: "normal" | "full";
  /** Earlier values kept per key; 0: none. */
  readonly historyLimit: number;
  /** Largest value, in bytes of JSON. */
  readonly maxValueBytes: number;
  /** Schema version of a store that this opening creates. */
  readonly schemaVersion: string;
  /** How long a write waits for another process's lock, in ms; default 5,000. */
  readonly busyTimeoutMs?: number;
}
