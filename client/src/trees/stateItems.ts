import * as vscode from "vscode";
import type { NamespaceSummary, ReadResult, ValueType } from "../../../shared/src/protocol.ts";
import { age, type Formats, moment, shorten, size } from "../format.ts";
import { problemText } from "../problems.ts";
import { sharedPlace } from "../sharedStore.ts";
import type {
  EntryNode,
  GroupNode,
  MoreNode,
  NamespaceNode,
  ProblemNode,
  StateNode,
  StoreNode,
  StretchNode,
} from "./stateNodes.ts";
import { nodeId, prefixOf } from "./stateNodes.ts";
import type { TreeQuery } from "./stateQuery.ts";

const PREVIEW_LENGTH = 28;
/** Characters of the first and last name of rows that are folded away. */
const STRETCH_END = 24;
const TOOLTIP_LENGTH = 2_000;

const ICONS: Readonly<Record<ValueType, string>> = {
  string: "symbol-string",
  integer: "symbol-number",
  float: "symbol-number",
  boolean: "symbol-boolean",
  array: "symbol-array",
  object: "symbol-object",
};

/** How rows are drawn. */
export interface Look {
  /** Ages are as of this moment, in milliseconds since 1970. */
  readonly now: number;
  readonly formats: Formats;
  /** What it looks for is marked in names. */
  readonly query: TreeQuery;
  readonly filtered: boolean;
  /** The user has opened the row. */
  readonly open: boolean;
}

/** What a filter found in a namespace. */
export interface FoundIn {
  readonly keys: number;
  /** There may be more than were read. */
  readonly more: boolean;
  readonly open: boolean;
}

/** The row of a node. */
export function stateItem(node: Exclude<StateNode, NamespaceNode>, look: Look): vscode.TreeItem {
  switch (node.kind) {
    case "store":
      return storeItem(node);
    case "group":
      return groupItem(node, look);
    case "entry":
      return entryItem(node, look);
    case "stretch":
      return stretchItem(node);
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
  const place = sharedPlace(info);
  item.description = place === undefined ? info.backend : vscode.l10n.t("shared · {0}", place);
  item.tooltip = info.path;
  item.accessibilityInformation = {
    label: vscode.l10n.t("{0}, store, {1}", info.name, item.description),
  };
  return item;
}

/**
 * The row of a namespace; `summary` is absent for the moment between two readings, `found` without a
 * filter.
 */
export function namespaceItem(
  { store, namespace }: NamespaceNode,
  summary: NamespaceSummary | undefined,
  found: FoundIn | undefined,
  { now, formats, query, filtered, open }: Look,
): vscode.TreeItem {
  const isOpen = filtered ? (found?.open ?? true) : open;
  const item = new vscode.TreeItem(marked(namespace, query), collapsible(isOpen));
  // VS Code remembers by the id what is open: in a filtered tree that is another matter.
  item.id = filtered ? nodeId(store, namespace, "filtered", query.text) : nodeId(store, namespace);
  item.contextValue = "namespace";
  item.iconPath = new vscode.ThemeIcon("folder");
  if (summary === undefined) return item;
  const { keys, bytes, updatedAt } = summary;
  const all = countKeys(keys, formats);
  const count = found === undefined ? all : countFound(found, all, formats);
  item.description = `${count} · ${formats.age(updatedAt, now)}`;
  const changed = vscode.l10n.t("changed {0}", formats.age(updatedAt, now, "long"));
  item.tooltip = `${namespace}\n${count}, ${formats.size(bytes)}, ${changed}`;
  item.accessibilityInformation = { label: `${namespace}, ${count}, ${changed}` };
  return item;
}

function collapsible(open: boolean): vscode.TreeItemCollapsibleState {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  return open ? Expanded : Collapsed;
}

function groupItem(node: GroupNode, { now, formats, open }: Look): vscode.TreeItem {
  const { store, namespace, prefix, keys, more, updatedAt, parent } = node;
  const name = prefix.slice(prefixOf(parent).length, -1) || vscode.l10n.t("(empty)");
  const item = new vscode.TreeItem(name, collapsible(open));
  item.id = nodeId(store, namespace, prefix, "");
  item.contextValue = "group";
  item.iconPath = new vscode.ThemeIcon("folder");
  const count = more ? vscode.l10n.t("more than {0} keys", keys) : countKeys(keys, formats);
  item.description = updatedAt === undefined ? count : `${count} · ${formats.age(updatedAt, now)}`;
  item.tooltip = `${namespace} / ${prefix}…\n${count}`;
  const changed =
    updatedAt === undefined
      ? []
      : [vscode.l10n.t("changed {0}", formats.age(updatedAt, now, "long"))];
  item.accessibilityInformation = { label: [name, count, ...changed].join(", ") };
  return item;
}

function entryItem(node: EntryNode, { now, formats, query }: Look): vscode.TreeItem {
  const { store, namespace, summary, parent } = node;
  const { key, type, preview, updatedAt, bytes } = summary;
  // A key may end with the `:` that its siblings go on after.
  const name = key.slice(prefixOf(parent).length) || vscode.l10n.t("(empty)");
  const label = marked(name, query);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
  item.id = nodeId(store, namespace, key);
  item.contextValue = "entry";
  item.iconPath = new vscode.ThemeIcon(ICONS[type]);
  const short = shorten(preview, PREVIEW_LENGTH);
  const about = query.sort === "largest" ? formats.size(bytes) : type;
  item.description = `${short} · ${formats.age(updatedAt, now)} · ${about}`;
  const changed = vscode.l10n.t("changed {0}", formats.age(updatedAt, now, "long"));
  item.accessibilityInformation = { label: `${key}, ${type}, ${short}, ${changed}` };
  item.command = {
    command: "llmspellState.openValue",
    title: vscode.l10n.t("Open Value"),
    arguments: [{ kind: "entry", store, namespace, summary }, true],
  };
  return item;
}

/** A name with every place marked that the filter looks for. */
function marked(name: string, { text, where }: TreeQuery): vscode.TreeItemLabel {
  const wanted = text.toLowerCase();
  const within = name.toLowerCase();
  const highlights: [number, number][] = [];
  // Lower case may be longer than what it is of: then nothing can be marked.
  if (wanted === "" || where !== "names" || within.length !== name.length) return { label: name };
  for (let at = within.indexOf(wanted); at !== -1; at = within.indexOf(wanted, at + 1)) {
    highlights.push([at, at + wanted.length]);
  }
  return { label: name, highlights };
}

function countKeys(keys: number, formats: Formats): string {
  if (keys === 1) return vscode.l10n.t("1 key");
  return vscode.l10n.t("{0} keys", formats.count(keys));
}

/** How many of a namespace's keys the filter found. */
function countFound({ keys, more }: FoundIn, all: string, formats: Formats): string {
  const count = formats.count(keys);
  return more
    ? vscode.l10n.t("{0} or more of {1}", count, all)
    : vscode.l10n.t("{0} of {1}", count, all);
}

function stretchItem(node: StretchNode): vscode.TreeItem {
  const { store, namespace, prefix, stretch } = node;
  const [first, last] = [stretch.first, stretch.last].map((name) => name.slice(prefix.length));
  const item = new vscode.TreeItem(
    `${shorten(first || vscode.l10n.t("(empty)"), STRETCH_END)} … ${shorten(last ?? "", STRETCH_END)}`,
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  // As of "Load more": no entry's or group's id.
  item.id = nodeId(store, namespace, prefix, stretch.until, "stretch");
  item.iconPath = new vscode.ThemeIcon("fold");
  item.description = vscode.l10n.t("loaded before");
  item.tooltip = `${stretch.first}\n…\n${stretch.last}`;
  item.accessibilityInformation = {
    label: vscode.l10n.t("{0} to {1}, loaded before", first ?? "", last ?? ""),
  };
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Load more…"));
  // Not an entry's id: none has so many parts.
  const { store, parent } = node;
  const until = parent?.kind === "stretch" ? parent.stretch.until : "";
  item.id = nodeId(store, parent?.namespace ?? "", prefixOf(parent), until, "more");
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  const where = `${parent?.namespace ?? ""} ${prefixOf(parent)}`.trim();
  item.accessibilityInformation = { label: vscode.l10n.t("Load more keys of {0}", where) };
  item.command = {
    command: "llmspellState.loadMore",
    title: vscode.l10n.t("Load more…"),
    arguments: [node],
  };
  return item;
}

/** The row that stands where state cannot be shown; a click says why and what to do. */
export function problemItem({ problem, store }: ProblemNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("State cannot be shown"));
  item.iconPath = new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"));
  const text = problemText(problem);
  item.description = text;
  item.tooltip = text;
  item.accessibilityInformation = { label: `${item.label}: ${text}` };
  item.command = {
    command: "llmspellState.showProblem",
    title: vscode.l10n.t("Show Problem"),
    arguments: [problem, store],
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
