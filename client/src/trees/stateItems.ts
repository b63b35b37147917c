import * as vscode from "vscode";
import type { NamespaceSummary, ReadResult, ValueType } from "../../../shared/src/protocol.ts";
import { age, moment, shorten, size } from "../format.ts";
import { problemText } from "../problems.ts";
import type {
  EntryNode,
  MoreNode,
  NamespaceNode,
  ProblemNode,
  StateNode,
  StoreNode,
} from "./stateNodes.ts";
import { nodeId } from "./stateNodes.ts";

const PREVIEW_LENGTH = 28;
const TOOLTIP_LENGTH = 2_000;

const ICONS: Readonly<Record<ValueType, string>> = {
  string: "symbol-string",
  integer: "symbol-number",
  float: "symbol-number",
  boolean: "symbol-boolean",
  array: "symbol-array",
  object: "symbol-object",
};

/** The row of a node, with ages as of `now` (milliseconds since 1970). */
export function stateItem(node: Exclude<StateNode, NamespaceNode>, now: number): vscode.TreeItem {
  switch (node.kind) {
    case "store":
      return storeItem(node);
    case "entry":
      return entryItem(node, now);
    case "more":
      return moreItem(node);
    case "problem":
      return problemItem(node);
  }
}

function storeItem({ info }: StoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(info.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = nodeId(info.store);
  item.iconPath = new vscode.ThemeIcon("database");
  item.description = info.backend;
  item.tooltip = info.path;
  return item;
}

/** The row of a namespace; `summary` is absent for the moment between two readings. */
export function namespaceItem(
  { store, namespace }: NamespaceNode,
  summary: NamespaceSummary | undefined,
  now: number,
): vscode.TreeItem {
  const item = new vscode.TreeItem(namespace, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = nodeId(store, namespace);
  item.contextValue = "namespace";
  item.iconPath = new vscode.ThemeIcon("folder");
  if (summary === undefined) return item;
  const { keys, bytes, updatedAt } = summary;
  const { language } = vscode.env;
  const count = keys === 1 ? vscode.l10n.t("1 key") : vscode.l10n.t("{0} keys", keys);
  item.description = `${count} · ${age(updatedAt, now, language)}`;
  const changed = vscode.l10n.t("changed {0}", age(updatedAt, now, language, "long"));
  item.tooltip = `${namespace}\n${count}, ${size(bytes, language)}, ${changed}`;
  item.accessibilityInformation = { label: `${namespace}, ${count}, ${changed}` };
  return item;
}

function entryItem({ store, namespace, summary }: EntryNode, now: number): vscode.TreeItem {
  const { key, type, preview, updatedAt } = summary;
  const { language } = vscode.env;
  const item = new vscode.TreeItem(key, vscode.TreeItemCollapsibleState.None);
  item.id = nodeId(store, namespace, key);
  item.contextValue = "entry";
  item.iconPath = new vscode.ThemeIcon(ICONS[type]);
  const short = shorten(preview, PREVIEW_LENGTH);
  item.description = `${short} · ${age(updatedAt, now, language)} · ${type}`;
  const changed = vscode.l10n.t("changed {0}", age(updatedAt, now, language, "long"));
  item.accessibilityInformation = { label: `${key}, ${type}, ${short}, ${changed}` };
  item.command = {
    command: "llmspellState.openValue",
    title: vscode.l10n.t("Open Value"),
    arguments: [{ kind: "entry", store, namespace, summary }, true],
  };
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Load more…"));
  // Not an entry's id: those have a key, and no key is empty.
  item.id = nodeId(node.store, node.namespace, "");
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = {
    command: "llmspellState.loadMore",
    title: vscode.l10n.t("Load more…"),
    arguments: [node],
  };
  return item;
}

/** The row that stands where state cannot be shown; a click says why and what to do. */
export function problemItem({ problem }: ProblemNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("State cannot be shown"));
  item.iconPath = new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"));
  const text = problemText(problem);
  item.description = text;
  item.tooltip = text;
  item.accessibilityInformation = { label: `${item.label}: ${text}` };
  item.command = {
    command: "llmspellState.showProblem",
    title: vscode.l10n.t("Show Problem"),
    arguments: [problem],
  };
  return item;
}

/** What pointing at an entry shows: its value as the server lets it be seen, and about it. */
export function valueTooltip(
  namespace: string,
  read: ReadResult,
  now: number,
): vscode.MarkdownString {
  const { language } = vscode.env;
  const cut = read.value.length > TOOLTIP_LENGTH;
  const text = new vscode.MarkdownString();
  text.appendText(`${namespace} / ${read.key}`);
  text.appendCodeblock(cut ? `${read.value.slice(0, TOOLTIP_LENGTH)}\n…` : read.value, "json");
  const facts = [
    read.type,
    size(read.bytes, language),
    vscode.l10n.t("revision {0}", read.revision),
    vscode.l10n.t(
      "changed {0} ({1}) by {2}",
      age(read.updatedAt, now, language, "long"),
      moment(read.updatedAt, now, language),
      read.origin,
    ),
  ];
  if (read.masked) facts.push(vscode.l10n.t("sensitive parts are masked"));
  text.appendText(facts.join(" · "));
  return text;
}
