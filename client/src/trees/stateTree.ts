import * as vscode from "vscode";
import { toProblem } from "../../../shared/src/errors.ts";
import {
  type ChangedParams,
  type NamespaceSummary,
  readRequest,
  type StoreInfo,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import type { Stores } from "../stores.ts";
import { StateCache } from "./stateCache.ts";
import { namespaceItem, stateItem, valueTooltip } from "./stateItems.ts";
import type { MoreNode, NamespaceNode, StateNode, StoreNode } from "./stateNodes.ts";

/** Changes that arrive within this many milliseconds of the first are drawn together. */
const GATHER_MS = 50;

/** What the tree shows of one store. VS Code knows a node by its identity, so nodes are kept. */
interface DrawnStore {
  readonly cache: StateCache;
  /** The store's own node, where there are several stores. */
  root: StoreNode | undefined;
  nodes: ReadonlyMap<string, NamespaceNode>;
  summaries: ReadonlyMap<string, NamespaceSummary>;
}

/** What changed in a store and is not drawn yet: some namespaces, or anything. */
type Pending = Set<string> | "anything";

/** The tree namespace -> key of every store; redraws the smallest part that a change covers. */
export class StateTree implements vscode.TreeDataProvider<StateNode>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #stores: Stores;
  readonly #changed = new vscode.EventEmitter<StateNode | undefined>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #drawn = new Map<string, DrawnStore>();
  readonly #pending = new Map<string, Pending>();
  #gathering: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(connection: Connection, stores: Stores) {
    this.#connection = connection;
    this.#stores = stores;
    this.#subscriptions = [
      this.#changed,
      stores.onDidChange(() => this.refresh()),
      connection.onChanged((change) => this.#note(change)),
    ];
  }

  /** Reads everything that is shown again. */
  refresh(): void {
    this.#drawn.clear();
    this.#changed.fire(undefined);
  }

  /** Draws what is known again, so that ages stay true; asks the server nothing. */
  redraw(): void {
    this.#changed.fire(undefined);
  }

  async loadMore({ store, namespace }: MoreNode): Promise<void> {
    const drawn = this.#drawnStore(store);
    await drawn.cache.loadMore(namespace);
    this.#changed.fire(drawn.nodes.get(namespace));
  }

  async getChildren(node?: StateNode): Promise<StateNode[]> {
    if (node === undefined) return await this.#roots();
    if (node.kind === "store") return await this.#namespaces(node.info);
    if (node.kind === "namespace") {
      return await orProblem(node.store, () => this.#entries(node));
    }
    return [];
  }

  getTreeItem(node: StateNode): vscode.TreeItem {
    if (node.kind !== "namespace") return stateItem(node, Date.now());
    const summary = this.#drawnStore(node.store).summaries.get(node.namespace);
    return namespaceItem(node, summary, Date.now());
  }

  getParent(node: StateNode): StateNode | undefined {
    if (node.kind === "entry" || node.kind === "more") {
      return this.#drawnStore(node.store).nodes.get(node.namespace);
    }
    return node.kind === "namespace" ? this.#drawnStore(node.store).root : undefined;
  }

  /**
   * The row of a key where it is among those that were read, else that of its namespace; undefined
   * where nothing is stored under it.
   */
  async find(store: string, namespace: string, key?: string): Promise<StateNode | undefined> {
    await this.#roots();
    const nodes = await this.#readNamespaces(store);
    const parent = nodes.find((node) => node.kind === "namespace" && node.namespace === namespace);
    if (parent?.kind !== "namespace" || key === undefined) return parent;
    const entries = await this.#entries(parent);
    return entries.find((node) => node.kind === "entry" && node.summary.key === key) ?? parent;
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

  dispose(): void {
    clearTimeout(this.#gathering);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #roots(): Promise<StateNode[]> {
    // Until then VS Code shows that the view is loading.
    await this.#stores.answered;
    const { all } = this.#stores;
    const [only] = all;
    if (only !== undefined && all.length === 1) return await this.#namespaces(only);
    return all.map((info) => {
      const node: StoreNode = { kind: "store", info };
      this.#drawnStore(info.store).root = node;
      return node;
    });
  }

  async #namespaces(info: StoreInfo): Promise<StateNode[]> {
    const { store, problem } = info;
    if (problem !== undefined) return [{ kind: "problem", store, problem }];
    return await orProblem(store, () => this.#readNamespaces(store));
  }

  async #readNamespaces(store: string): Promise<StateNode[]> {
    const drawn = this.#drawnStore(store);
    const summaries = await drawn.cache.namespaces();
    drawn.summaries = byName(summaries);
    const nodes = summaries.map<NamespaceNode>(
      ({ namespace }) => drawn.nodes.get(namespace) ?? { kind: "namespace", store, namespace },
    );
    drawn.nodes = new Map(nodes.map((node) => [node.namespace, node]));
    return nodes;
  }

  async #entries({ store, namespace }: NamespaceNode): Promise<StateNode[]> {
    const { entries, next } = await this.#drawnStore(store).cache.entries(namespace);
    const nodes: StateNode[] = entries.map((summary) => ({
      kind: "entry",
      store,
      namespace,
      summary,
    }));
    return next === undefined ? nodes : [...nodes, { kind: "more", store, namespace }];
  }

  #drawnStore(store: string): DrawnStore {
    const known = this.#drawn.get(store);
    if (known !== undefined) return known;
    const drawn: DrawnStore = {
      cache: new StateCache(this.#connection, store),
      root: undefined,
      nodes: new Map(),
      summaries: new Map(),
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
    this.#gathering ??= setTimeout(() => this.#drawPending(), GATHER_MS);
  }

  #drawPending(): void {
    this.#gathering = undefined;
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [store, what] of pending) void this.#draw(store, what);
  }

  async #draw(store: string, what: Pending): Promise<void> {
    const drawn = this.#drawnStore(store);
    drawn.cache.forget(what === "anything" ? undefined : what);
    if (what === "anything" || !(await this.#sameNamespaces(drawn))) {
      this.#changed.fire(drawn.root);
      return;
    }
    for (const namespace of what) this.#changed.fire(drawn.nodes.get(namespace));
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

/** What `read` gives, or a row that says why it gives nothing. */
async function orProblem(store: string, read: () => Promise<StateNode[]>): Promise<StateNode[]> {
  try {
    return await read();
  } catch (error) {
    return [{ kind: "problem", store, problem: toProblem(error) }];
  }
}

function byName(summaries: readonly NamespaceSummary[]): Map<string, NamespaceSummary> {
  return new Map(summaries.map((summary) => [summary.namespace, summary]));
}
