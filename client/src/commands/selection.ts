import type { EntryParams, StatePart } from "../../../shared/src/protocol.ts";
import type { EntryNode, GroupNode, NamespaceNode, StateNode } from "../trees/stateNodes.ts";

/** A row that stands for something stored. */
export type PartNode = EntryNode | GroupNode | NamespaceNode;

/**
 * The rows that a command of a tree is about: all that are selected, where the one it was called on is
 * among them, else that one.
 */
export function chosenRows(
  node: StateNode | undefined,
  selected: readonly StateNode[] | undefined,
): PartNode[] {
  const rows = selected !== undefined && selected.length > 0 ? selected : node ? [node] : [];
  return rows.filter(
    (row): row is PartNode =>
      row.kind === "entry" || row.kind === "group" || row.kind === "namespace",
  );
}

/** Those of the rows that are entries. */
export function chosenEntries(
  node: StateNode | undefined,
  selected: readonly StateNode[] | undefined,
): EntryNode[] {
  return chosenRows(node, selected).filter((row) => row.kind === "entry");
}

/** What a row stands for. */
export function partOf(row: PartNode): StatePart {
  const { namespace } = row;
  if (row.kind === "entry") return { namespace, key: row.summary.key };
  return row.kind === "group" ? { namespace, prefix: row.prefix } : { namespace };
}

/** What an entry's row stands for. */
export function nameOf({ store, namespace, summary }: EntryNode): EntryParams {
  return { store, namespace, key: summary.key };
}
