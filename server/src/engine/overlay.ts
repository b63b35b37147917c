import { StateError } from "../../../shared/src/errors.ts";
import { checkKey, checkNamespace } from "../../../shared/src/names.ts";
import type { NamespaceSummary } from "../../../shared/src/protocol.ts";
import { compareUtf8 } from "./backup/order.ts";
import { MemoryState } from "./memory/state.ts";
import { transactionOn } from "./memory/transaction.ts";
import { Mutex } from "./mutex.ts";
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
  Store,
  StoreOptions,
  Transaction,
} from "./types.ts";

/** What an overlay reads from what it lies over: a store, or an engine. */
export type OverlayBase = Pick<
  Store,
  | "revision"
  | "entry"
  | "namespaces"
  | "namespace"
  | "page"
  | "keys"
  | "history"
  | "storeId"
  | "schemaVersion"
  | "changesSince"
>;

/** An entry that the overlay took in, as it was underneath. */
interface Taken {
  readonly namespace: string;
  readonly key: string;
  readonly before: Entry | undefined;
}

/** What the overlay holds, from its first use on. */
interface Held {
  /** The newest revision underneath at that moment. */
  readonly start: number;
  state: MemoryState;
}

/**
 * Copy on write over a store: what is written stays in memory, and reads see it; all else falls
 * through. An entry is taken in, with its history, when it is first written; nothing underneath is
 * changed until `applyTo`.
 */
export class Overlay implements Omit<OverlayBase, "entry"> {
  readonly #base: OverlayBase;
  readonly #limits: Pick<StoreOptions, "historyLimit" | "maxValueBytes">;
  readonly #taken = new Map<string, Taken>();
  readonly #writing = new Mutex();
  #held: Promise<Held> | undefined;

  constructor(base: OverlayBase, limits: Pick<StoreOptions, "historyLimit" | "maxValueBytes">) {
    this.#base = base;
    this.#limits = limits;
  }

  async revision(): Promise<number> {
    return (await this.#hold()).state.revision;
  }

  storeId(): Promise<string> {
    return this.#base.storeId();
  }

  async schemaVersion(): Promise<string> {
    return (await this.#hold()).state.schemaVersion;
  }

  async entry(namespace: string, key: string): Promise<Entry | undefined> {
    return this.#entryIn((await this.#hold()).state, checkNamespace(namespace), checkKey(key));
  }

  async namespaces(): Promise<readonly NamespaceSummary[]> {
    return this.#namespacesIn((await this.#hold()).state);
  }

  async namespace(name: string): Promise<NamespaceSummary | undefined> {
    return this.#summaryIn((await this.#hold()).state, name);
  }

  async page(namespace: string, query: PageQuery): Promise<readonly Entry[]> {
    return this.#pageIn((await this.#hold()).state, namespace, query);
  }

  async keys(namespace: string): Promise<readonly string[]> {
    const { state } = await this.#hold();
    const below = await this.#base.keys(namespace);
    const free = below.filter((key) => !this.#taken.has(nameOf(namespace, key)));
    return [...free, ...state.keys(namespace)].sort(compareUtf8);
  }

  async history(namespace: string, key: string): Promise<readonly HistoryItem[]> {
    const [ns, name] = [checkNamespace(namespace), checkKey(key)];
    const { state } = await this.#hold();
    const taken = this.#taken.has(nameOf(ns, name));
    return taken ? state.history(ns, name) : this.#base.history(ns, name);
  }

  /** What happened underneath before the overlay began, and then its own changes. */
  async changesSince(revision: number, limit: number): Promise<ChangesSince> {
    const { start, state } = await this.#hold();
    if (revision >= start) return state.changesSince(revision, limit);
    const below = await this.#base.changesSince(revision, Math.min(limit, start - revision));
    if (below.gap) return { gap: true, revision: state.revision };
    const own = state.changesSince(start, limit - below.changes.length);
    return own.gap ? own : { gap: false, changes: [...below.changes, ...own.changes] };
  }

  save(
    origin: Origin,
    namespace: string,
    key: string,
    value: Json,
    options?: SaveOptions,
  ): Promise<ChangeDetail> {
    return this.#change(namespace, key, (state) =>
      state.save(origin, namespace, key, value, options),
    );
  }

  delete(
    origin: Origin,
    namespace: string,
    key: string,
    options?: DeleteOptions,
  ): Promise<ChangeDetail | undefined> {
    return this.#change(namespace, key, (state) => state.delete(origin, namespace, key, options));
  }

  undo(origin: Origin, namespace: string, key: string, to?: number): Promise<ChangeDetail> {
    return this.#change(namespace, key, (state) => state.undo(origin, namespace, key, to));
  }

  /** As {@link Store.transact}. */
  transact<T>(origin: Origin, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#writing.run(async () => {
      const held = await this.#hold();
      const draft = held.state.copy();
      const result = await work(this.#transactionOn(draft, origin));
      held.state = draft;
      return result;
    });
  }

  /**
   * What differs from what lies underneath, one change for each entry, ascending by namespace and
   * key. An entry that was saved as it was counts as changed; one that came and went does not.
   */
  async changes(): Promise<readonly ChangeDetail[]> {
    const { start, state } = await this.#hold();
    const last = new Map<string, Omit<ChangeDetail, "before" | "after">>();
    const own = state.changesSince(start, Number.POSITIVE_INFINITY);
    if (!own.gap) {
      for (const change of own.changes) last.set(nameOf(change.namespace, change.key), change);
    }
    const changes: ChangeDetail[] = [];
    for (const [name, { namespace, key, before }] of this.#taken) {
      const after = state.entry(namespace, key);
      if (after?.revision === before?.revision) continue;
      const {
        origin = "",
        revision = start,
        at = 0,
      } = after ? { ...after, at: after.updatedAt } : (last.get(name) ?? {});
      changes.push({
        ...{ op: after === undefined ? "delete" : "save", namespace, key, revision, at, origin },
        ...(before === undefined ? {} : { before: before.value }),
        ...(after === undefined ? {} : { after: after.value }),
      });
    }
    return changes.sort(
      (a, b) => compareUtf8(a.namespace, b.namespace) || compareUtf8(a.key, b.key),
    );
  }

  /**
   * Makes the changes in the store underneath, in one transaction.
   * @throws StateError `state-moved-on` when anything was changed there since the overlay began
   */
  async applyTo(store: Pick<Store, "transact">, origin: Origin): Promise<void> {
    const { start } = await this.#hold();
    const changes = await this.changes();
    await store.transact(origin, async (transaction) => {
      if ((await transaction.revision()) !== start) throw movedOn();
      for (const { namespace, key, after } of changes) {
        if (after === undefined) await transaction.delete(namespace, key);
        else await transaction.save(namespace, key, after);
      }
    });
  }

  /** The state on top: it begins at the revision underneath. */
  #hold(): Promise<Held> {
    this.#held ??= this.#begin();
    return this.#held;
  }

  async #begin(): Promise<Held> {
    const start = await this.#base.revision();
    return { start, state: new MemoryState(this.#limits, await this.#base.schemaVersion(), start) };
  }

  /** One change, in one step: it is made or refused, and needs no draft. */
  #change<T>(namespace: string, key: string, work: (state: MemoryState) => T): Promise<T> {
    return this.#writing.run(async () => {
      const { state } = await this.#hold();
      await this.#take([state], checkNamespace(namespace), checkKey(key));
      return work(state);
    });
  }

  #transactionOn(draft: MemoryState, origin: Origin): Transaction {
    const direct = transactionOn(draft, origin);
    const take = async (namespace: string, key: string): Promise<void> => {
      // In both: it stays taken when the draft is thrown away.
      const { state } = await this.#hold();
      await this.#take([draft, state], checkNamespace(namespace), checkKey(key));
    };
    return {
      ...direct,
      entry: (namespace, key) => this.#entryIn(draft, namespace, key.normalize("NFC")),
      namespace: (name) => this.#summaryIn(draft, name),
      namespaces: () => this.#namespacesIn(draft),
      page: (namespace, query) => this.#pageIn(draft, namespace, query),
      save: async (namespace, key, value, options) => {
        await take(namespace, key);
        return direct.save(namespace, key, value, options);
      },
      delete: async (namespace, key, options) => {
        await take(namespace, key);
        return direct.delete(namespace, key, options);
      },
      put: async (entry) => {
        await take(entry.namespace, entry.key);
        return direct.put(entry);
      },
      insertAll: async (entries) => {
        for (const { namespace, key } of entries) await take(namespace, key);
        return direct.insertAll(entries);
      },
    };
  }

  /** Takes an entry in, with its history, before it is first written. */
  async #take(states: readonly MemoryState[], namespace: string, key: string): Promise<void> {
    const name = nameOf(namespace, key);
    if (this.#taken.has(name)) return;
    const before = await this.#base.entry(namespace, key);
    const history = await this.#base.history(namespace, key);
    const past = before === undefined ? history : history.slice(1);
    this.#taken.set(name, { namespace, key, before });
    for (const state of states) state.takeIn(namespace, key, before, past);
  }

  async #entryIn(state: MemoryState, namespace: string, key: string): Promise<Entry | undefined> {
    if (this.#taken.has(nameOf(namespace, key))) return state.entry(namespace, key);
    return this.#base.entry(namespace, key);
  }

  async #pageIn(
    state: MemoryState,
    namespace: string,
    query: PageQuery,
  ): Promise<readonly Entry[]> {
    const taken = this.#takenIn(namespace);
    // So many of those underneath may be hidden.
    const below = await this.#base.page(namespace, { ...query, limit: query.limit + taken.length });
    const free = below.filter(({ key }) => !this.#taken.has(nameOf(namespace, key)));
    return [...free, ...state.page(namespace, query)]
      .sort((a, b) => compareUtf8(a.key, b.key))
      .slice(0, query.limit);
  }

  async #namespacesIn(state: MemoryState): Promise<readonly NamespaceSummary[]> {
    const names = new Set((await this.#base.namespaces()).map(({ namespace }) => namespace));
    for (const { namespace } of state.namespaces()) names.add(namespace);
    const all = await Promise.all([...names].sort().map((name) => this.#summaryIn(state, name)));
    return all.filter((summary) => summary !== undefined);
  }

  async #summaryIn(state: MemoryState, name: string): Promise<NamespaceSummary | undefined> {
    const below = await this.#base.namespace(name);
    const own = state.namespace(name);
    const hidden = this.#takenIn(name).flatMap(({ before }) => before ?? []);
    const keys = (below?.keys ?? 0) - hidden.length + (own?.keys ?? 0);
    if (keys <= 0) return undefined;
    const hiddenBytes = hidden.reduce((sum, { bytes }) => sum + bytes, 0);
    const bytes = (below?.bytes ?? 0) - hiddenBytes + (own?.bytes ?? 0);
    const updatedAt = Math.max(below?.updatedAt ?? 0, own?.updatedAt ?? 0);
    return { namespace: name, keys, bytes, updatedAt };
  }

  #takenIn(namespace: string): readonly Taken[] {
    return [...this.#taken.values()].filter((taken) => taken.namespace === namespace);
  }
}

function nameOf(namespace: string, key: string): string {
  return `${namespace}\0${key}`;
}

function movedOn(): StateError {
  return new StateError(
    "state-moved-on",
    "The state was changed by someone else since this run began.",
    "Run it again: it then sees what is there now.",
  );
}
