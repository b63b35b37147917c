import { CancellationTokenSource } from "vscode";
import {
  childrenRequest,
  type EntrySummary,
  type FoundEntry,
  type KeyChild,
  type KeyChildren,
  type NamespaceSummary,
  namespacesRequest,
  searchRequest,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { type TreeQuery, VALUE_TYPES } from "./stateQuery.ts";

/** Rows read at once when one is opened and for each "Load more". */
const PAGE = 200;
/** So many pages are shown row by row; earlier ones are folded into a row each. */
const OPEN_PAGES = 2;
/** The server's bound on one answer. */
const LARGEST_ANSWER = 1_000;

/** No name has it: a search for it looks at all of them and finds nothing. */
const IN_NO_NAME = "\0";

/** The rows under a namespace or a group of keys, or those between two of its pages' ends. */
export interface Level {
  readonly namespace: string;
  readonly prefix: string;
  readonly after?: string;
  readonly until?: string;
}

/** A page of a level that is folded away: where it is, and its first and last row as they were. */
export interface Stretch {
  readonly after?: string;
  readonly until: string;
  readonly first: string;
  readonly last: string;
}

export interface Children {
  /** Come before the others. */
  readonly stretches: readonly Stretch[];
  readonly children: readonly KeyChild[];
  /** Where the next page starts; absent at the end. */
  readonly next?: string;
}

/** A level as it was read. */
interface Pages {
  readonly stretches: readonly Stretch[];
  /** At least one. */
  readonly pages: readonly KeyChildren[];
}

/** How much of a level is shown: kept when it is read again. */
interface ShownLevel {
  readonly stretches: readonly Stretch[];
  readonly pages: number;
}

/** How much of a store is shown, by namespace, and there by what else tells levels apart. */
export type Shown = Map<string, Map<string, ShownLevel>>;

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
  /** By namespace, and there by what else tells levels apart. */
  readonly #levels = new Map<string, Map<string, Promise<Pages>>>();
  readonly #shown: Shown;

  /** @param shown as it was before, and written to */
  constructor(connection: Connection, store: string, query: TreeQuery, shown: Shown) {
    this.#connection = connection;
    this.#store = store;
    this.#query = query;
    this.#shown = shown;
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

  /** Has the server read all names, so that it knows them when they are searched. */
  async readNames(): Promise<void> {
    const params = { store: this.#store, text: IN_NO_NAME };
    // Whatever is wrong is told when something is searched for.
    await this.#connection.request(searchRequest, params).catch(() => {});
  }

  findMore(): void {
    this.#foundLimit = Math.min(this.#foundLimit + PAGE, LARGEST_ANSWER);
    this.#found = undefined;
  }

  /** Nothing more can be asked for. */
  get isFindingAll(): boolean {
    return this.#foundLimit === LARGEST_ANSWER;
  }

  async children(level: Level): Promise<Children> {
    const read = await this.#pages(level);
    const { stretches } = read;
    const children = rowsOf(read);
    const next = read.pages.at(-1)?.next;
    return next === undefined ? { stretches, children } : { stretches, children, next };
  }

  /** Reads one page more, and folds away what is far above it. Gives the first of the new rows. */
  async loadMore(level: Level): Promise<KeyChild | undefined> {
    const before = rowsOf(await this.#pages(level)).length;
    const longer = this.#longer(level);
    const reading = longer.then((pages) => folded(pages, level));
    const { stretches, pages } = await this.#keep(level, reading);
    this.#keepShown(level, { stretches, pages: pages.length });
    // It was forgotten meanwhile, and read again as it was shown before.
    const under = this.#levels.get(level.namespace);
    if (under?.get(idOf(level)) !== reading) under?.delete(idOf(level));
    return rowsOf(await longer)[before];
  }

  /** Shows a level's first page alone again; gives whether more was shown. */
  startOver(level: Level): boolean {
    const longer = this.#shown.get(level.namespace)?.delete(idOf(level)) ?? false;
    if (longer) this.#levels.get(level.namespace)?.delete(idOf(level));
    return longer;
  }

  /** Forgets the namespaces' summaries, and what is under these (or all). */
  forget(namespaces?: Iterable<string>): void {
    this.#namespaces = undefined;
    this.#found = undefined;
    this.stopSearches();
    if (namespaces === undefined) this.#levels.clear();
    else for (const namespace of namespaces) this.#levels.delete(namespace);
  }

  /** What is being searched for is not wanted any more. */
  stopSearches(): void {
    this.#searches.cancel();
    this.#searches.dispose();
    this.#searches = new CancellationTokenSource();
  }

  #pages(level: Level): Promise<Pages> {
    const known = this.#levels.get(level.namespace)?.get(idOf(level));
    return known ?? this.#keep(level, this.#read(level));
  }

  #keep(level: Level, reading: Promise<Pages>): Promise<Pages> {
    const id = idOf(level);
    const under = this.#levels.get(level.namespace) ?? new Map<string, Promise<Pages>>();
    this.#levels.set(level.namespace, under);
    under.set(id, reading);
    reading.catch(() => {
      if (under.get(id) === reading) under.delete(id);
    });
    return reading;
  }

  #keepShown(level: Level, shown: ShownLevel): void {
    const under = this.#shown.get(level.namespace) ?? new Map<string, ShownLevel>();
    this.#shown.set(level.namespace, under);
    under.set(idOf(level), shown);
  }

  /** As much of a level as was shown of it. */
  async #read(level: Level): Promise<Pages> {
    const shown = this.#shown.get(level.namespace)?.get(idOf(level)) ?? {
      stretches: [],
      pages: 1,
    };
    if (this.#query.sort !== "name") return await this.#readInOrder(level, shown.pages);
    const [stretches, pages] = await Promise.all([
      this.#stillThere(level, shown.stretches),
      this.#readPages(level, shown),
    ]);
    return { stretches, pages };
  }

  async #readPages(level: Level, { stretches, pages }: ShownLevel): Promise<KeyChildren[]> {
    let after = stretches.at(-1)?.until ?? level.after;
    const read: KeyChildren[] = [];
    do {
      const page = await this.#page(level, after, PAGE);
      read.push(page);
      after = page.next;
    } while (after !== undefined && read.length < pages);
    return read;
  }

  async #longer(level: Level): Promise<Pages> {
    const { stretches, pages } = await this.#pages(level);
    const after = pages.at(-1)?.next;
    if (after === undefined) return { stretches, pages };
    if (this.#query.sort !== "name") return await this.#readInOrder(level, pages.length + 1);
    return { stretches, pages: [...pages, await this.#page(level, after, PAGE)] };
  }

  /** Those that still hold something; one that does not is a part of the next. */
  async #stillThere(level: Level, stretches: readonly Stretch[]): Promise<Stretch[]> {
    const holds = await Promise.all(
      stretches.map(async ({ after, until }) => {
        const { children } = await this.#page({ ...level, until }, after, 1);
        return children.length > 0;
      }),
    );
    const kept: Stretch[] = [];
    let after = level.after;
    for (const [n, stretch] of stretches.entries()) {
      if (!holds[n]) continue;
      kept.push({ ...stretch, ...(after === undefined ? {} : { after }) });
      after = stretch.until;
    }
    return kept;
  }

  async #page(
    { namespace, prefix, until }: Level,
    after: string | undefined,
    limit: number,
  ): Promise<KeyChildren> {
    return await this.#connection.request(childrenRequest, {
      store: this.#store,
      namespace,
      prefix,
      limit,
      ...(after === undefined ? {} : { after }),
      ...(until === undefined ? {} : { until }),
    });
  }

  /** The newest or largest entries: segments would tear them apart. */
  async #readInOrder({ namespace }: Level, pages: number): Promise<Pages> {
    const limit = Math.min(pages * PAGE, LARGEST_ANSWER);
    const { entries, more } = await this.#search({ namespace, limit });
    const children = entries.map(({ namespace: _, ...entry }: FoundEntry & EntrySummary) => ({
      kind: "entry" as const,
      ...entry,
    }));
    const read = Array.from({ length: Math.max(1, Math.ceil(children.length / PAGE)) }, (_, n) => ({
      children: children.slice(n * PAGE, (n + 1) * PAGE),
      ...(more && limit < LARGEST_ANSWER ? { next: "" } : {}),
    }));
    return { stretches: [], pages: read };
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

/** The same with no more open pages than are drawn in a moment. */
function folded({ stretches, pages }: Pages, level: Level): Pages {
  const [page, ...others] = pages;
  const [first, last] = [page?.children[0], page?.children.at(-1)];
  // In another order than by name, pages have no ends.
  if (pages.length <= OPEN_PAGES || !page?.next || !first || !last) return { stretches, pages };
  const after = stretches.at(-1)?.until ?? level.after;
  const stretch: Stretch = {
    ...(after === undefined ? {} : { after }),
    until: page.next,
    first: rowName(first),
    last: rowName(last),
  };
  return folded({ stretches: [...stretches, stretch], pages: others }, level);
}

function rowsOf({ pages }: Pages): KeyChild[] {
  return pages.flatMap(({ children }) => children);
}

function rowName(child: KeyChild): string {
  return child.kind === "entry" ? child.key : child.prefix;
}

function idOf({ prefix, until }: Level): string {
  return JSON.stringify([prefix, until]);
}
