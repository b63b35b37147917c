import { nothingToUndo, unknownRevision } from "./refusals.ts";

/**
 * The value that an undo brings back.
 * @param past the key's earlier values, newest first
 * @param from where the key stands: the revision of its value, or the one that its last undo went
 *   to; undefined when the key is deleted, and its last value is what comes back
 * @param to the revision asked for, if one was
 * @throws StateError `nothing-to-undo`, `unknown-revision`
 */
export function undoTarget<T extends { readonly revision: number }>(
  namespace: string,
  key: string,
  past: readonly T[],
  from: number | undefined,
  to: number | undefined,
): T {
  if (to !== undefined) {
    const chosen = past.find(({ revision }) => revision === to);
    if (chosen === undefined) throw unknownRevision(namespace, key, to);
    return chosen;
  }
  const target = past.find(({ revision }) => from === undefined || revision < from);
  if (target === undefined) throw nothingToUndo(namespace, key);
  return target;
}
