import {
  type EntriesPage,
  type EntrySummary,
  entriesRequest,
  type NamespaceSummary,
  namespacesRequest,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";

/** Entries read at once when a namespace is opened and for each "Load more". */
const PAGE = 200;
/** The server's bound on one answer. */
const LARGEST_ANSWER = 1_000;

export interface Entries {
  readonly entries: readonly EntrySummary[];
  /** Where the next page starts; absent at the end. */
  readonly next?: string;
}

/**
 * What the state tree has read of one store, so that drawing it again asks nothing and a change
 * costs only what it touched. Callers say what is out of date.
 */
export class StateCache {
  readonly #connection: Connection;
  readonly #store: string;
  #namespaces: Promise<readonly NamespaceSummary[]> | undefined;
  readonly #entries = new Map<string, Promise<Entries>>();
  /** How many entries of a namespace are shown: kept when they are read again. */
  readonly #shown = new Map<string, number>();

  constructor(connection: Connection, store: string) {
    this.#connection = connection;
    this.#store = store;
  }

  namespaces(): Promise<readonly NamespaceSummary[]> {
    if (this.#namespaces !== undefined) return this.#namespaces;
    const reading = this.#connection.request(namespacesRequest, { store: this.#store });
    this.#namespaces = reading;
    // A failure is told once and not remembered: asking again reads again.
    reading.catch(() => {
      if (this.#namespaces === reading) this.#namespaces = undefined;
    });
    return reading;
  }

  entries(namespace: string): Promise<Entries> {
    const known = this.#entries.get(namespace);
    if (known !== undefined) return known;
    const wanted = this.#shown.get(namespace) ?? PAGE;
    return this.#keep(namespace, this.#read(namespace, { entries: [] }, wanted));
  }

  /** Reads one page more of a namespace. */
  async loadMore(namespace: string): Promise<void> {
    const shown = await this.entries(namespace);
    const longer = this.#keep(namespace, this.#read(namespace, shown, shown.entries.length + PAGE));
    this.#shown.set(namespace, (await longer).entries.length);
  }

  /** Forgets the namespaces' summaries, and the entries of these (or all). */
  forget(namespaces?: Iterable<string>): void {
    this.#namespaces = undefined;
    if (namespaces === undefined) this.#entries.clear();
    else for (const namespace of namespaces) this.#entries.delete(namespace);
  }

  #keep(namespace: string, reading: Promise<Entries>): Promise<Entries> {
    this.#entries.set(namespace, reading);
    reading.catch(() => {
      if (this.#entries.get(namespace) === reading) this.#entries.delete(namespace);
    });
    return reading;
  }

  async #read(namespace: string, known: Entries, wanted: number): Promise<Entries> {
    const entries = [...known.entries];
    let after = known.next;
    do {
      const page: EntriesPage = await this.#connection.request(entriesRequest, {
        store: this.#store,
        namespace,
        limit: Math.min(wanted - entries.length, LARGEST_ANSWER),
        ...(after === undefined ? {} : { after }),
      });
      entries.push(...page.entries);
      after = page.next;
    } while (after !== undefined && entries.length < wanted);
    return after === undefined ? { entries } : { entries, next: after };
  }
}
