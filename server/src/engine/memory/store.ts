import { randomUUID } from "node:crypto";
import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { NamespaceSummary } from "../../../../shared/src/protocol.ts";
import { Mutex } from "../mutex.ts";
import { storeClosed } from "../refusals.ts";
import { firstTime } from "../snapshots.ts";
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
import { MemoryState } from "./state.ts";
import { transactionOn } from "./transaction.ts";

/** A store that lasts as long as its process: for state that is switched off, and for tests. */
export class MemoryStore implements Store {
  readonly backend = "memory";
  readonly #writing = new Mutex();
  readonly #id = randomUUID();
  #state: MemoryState;
  #closed = false;

  constructor(options: Pick<StoreOptions, "historyLimit" | "maxValueBytes" | "schemaVersion">) {
    this.#state = new MemoryState(options, options.schemaVersion);
  }

  async revision(): Promise<number> {
    return this.#present().revision;
  }

  async storeId(): Promise<string> {
    return this.#present().revision === 0 ? "" : this.#id;
  }

  async schemaVersion(): Promise<string> {
    return this.#present().schemaVersion;
  }

  async entry(namespace: string, key: string): Promise<Entry | undefined> {
    return this.#present().entry(checkNamespace(namespace), checkKey(key));
  }

  async namespaces(): Promise<readonly NamespaceSummary[]> {
    return this.#present().namespaces();
  }

  async namespace(name: string): Promise<NamespaceSummary | undefined> {
    return this.#present().namespace(name);
  }

  async page(namespace: string, query: PageQuery): Promise<readonly Entry[]> {
    return this.#present().page(namespace, query);
  }

  async keys(namespace: string): Promise<readonly string[]> {
    return this.#present().keys(checkNamespace(namespace));
  }

  async changesSince(revision: number, limit: number): Promise<ChangesSince> {
    return this.#present().changesSince(revision, limit);
  }

  async history(namespace: string, key: string): Promise<readonly HistoryItem[]> {
    return this.#present().history(checkNamespace(namespace), checkKey(key));
  }

  save(
    origin: Origin,
    namespace: string,
    key: string,
    value: Json,
    options?: SaveOptions,
  ): Promise<ChangeDetail> {
    return this.#writing.run(async () =>
      this.#present().save(origin, namespace, key, value, options),
    );
  }

  delete(
    origin: Origin,
    namespace: string,
    key: string,
    options?: DeleteOptions,
  ): Promise<ChangeDetail | undefined> {
    return this.#writing.run(async () => this.#present().delete(origin, namespace, key, options));
  }

  undo(origin: Origin, namespace: string, key: string, to?: number): Promise<ChangeDetail> {
    return this.#writing.run(async () => this.#present().undo(origin, namespace, key, to));
  }

  /** Nothing to do: all deletions are known as long as the store lasts. */
  async keepDeletions(): Promise<void> {}

  transact<T>(origin: Origin, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#writing.run(async () => {
      const draft = this.#present().copy();
      const result = await work(transactionOn(draft, origin));
      this.#state = draft;
      return result;
    });
  }

  async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const storeId = await this.storeId();
    return work(snapshotOf(this.#present().copy(), storeId));
  }

  async schemaHistory(): Promise<readonly SchemaChange[]> {
    return this.#present().schemaHistory;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #present(): MemoryState {
    if (this.#closed) throw storeClosed();
    return this.#state;
  }
}

function snapshotOf(state: MemoryState, storeId: string): Snapshot {
  return {
    revision: state.revision,
    storeId,
    schemaVersion: state.schemaVersion,
    entry: async (namespace, key) => state.entry(namespace, key.normalize("NFC")),
    page: async (namespace, query) => state.page(namespace, query),
    async *entries(namespaces) {
      const chosen = namespaces && new Set(namespaces);
      yield* batches(state, ({ namespace }) => chosen?.has(namespace) ?? true);
    },
    async *heads() {
      yield* batches(state, () => true);
    },
    async *entriesSince(revision) {
      yield* batches(state, (entry) => entry.revision > revision);
    },
    deletionsSince: async (revision) => state.deletionsSince(revision),
    changeTime: async (revision) => firstTime(state.changesSince(revision - 1, 1)),
  };
}

const BATCH = 500;

function* batches(
  state: MemoryState,
  chosen: (entry: Entry) => boolean,
): Generator<readonly Entry[]> {
  let batch: Entry[] = [];
  for (const entry of state.entries()) {
    if (!chosen(entry)) continue;
    batch.push(entry);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
