import type { Problem } from "../../../shared/src/errors.ts";
import type { EntrySummary, StoreInfo } from "../../../shared/src/protocol.ts";

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
  readonly parent: NamespaceNode | GroupNode;
}

export interface EntryNode {
  readonly kind: "entry";
  readonly store: string;
  readonly namespace: string;
  readonly summary: EntrySummary;
  /** The row that it is under; absent: it is known by its name only. */
  readonly parent?: NamespaceNode | GroupNode;
}

/** Stands for what was not read yet under a row, or of what the filter finds. */
export interface MoreNode {
  readonly kind: "more";
  readonly store: string;
  readonly parent: NamespaceNode | GroupNode | undefined;
}

/** Why a store or a namespace shows nothing. */
export interface ProblemNode {
  readonly kind: "problem";
  readonly store: string;
  readonly problem: Problem;
}

export type StateNode = StoreNode | NamespaceNode | GroupNode | EntryNode | MoreNode | ProblemNode;

/** What a row's name begins with that its parent's rows share: the part that is not repeated. */
export function prefixOf(parent: NamespaceNode | GroupNode | undefined): string {
  return parent?.kind === "group" ? parent.prefix : "";
}

/** A tree id that stays the same as long as the thing does; parts may hold any characters. */
export function nodeId(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join("/");
}
