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
}

export interface EntryNode {
  readonly kind: "entry";
  readonly store: string;
  readonly namespace: string;
  readonly summary: EntrySummary;
}

/** Stands for the entries of a namespace that were not read yet. */
export interface MoreNode {
  readonly kind: "more";
  readonly store: string;
  readonly namespace: string;
}

/** Why a store or a namespace shows nothing. */
export interface ProblemNode {
  readonly kind: "problem";
  readonly store: string;
  readonly problem: Problem;
}

export type StateNode = StoreNode | NamespaceNode | EntryNode | MoreNode | ProblemNode;

/** A tree id that stays the same as long as the thing does; parts may hold any characters. */
export function nodeId(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join("/");
}
