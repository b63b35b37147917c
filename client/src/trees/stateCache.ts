import { CancellationTokenSource } from "vscode";
import {
  childrenRequest,
  type EntrySummary,
  type FoundEntry,
  type KeyChild,
  type NamespaceSummary,
  namespacesRequest,
  searchRequest,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { type TreeQuery, VALUE_TYPES } from "./stateQuery.ts";

/** Rows read at once when one is opened and for each "Load more". */
const PAGE = 200;
/** The server's bound on one answer. */
const LARGEST_ANSWER = 1_000;

export interface Children {
  readonly children: readonly KeyChild[];
  /** Where the next page starts; absent at the end. */
  readonly next?: string;
}

export interface Found {
  readonly entries: readonly FoundEntry[];
  readonly more: boolean;
}

/**
 * What the state tree has read of one store, so that drawing it again asks nothing and a change
 * costs only what it touched. Callers say what is out of date.
 */
export class StateCache {
  readonly #connection: Connection;
  readonly #store: string;
  readonly #query: TreeQuery;
  #namespaces: Promise<readonly NamespaceSummary[]> | undefined;
  #found: Promise<Found> | undefined;
  #foundLimit = PAGE;
  /** Ends searches that nobody waits for any more. */
  #searches = new CancellationTokenSource();
  /** By namespace and prefix. */
  readonly #children = new Map<string, Map<string, Promise<Children>>>();
  /** How many rows are shown there: kept when they are read again. */
  readonly #shown = new Map<string, number>();

  constructor(connection: Connection, store: string, query: TreeQuery) {
    this.#connection = connection;
    this.#store = store;
    this.#query = query;
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

  /** What the filter finds, in all namespaces. */
  found(): Promise<Found> {
    if (this.#found !== undefined) return this.#found;
    const reading = this.#search({ limit: this.#foundLimit });
    this.#found = reading;
    reading.catch(() => {
      if (this.#found === reading) this.#found = undefined;
    });
    return reading;
  }

  findMore(): void {
    this.#foundLimit = Math.min(this.#foundLimit + PAGE, LARGEST_ANSWER);
    this.#found = undefined;
  }

  /** Nothing more can be asked for. */
  get isFindingAll(): boolean {
    return this.#foundLimit === LARGEST_ANSWER;
  }

  children(namespace: string, prefix: string): Promise<Children> {
    const known = this.#children.get(namespace)?.get(prefix);
    if (known !== undefined) return known;
    const wanted = this.#shown.get(idOf(namespace, prefix)) ?? PAGE;
    return this.#keep(namespace, prefix, this.#read(namespace, prefix, { children: [] }, wanted));
  }

  /** Reads one page more. */
  async loadMore(namespace: string, prefix: string): Promise<void> {
    const shown = await this.children(namespace, prefix);
    const wanted = shown.children.length + PAGE;
    const longer = this.#keep(namespace, prefix, this.#read(namespace, prefix, shown, wanted));
    this.#shown.set(idOf(namespace, prefix), (await longer).children.length);
  }

  /** Forgets the namespaces' summaries, and what is under these (or all). */
  forget(namespaces?: Iterable<string>): void {
    this.#namespaces = undefined;
    this.#found = undefined;
    this.stopSearches();
    if (namespaces === undefined) this.#children.clear();
    else for (const namespace of namespaces) this.#children.delete(namespace);
  }

  /** What is being searched for is not wanted any more. */
  stopSearches(): void {
    this.#searches.cancel();
    this.#searches.dispose();
    this.#searches = new CancellationTokenSource();
  }

  #keep(namespace: string, prefix: string, reading: Promise<Children>): Promise<Children> {
    const under = this.#children.get(namespace) ?? new Map<string, Promise<Children>>();
    this.#children.set(namespace, under);
    under.set(prefix, reading);
    reading.catch(() => {
      if (under.get(prefix) === reading) under.delete(prefix);
    });
    return reading;
  }

  async #read(
    namespace: string,
    prefix: string,
    known: Children,
    wanted: number,
  ): Promise<Children> {
    if (this.#query.sort !== "name") return await this.#readInOrder(namespace, wanted);
    const children = [...known.children];
    let after = known.next;
    do {
      const page = await this.#connection.request(childrenRequest, {
        store: this.#store,
        namespace,
        prefix,
        limit: Math.min(wanted - children.length, LARGEST_ANSWER),
        ...(after === undefined ? {} : { after }),
      });
      children.push(...page.children);
      after = page.next;
    } while (after !== undefined && children.length < wanted);
    return after === undefined ? { children } : { children, next: after };
  }

  /** The newest or largest entries: segments would tear them apart. */
  async #readInOrder(namespace: string, wanted: number): Promise<Children> {
    const limit = Math.min(wanted, LARGEST_ANSWER);
    const { entries, more } = await this.#search({ namespace, limit });
    const children = entries.map(({ namespace: _, ...entry }: FoundEntry & EntrySummary) => ({
      kind: "entry" as const,
      ...entry,
    }));
    return more && limit < LARGEST_ANSWER ? { children, next: "" } : { children };
  }

  async #search(part: { readonly namespace?: string; readonly limit: number }): Promise<Found> {
    const { types, ...query } = this.#query;
    const params = {
      store: this.#store,
      ...query,
      // All types: nothing is asked of them, which is faster.
      ...(types.length === VALUE_TYPES.length ? {} : { types: [...types] }),
      ...part,
    };
    return await this.#connection.request(searchRequest, params, this.#searches.token);
  }
}

function idOf(namespace: string, prefix: string): string {
  return `${namespace} ${prefix}`;
}
