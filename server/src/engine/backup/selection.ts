import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { Named } from "./order.ts";

/** The part of a state that is meant; everything when both lists are empty or absent. */
export interface Selection {
  readonly namespaces?: readonly string[];
  readonly keys?: readonly Named[];
}

export type Chooses = (name: Named) => boolean;

/** Whether the selection means everything. */
export function isWhole(selection: Selection): boolean {
  return (selection.namespaces ?? []).length === 0 && (selection.keys ?? []).length === 0;
}

/** A test for names that the selection means. */
export function chooser(selection: Selection): Chooses {
  if (isWhole(selection)) return () => true;
  const namespaces = new Set(selection.namespaces);
  const keys = new Map<string, Set<string>>();
  for (const { namespace, key } of selection.keys ?? []) {
    const set = keys.get(namespace) ?? new Set();
    keys.set(namespace, set.add(key));
  }
  return ({ namespace, key }) =>
    namespaces.has(namespace) || keys.get(namespace)?.has(key) === true;
}

/** The namespaces that hold what the selection means; undefined: all. */
export function namespacesOf(selection: Selection): readonly string[] | undefined {
  if (isWhole(selection)) return undefined;
  const names = [
    ...(selection.namespaces ?? []),
    ...(selection.keys ?? []).map((key) => key.namespace),
  ];
  return [...new Set(names)];
}

/** The selection with names as they are stored. @throws StateError `invalid-namespace`, `invalid-key` */
export function checkSelection(selection: Selection): Selection {
  return {
    namespaces: (selection.namespaces ?? []).map(checkNamespace),
    keys: (selection.keys ?? []).map(({ namespace, key }) => ({
      namespace: checkNamespace(namespace),
      key: checkKey(key),
    })),
  };
}
