import * as vscode from "vscode";
import { toProblem } from "../../../shared/src/errors.ts";
import {
  type BackupSummary,
  backupsRequest,
  type StoreInfo,
  type StoreParams,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { entriesText } from "../counts.ts";
import { age, moment, shortMoment, size } from "../format.ts";
import { retentionText } from "../retentionText.ts";
import type { Stores } from "../stores.ts";
import { type BackupChain, backupChains } from "./backupChains.ts";
import { problemItem } from "./stateItems.ts";
import { nodeId, type ProblemNode } from "./stateNodes.ts";

export interface BackupStoreNode {
  readonly kind: "backupStore";
  readonly info: StoreInfo;
}

export interface BackupNode {
  readonly kind: "backup";
  readonly store: string;
  readonly summary: BackupSummary;
  /** The one that its chain begins with, if that is another. */
  readonly base?: BackupNode;
  /** Those that build on it, if it begins a chain. */
  readonly later: readonly BackupNode[];
}

export type BackupsNode = BackupStoreNode | BackupNode | ProblemNode;

/** The backups of every store, newest first; incremental ones under the one that they begin from. */
export class BackupsTree implements vscode.TreeDataProvider<BackupsNode>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #stores: Stores;
  readonly #changed = new vscode.EventEmitter<BackupsNode | undefined>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #roots = new Map<string, BackupStoreNode>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(connection: Connection, stores: Stores) {
    this.#connection = connection;
    this.#stores = stores;
    this.#subscriptions = [
      this.#changed,
      stores.onDidChange(() => this.refresh()),
      connection.onBackupsChanged(({ store }: StoreParams) =>
        this.#changed.fire(this.#roots.get(store)),
      ),
    ];
  }

  refresh(): void {
    this.#roots.clear();
    this.#changed.fire(undefined);
  }

  async getChildren(node?: BackupsNode): Promise<BackupsNode[]> {
    if (node?.kind === "backupStore") return await this.#backups(node.info);
    if (node?.kind === "backup") return [...node.later];
    if (node !== undefined) return [];
    await this.#stores.answered;
    const { all, configured } = this.#stores;
    const [only] = configured;
    if (only !== undefined && all.length === 1) return await this.#backups(only);
    return configured.map((info) => {
      const root: BackupStoreNode = { kind: "backupStore", info };
      this.#roots.set(info.store, root);
      return root;
    });
  }

  getTreeItem(node: BackupsNode): vscode.TreeItem {
    if (node.kind === "backup") return backupItem(node, Date.now());
    return node.kind === "problem" ? problemItem(node) : storeItem(node);
  }

  getParent(node: BackupsNode): BackupsNode | undefined {
    if (node.kind !== "backup") return undefined;
    return node.base ?? this.#roots.get(node.store);
  }

  /** The row of a backup; undefined when it is gone. */
  async find(store: string, id: string): Promise<BackupsNode | undefined> {
    const roots = await this.getChildren();
    const root = roots.find((node) => node.kind === "backupStore" && node.info.store === store);
    const nodes = root === undefined ? roots : await this.getChildren(root);
    return nodes
      .flatMap((node) => (node.kind === "backup" ? [node, ...node.later] : []))
      .find((node) => node.summary.id === id);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #backups({ store }: StoreInfo): Promise<BackupsNode[]> {
    try {
      const summaries = await this.#connection.request(backupsRequest, { store });
      return backupChains(summaries).map((chain) => chainNode(store, chain));
    } catch (error) {
      return [{ kind: "problem", store, problem: toProblem(error) }];
    }
  }
}

function storeItem({ info }: BackupStoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(info.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = nodeId(info.store);
  item.iconPath = new vscode.ThemeIcon("database");
  if (info.retention !== undefined) item.description = retentionText(info.retention);
  item.accessibilityInformation = {
    label: vscode.l10n.t("{0}, backups, {1}", info.name, item.description ?? ""),
  };
  return item;
}

function chainNode(store: string, { base: summary, later }: BackupChain): BackupNode {
  const nodes: BackupNode[] = [];
  const base: BackupNode = { kind: "backup", store, summary, later: nodes };
  for (const one of later) nodes.push({ kind: "backup", store, summary: one, base, later: [] });
  return base;
}

function backupItem({ store, summary, later }: BackupNode, now: number): vscode.TreeItem {
  const { language } = vscode.env;
  const { id, createdAt, schemaVersion, verified } = summary;
  const made = moment(createdAt, now, language);
  const item = new vscode.TreeItem(shortMoment(createdAt, now, language));
  // VS Code leaves a row closed that it knew without others under it, so a chain is another row.
  item.id = later.length > 0 ? nodeId(store, id, "chain") : nodeId(store, id);
  if (later.length > 0) item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
  item.contextValue = "backup";
  item.iconPath = icon(verified);
  item.description = shortly(summary);
  item.tooltip = [
    id,
    describeBackup(summary),
    vscode.l10n.t("made {0}, schema version {1}", made, schemaVersion),
    verdict(verified),
  ].join("\n");
  const ago = age(createdAt, now, language, "long");
  const said = [made, ago, ...contentsOf(summary), verdict(verified)].join(", ");
  item.accessibilityInformation = { label: vscode.l10n.t("Backup of {0}", said) };
  return item;
}

/** What fits into a narrow row: what it was made before, or how much it holds. */
function shortly({ kind, reason, entries }: BackupSummary): string {
  if (reason !== "asked") return safetyText(reason);
  if (kind === "full") return entriesText(entries);
  return vscode.l10n.t("{0} changed", new Intl.NumberFormat(vscode.env.language).format(entries));
}

/** What a backup holds, in a few words; of one that was made for safety first before what. */
export function describeBackup(summary: BackupSummary): string {
  return contentsOf(summary).join(" · ");
}

function contentsOf({ kind, reason, entries, sizeBytes }: BackupSummary): readonly string[] {
  const kindName = kind === "full" ? vscode.l10n.t("full") : vscode.l10n.t("incremental");
  const contents = [entriesText(entries), size(sizeBytes, vscode.env.language), kindName];
  return reason === "asked" ? contents : [safetyText(reason), ...contents];
}

function safetyText(reason: Exclude<BackupSummary["reason"], "asked">): string {
  switch (reason) {
    case "before-restore":
      return vscode.l10n.t("before restoring");
    case "before-migration":
      return vscode.l10n.t("before migrating");
    case "before-deletion":
      return vscode.l10n.t("before deleting");
  }
}

function icon(verified: boolean | undefined): vscode.ThemeIcon {
  if (verified === undefined) return new vscode.ThemeIcon("archive");
  return verified
    ? new vscode.ThemeIcon("verified")
    : new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"));
}

function verdict(verified: boolean | undefined): string {
  if (verified === undefined) return vscode.l10n.t("not verified yet");
  return verified ? vscode.l10n.t("verified") : vscode.l10n.t("damaged");
}
