import * as vscode from "vscode";
import type { Change, ChangedParams } from "../../../shared/src/protocol.ts";
import { recentChangesRequest } from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { age, moment } from "../format.ts";
import type { Stores } from "../stores.ts";
import { nodeId } from "../trees/stateNodes.ts";
import { type ChangeGroup, ChangeLog } from "./changeLog.ts";

/** Changes that arrive within this many ms of the first are drawn together. */
const GATHER_MS = 100;
/** So many earlier changes are read when the view is first shown. */
const EARLIER = 100;
/** So many changes made in one go are listed one by one. */
const FEW = 5;

/** One change; it stands for its entry in every command that takes one. */
interface ChangeNode {
  readonly store: string;
  readonly namespace: string;
  readonly key: string;
  readonly group: ChangeGroup;
  readonly change: Change;
}

interface GroupNode {
  readonly group: ChangeGroup;
}

type RecentNode = ChangeNode | GroupNode;

/** The live feed as a view: who changed what, newest first, until it is paused. */
export class RecentChanges implements vscode.TreeDataProvider<RecentNode>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #stores: Stores;
  readonly #log = new ChangeLog();
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable[];
  /** What came while the view was paused, in order. */
  #held: ChangedParams[] | undefined;
  #earlier: Promise<void> | undefined;
  #gathering: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(connection: Connection, stores: Stores) {
    this.#connection = connection;
    this.#stores = stores;
    this.#subscriptions = [
      this.#changed,
      connection.onChanged((changed) => {
        if (this.#held === undefined) this.#take(changed);
        else this.#held.push(changed);
        this.#draw();
      }),
    ];
  }

  get paused(): boolean {
    return this.#held !== undefined;
  }

  /** How many changes wait for the view to go on. */
  get waiting(): number {
    return (this.#held ?? []).reduce((sum, { changes }) => sum + changes.length, 0);
  }

  /** Keeps what is shown as it is, or takes up what came meanwhile. */
  pause(paused: boolean): void {
    const held = this.#held ?? [];
    this.#held = paused ? held : undefined;
    if (!paused) for (const changed of held) this.#take(changed);
    this.#changed.fire(undefined);
  }

  clear(): void {
    this.#log.clear();
    this.#changed.fire(undefined);
  }

  /** Draws what is known again, so that ages stay true. */
  redraw(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(node?: RecentNode): Promise<RecentNode[]> {
    if (node !== undefined) return "change" in node ? [] : node.group.changes.map(leafOf(node));
    this.#earlier ??= this.#readEarlier();
    await this.#earlier;
    return this.#log.groups.flatMap((group) =>
      group.count <= FEW ? group.changes.map(leafOf({ group })) : [{ group }],
    );
  }

  getTreeItem(node: RecentNode): vscode.TreeItem {
    const folder = this.#folderOf("change" in node ? node.store : node.group.store);
    return "change" in node
      ? changeItem(node, folder, Date.now())
      : groupItem(node, folder, Date.now());
  }

  dispose(): void {
    clearTimeout(this.#gathering);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Which folder it was, where there are several. */
  #folderOf(store: string): readonly string[] {
    const { all } = this.#stores;
    const name = this.#stores.find(store)?.name;
    return all.length < 2 || name === undefined ? [] : [name];
  }

  #take({ store, changes }: ChangedParams): void {
    this.#log.add(store, changes);
  }

  #draw(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#changed.fire(undefined);
    }, GATHER_MS);
  }

  /** What happened before the window was opened: a store that cannot be read has none to tell. */
  async #readEarlier(): Promise<void> {
    await this.#stores.answered;
    const asked = this.#stores.configured.map(async ({ store }) => {
      const changes = await this.#connection
        .request(recentChangesRequest, { store, limit: EARLIER })
        .catch(() => []);
      return changes.map((change) => ({ store, change }));
    });
    const earlier = (await Promise.all(asked)).flat();
    const live = this.#log.groups;
    const known = new Set(live.flatMap(({ store, changes }) => changes.map(idIn(store))));
    const all = [
      ...earlier.filter(({ store, change }) => !known.has(idIn(store)(change))),
      ...live.flatMap(({ store, changes }) => changes.map((change) => ({ store, change }))),
    ].sort((one, other) => one.change.at - other.change.at);
    this.#log.clear();
    for (const { store, change } of all) this.#log.add(store, [change]);
  }
}

/** A change's name among those of all stores. */
function idIn(store: string): (change: Change) => string {
  return ({ revision }) => `${store} ${revision}`;
}

function leafOf({ group }: GroupNode): (change: Change) => ChangeNode {
  return (change) => {
    const { namespace, key } = change;
    return { store: group.store, namespace, key, group, change };
  };
}

function changeItem(
  { store, namespace, key, change }: ChangeNode,
  folder: readonly string[],
  now: number,
): vscode.TreeItem {
  const { language } = vscode.env;
  const { op, revision, at, origin } = change;
  const item = new vscode.TreeItem(key);
  item.id = nodeId("change", store, String(revision));
  item.contextValue = "change";
  item.iconPath = new vscode.ThemeIcon(op === "save" ? "edit" : "trash");
  item.description = [...folder, namespace, origin, age(at, now, language)].join(" · ");
  const what = op === "save" ? vscode.l10n.t("saved") : vscode.l10n.t("deleted");
  const when = moment(at, now, language);
  item.tooltip = `${namespace} / ${key}\n${vscode.l10n.t("{0} by {1}, {2}", what, origin, when)}`;
  const ago = age(at, now, language, "long");
  const said = [key, ...folder, namespace, what, origin, ago];
  item.accessibilityInformation = { label: said.join(", ") };
  item.command = {
    command: op === "save" ? "llmspellState.showValue" : "llmspellState.showHistory",
    title: vscode.l10n.t("Open Value"),
    arguments: [{ store, namespace, key }],
  };
  return item;
}

function groupItem({ group }: GroupNode, folder: readonly string[], now: number): vscode.TreeItem {
  const { language } = vscode.env;
  const { origin, at, count, changes } = group;
  const label = vscode.l10n.t("{0} changes", count.toLocaleString(language));
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = nodeId("changes", group.id);
  item.iconPath = new vscode.ThemeIcon("list-unordered");
  item.description = [...folder, origin, age(at, now, language)].join(" · ");
  const shown = changes.length;
  item.tooltip =
    shown < count
      ? vscode.l10n.t("The newest {0} of them are listed.", shown)
      : moment(at, now, language);
  const ago = age(at, now, language, "long");
  item.accessibilityInformation = { label: [label, ...folder, origin, ago].join(", ") };
  return item;
}
