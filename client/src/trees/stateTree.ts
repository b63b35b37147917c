import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { toProblem } from "../../../shared/src/errors.ts";
import {
  type ChangedParams,
  type KeyChild,
  type NamespaceSummary,
  readRequest,
  type StoreInfo,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { Formats } from "../format.ts";
import type { Stores } from "../stores.ts";
import { Redraws } from "./redraws.ts";
import { type Found, type Shown, StateCache } from "./stateCache.ts";
import { type FoundIn, namespaceItem, stateItem, valueTooltip } from "./stateItems.ts";
import {
  type EntryNode,
  type GroupNode,
  type LevelNode,
  levelOf,
  type MoreNode,
  type NamespaceNode,
  nodeId,
  prefixOf,
  type StateNode,
  type StoreNode,
  type StretchNode,
} from "./stateNodes.ts";
import type { StateQuery, TreeQuery } from "./stateQuery.ts";

/** Changes that arrive within so many milliseconds of a drawing are drawn together; in a storm, more. */
const GATHER_MS = 200;
const LONGEST_GATHER_MS = 400;
/** It is one when the server told of changes more often than so in that time. */
const STORM = 4;
/** Rows of a filtered tree that are open from the start, two screens full; what follows is closed. */
const OPEN_ROWS = 40;
/** Drawing ages is left out so many times in a row while other things are drawn. */
const MOST_PUT_OFF = 3;
/** A key that is asked for is looked for in so many pages beyond those that are shown. */
const MOST_PAGES = 20;

/** What the tree shows of one store. VS Code knows a node by its identity, so nodes are kept. */
interface DrawnStore {
  readonly cache: StateCache;
  /** The store's own node, where there are several stores. */
  root: StoreNode | undefined;
  nodes: ReadonlyMap<string, NamespaceNode>;
  summaries: ReadonlyMap<string, NamespaceSummary>;
  /** What the filter found, by namespace. */
  found: ReadonlyMap<string, FoundIn>;
}

/** What changed in a store and is not drawn yet: some namespaces, or anything. */
type Pending = Set<string> | "anything";

/** The tree namespace -> segments -> key of every store; redraws the smallest part that a change covers. */
export class StateTree implements vscode.TreeDataProvider<StateNode>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #stores: Stores;
  readonly #query: StateQuery;
  readonly #changed = new vscode.EventEmitter<StateNode[] | undefined>();
  /** Everything is below `undefined`. */
  readonly #redraws = new Redraws<StateNode | undefined>((rows) => {
    const nodes = rows.filter((row) => row !== undefined);
    this.#changed.fire(nodes.length === rows.length ? nodes : undefined);
  });
  readonly #subscriptions: vscode.Disposable[];
  readonly #drawn = new Map<string, DrawnStore>();
  readonly #pending = new Map<string, Pending>();
  /** How much of each store is shown in this order: it outlives a filter. */
  readonly #shown = new Map<string, Shown>();
  #order: TreeQuery["sort"];
  /** Rows that are open in the tree that is not filtered. */
  readonly #open = new Set<string>();
  readonly #formats = new Formats(vscode.env.language);
  #drawing = false;
  /** How often what is read was given up for something newer. */
  #version = 0;
  /** How often VS Code waits for the outermost rows: it gets the newest. */
  #asked = 0;
  /** How often drawing ages was left out in a row. */
  #putOff = 0;
  /** How often the server told of changes since the last drawing. */
  #told = 0;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(connection: Connection, stores: Stores, query: StateQuery) {
    this.#connection = connection;
    this.#stores = stores;
    this.#query = query;
    this.#order = query.now.sort;
    this.#subscriptions = [
      this.#changed,
      this.#redraws,
      stores.onDidChange(() => this.refresh()),
      query.onDidChange(() => this.#queryChanged()),
      connection.onChanged((change) => this.#note(change)),
    ];
  }

  /** Reads everything that is shown again. */
  refresh(): void {
    for (const { cache } of this.#drawn.values()) cache.stopSearches();
    this.#drawn.clear();
    this.#version += 1;
    if (this.#asked === 0) void this.#redraws.ask(undefined);
  }

  /** The view's message was changed, which VS Code draws by the same clock. */
  noteMessage(): void {
    this.#redraws.note();
  }

  /** A filter is going to be typed: has the server read the names that it will look through. */
  async prepareFilter(): Promise<void> {
    // A database's names are not kept by the server.
    const kept = this.#stores.configured.filter(({ backend }) => backend === "sqlite");
    await Promise.all(kept.map(({ store }) => this.#drawnStore(store).cache.readNames()));
  }

  /**
   * Draws what is known again, so that ages stay true; asks the server nothing. Rather not while
   * something else is drawn, which this would put off.
   */
  redraw(): void {
    if (!this.#redraws.isAtRest && this.#putOff < MOST_PUT_OFF) {
      this.#putOff += 1;
      return;
    }
    this.#putOff = 0;
    void this.#redraws.ask(undefined);
  }

  /** Reads one page more. Gives the first row of it, where there is a list of rows. */
  async loadMore({ store, parent }: MoreNode): Promise<StateNode | undefined> {
    const drawn = this.#drawnStore(store);
    if (parent === undefined) {
      drawn.cache.findMore();
      void this.#redraws.ask(drawn.root);
      return undefined;
    }
    const first = await drawn.cache.loadMore(levelOf(parent));
    await this.#redraws.ask(parent);
    return first === undefined ? undefined : rowOf(first, parent);
  }

  async getChildren(node?: StateNode): Promise<StateNode[]> {
    if (node === undefined || node.kind === "store") return await this.#outer(node);
    return isLevel(node) ? await orProblem(node.store, () => this.#under(node)) : [];
  }

  getParent(node: StateNode): StateNode | undefined {
    return "parent" in node ? node.parent : undefined;
  }

  getTreeItem(node: StateNode): vscode.TreeItem {
    const look = {
      now: Date.now(),
      formats: this.#formats,
      query: this.#query.now,
      filtered: this.#query.isFiltered,
      open: this.#open.has(openId(node)),
    };
    if (node.kind !== "namespace") return stateItem(node, look);
    const { summaries, found } = this.#drawnStore(node.store);
    const { namespace } = node;
    return namespaceItem(node, summaries.get(namespace), found.get(namespace), look);
  }

  /** The user opened or closed a row: it is so again when a filter has come and gone. */
  noteOpen(node: StateNode, open: boolean): void {
    if (this.#query.isFiltered) return;
    if (open) {
      this.#open.add(openId(node));
      return;
    }
    this.#open.delete(openId(node));
    if (!isLevel(node)) return;
    // Whoever opens it again finds it short.
    if (this.#drawnStore(node.store).cache.startOver(levelOf(node))) void this.#redraws.ask(node);
  }

  /** Reads the value for the tooltip only when someone points at the row. */
  async resolveTreeItem(
    item: vscode.TreeItem,
    node: StateNode,
    token: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    if (node.kind !== "entry") return item;
    const { store, namespace, summary } = node;
    const { key } = summary;
    const read = await this.#connection.request(readRequest, { store, namespace, key }, token);
    if (read !== null) item.tooltip = valueTooltip(namespace, read, Date.now());
    return item;
  }

  /**
   * The row of an entry or, where it has none that can be read in reasonable time, the nearest above;
   * undefined where nothing is stored in the namespace.
   */
  async find(store: string, namespace: string, key?: string): Promise<StateNode | undefined> {
    await this.#roots();
    const drawn = this.#drawnStore(store);
    const info = this.#stores.find(store);
    if (info !== undefined) await this.#namespaces(info, drawn.root);
    const top = drawn.nodes.get(namespace);
    if (top === undefined || key === undefined || this.#query.isFiltered) {
      return await this.#foundRow(top, key);
    }
    let row: LevelNode = top;
    for (;;) {
      const next: EntryNode | LevelNode | undefined = await this.#rowTowards(row, key);
      if (next === undefined) return row;
      if (next.kind === "entry") return next;
      row = next;
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** The rows of a store, or the outermost ones, as they are wanted when they are given. */
  async #outer(node: StoreNode | undefined): Promise<StateNode[]> {
    if (node === undefined) this.#asked += 1;
    for (;;) {
      await this.#query.settled;
      const version = this.#version;
      const rows = await (node === undefined ? this.#roots() : this.#namespaces(node.info, node));
      if (version !== this.#version) continue;
      if (node === undefined) this.#asked -= 1;
      return rows;
    }
  }

  async #foundRow(top: NamespaceNode | undefined, key: string | undefined) {
    if (top === undefined || key === undefined) return top;
    const rows = await this.#under(top);
    return rows.find((row) => row.kind === "entry" && row.summary.key === key) ?? top;
  }

  /** The row under this one that is the key, or leads to it. */
  async #rowTowards(row: LevelNode, key: string): Promise<EntryNode | LevelNode | undefined> {
    const { cache } = this.#drawnStore(row.store);
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const rows = await this.#under(row);
      const next = rows.find((one) => leadsTo(one, key));
      if (next !== undefined || rows.at(-1)?.kind !== "more") return next;
      await cache.loadMore(levelOf(row));
      await this.#redraws.ask(row);
    }
    return undefined;
  }

  async #roots(): Promise<StateNode[]> {
    // Until then VS Code shows that the view is loading.
    await this.#stores.answered;
    const { all } = this.#stores;
    const [only] = all;
    if (only !== undefined && all.length === 1) return await this.#namespaces(only, undefined);
    return all.map((info) => {
      const drawn = this.#drawnStore(info.store);
      drawn.root = drawn.root?.info === info ? drawn.root : { kind: "store", info };
      return drawn.root;
    });
  }

  async #namespaces(info: StoreInfo, parent: StoreNode | undefined): Promise<StateNode[]> {
    const { store, problem } = info;
    if (problem !== undefined) return [{ kind: "problem", store, problem }];
    return await orProblem(store, () => this.#readNamespaces(store, parent));
  }

  async #readNamespaces(store: string, parent: StoreNode | undefined): Promise<StateNode[]> {
    const drawn = this.#drawnStore(store);
    const [summaries, found] = await Promise.all([
      drawn.cache.namespaces(),
      this.#query.isFiltered ? drawn.cache.found() : undefined,
    ]);
    drawn.summaries = byName(summaries);
    drawn.found = found ? foundIn(found) : new Map();
    const names = found ? [...drawn.found.keys()] : summaries.map(({ namespace }) => namespace);
    const nodes = names.map<NamespaceNode>(
      (namespace) =>
        drawn.nodes.get(namespace) ?? {
          kind: "namespace",
          store,
          namespace,
          ...(parent === undefined ? {} : { parent }),
        },
    );
    drawn.nodes = new Map(nodes.map((node) => [node.namespace, node]));
    if (!found?.more || drawn.cache.isFindingAll) return nodes;
    return [...nodes, { kind: "more", store, parent: undefined }];
  }

  async #under(node: LevelNode): Promise<StateNode[]> {
    const { store, namespace } = node;
    const { cache } = this.#drawnStore(store);
    if (this.#query.isFiltered) {
      const { entries } = await cache.found();
      return entries
        .filter((entry) => entry.namespace === namespace)
        .map((summary) => ({ kind: "entry", store, namespace, summary, parent: node }));
    }
    const { stretches, children, next } = await cache.children(levelOf(node));
    const level = { kind: "stretch", store, namespace, prefix: prefixOf(node) } as const;
    const nodes = [
      ...stretches.map<StretchNode>((stretch) => ({ ...level, stretch, parent: node })),
      ...children.map((child) => rowOf(child, node)),
    ];
    return next === undefined ? nodes : [...nodes, { kind: "more", store, parent: node }];
  }

  #queryChanged(): void {
    const { sort } = this.#query.now;
    // In another order there are other rows: it is read from its beginning.
    if (sort !== this.#order) this.#shown.clear();
    this.#order = sort;
    this.refresh();
  }

  #drawnStore(store: string): DrawnStore {
    const known = this.#drawn.get(store);
    if (known !== undefined) return known;
    const shown: Shown = this.#shown.get(store) ?? new Map();
    this.#shown.set(store, shown);
    const drawn: DrawnStore = {
      cache: new StateCache(this.#connection, store, this.#query.now, shown),
      root: undefined,
      nodes: new Map(),
      summaries: new Map(),
      found: new Map(),
    };
    this.#drawn.set(store, drawn);
    return drawn;
  }

  #note({ store, changes, reset }: ChangedParams): void {
    const known = this.#pending.get(store);
    if (reset || known === "anything") this.#pending.set(store, "anything");
    else {
      const namespaces = changes.map(({ namespace }) => namespace);
      this.#pending.set(store, new Set([...(known ?? []), ...namespaces]));
    }
    this.#told += 1;
    if (!this.#drawing) void this.#drawPending();
  }

  /** At once, and then one round after the other, with longer pauses in a storm, until a pause is calm. */
  async #drawPending(): Promise<void> {
    this.#drawing = true;
    for (let pause = GATHER_MS; this.#pending.size > 0; ) {
      const pending = [...this.#pending];
      this.#pending.clear();
      this.#told = 0;
      await Promise.all(pending.map(([store, what]) => this.#draw(store, what)));
      await delay(pause);
      pause = this.#told > STORM ? Math.min(2 * pause, LONGEST_GATHER_MS) : GATHER_MS;
    }
    this.#drawing = false;
  }

  async #draw(store: string, what: Pending): Promise<void> {
    const drawn = this.#drawnStore(store);
    drawn.cache.forget(what === "anything" ? undefined : what);
    const all = what === "anything" || this.#query.isFiltered;
    if (all || !(await this.#sameNamespaces(drawn))) {
      void this.#redraws.ask(drawn.root);
      return;
    }
    void this.#redraws.ask(...[...what].flatMap((namespace) => drawn.nodes.get(namespace) ?? []));
  }

  /** Reads the summaries again; whether they are of the namespaces that are drawn. */
  async #sameNamespaces(drawn: DrawnStore): Promise<boolean> {
    try {
      drawn.summaries = byName(await drawn.cache.namespaces());
    } catch {
      // Drawing the whole store asks again, and shows what is wrong.
      return false;
    }
    const { nodes, summaries } = drawn;
    return nodes.size === summaries.size && [...summaries.keys()].every((name) => nodes.has(name));
  }
}

function isLevel(node: StateNode): node is LevelNode {
  return node.kind === "namespace" || node.kind === "group" || node.kind === "stretch";
}

/** Whether a row is the key's, or above it. */
function leadsTo(row: StateNode, key: string): row is EntryNode | GroupNode | StretchNode {
  switch (row.kind) {
    case "entry":
      return row.summary.key === key;
    case "group":
      return key.startsWith(row.prefix);
    case "stretch": {
      const { after, until } = row.stretch;
      return isUpTo(key, until) && (after === undefined || !isUpTo(key, after));
    }
    default:
      return false;
  }
}

/** In the order of UTF-8 bytes, which is the stores'. */
function isUpTo(key: string, end: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(end)) <= 0;
}

function rowOf(child: KeyChild, parent: LevelNode): EntryNode | GroupNode {
  const { store, namespace } = parent;
  if (child.kind === "group") {
    const { prefix, keys, more = false, updatedAt } = child;
    return { kind: "group", store, namespace, prefix, keys, more, updatedAt, parent };
  }
  const { kind, ...summary } = child;
  return { kind, store, namespace, summary, parent };
}

function openId(node: StateNode): string {
  if (node.kind === "namespace") return nodeId(node.store, node.namespace);
  return node.kind === "group" ? nodeId(node.store, node.namespace, node.prefix) : "";
}

/** What `read` gives, or a row that says why it gives nothing. */
async function orProblem(store: string, read: () => Promise<StateNode[]>): Promise<StateNode[]> {
  try {
    return await read();
  } catch (error) {
    // Something newer was asked for, and is being drawn.
    if (error instanceof vscode.CancellationError) return [];
    return [{ kind: "problem", store, problem: toProblem(error) }];
  }
}

/** By namespace, in their order. */
function foundIn({ entries, more }: Found): Map<string, FoundIn> {
  const found = new Map<string, FoundIn>();
  let rows = 0;
  for (const [namespace, of] of Map.groupBy(entries, (entry) => entry.namespace)) {
    found.set(namespace, { keys: of.length, more: false, open: rows < OPEN_ROWS });
    rows += 1 + of.length;
  }
  const last = entries.at(-1);
  const of = last && found.get(last.namespace);
  // What was not read any more may be in the last namespace, or beyond it.
  if (more && of) found.set(last.namespace, { ...of, more });
  return found;
}

function byName(summaries: readonly NamespaceSummary[]): Map<string, NamespaceSummary> {
  return new Map(summaries.map((summary) => [summary.namespace, summary]));
}
