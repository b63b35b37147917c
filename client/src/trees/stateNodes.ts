import type { Problem } from "../../../shared/src/errors.ts";
import type { EntrySummary, StoreInfo } from "../../../shared/src/protocol.ts";
import type { Level, Stretch } from "./stateCache.ts";

/** One folder's store; shown only where there is more than one. */
export interface StoreNode {
  readonly kind: "store";
  readonly info: StoreInfo;
}

export interface NamespaceNode {
  readonly kind: "namespace";
  readonly store: string;
  readonly namespace: string;
  readonly parent?: StoreNode;
}

/** Keys that share segments at `:`. */
export interface GroupNode {
  readonly kind: "group";
  readonly store: string;
  readonly namespace: string;
  /** Ends with `:`. */
  readonly prefix: string;
  /** How many keys there are, or are at least. */
  readonly keys: number;
  readonly more: boolean;
  readonly updatedAt: number | undefined;
  readonly parent: LevelNode;
}

/** Rows of a level that were read before, folded away: a long list takes long to draw. */
export interface StretchNode {
  readonly kind: "stretch";
  readonly store: string;
  readonly namespace: string;
  /** That of the level. */
  readonly prefix: string;
  readonly stretch: Stretch;
  readonly parent: LevelNode;
}

/** A row with rows under it. */
export type LevelNode = NamespaceNode | GroupNode | StretchNode;

export interface EntryNode {
  readonly kind: "entry";
  readonly store: string;
  readonly namespace: string;
  readonly summary: EntrySummary;
  /** The row that it is under; absent: it is known by its name only. */
  readonly parent?: LevelNode;
}

/** Stands for what was not read yet under a row, or of what the filter finds. */
export interface MoreNode {
  readonly kind: "more";
  readonly store: string;
  readonly parent: LevelNode | undefined;
}

/** Why a store or a namespace shows nothing. */
export interface ProblemNode {
  readonly kind: "problem";
  readonly store: string;
  readonly problem: Problem;
}

export type StateNode = StoreNode | LevelNode | EntryNode | MoreNode | ProblemNode;

/** What a row's name begins with that its parent's rows share: the part that is not repeated. */
export function prefixOf(parent: LevelNode | undefined): string {
  return parent === undefined || parent.kind === "namespace" ? "" : parent.prefix;
}

/** What the cache knows a row's rows by. */
export function levelOf(node: LevelNode): Level {
  const level = { namespace: node.namespace, prefix: prefixOf(node) };
  return node.kind === "stretch" ? { ...level, ...node.stretch } : level;
}

/** A tree id that stays the same as long as the thing does; parts may hold any characters. */
export function nodeId(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join("/");
}
