import { StateError } from "../../../../shared/src/errors.ts";
import { quote } from "../../../../shared/src/names.ts";
import type { StateView } from "../types.ts";
import type { SavedEntry } from "./lines.ts";
import type { Named } from "./order.ts";
import type { Selection } from "./selection.ts";

/**
 * Makes sure that everything selected is in the backup or in the state: a name that is in neither
 * was mistyped, and restoring nothing would look like success. @throws StateError `nothing-selected`
 */
export async function checkPresence(
  id: string,
  selection: Selection,
  view: Pick<StateView, "entry" | "namespace">,
  backup: AsyncIterable<readonly SavedEntry[]>,
): Promise<void> {
  const namespaces = new Set<string>();
  for (const name of selection.namespaces ?? []) {
    if ((await view.namespace(name)) === undefined) namespaces.add(name);
  }
  const keys = new Map<string, Named>();
  for (const named of selection.keys ?? []) {
    if ((await view.entry(named.namespace, named.key)) === undefined)
      keys.set(spelled(named), named);
  }
  if (namespaces.size + keys.size === 0) return;
  for await (const batch of backup) {
    for (const entry of batch) {
      namespaces.delete(entry.namespace);
      if (keys.size > 0) keys.delete(spelled(entry));
    }
    if (namespaces.size + keys.size === 0) return;
  }
  const missing = [...namespaces, ...keys.keys()].map(quote).join(", ");
  throw new StateError(
    "nothing-selected",
    `Neither the backup ${id} nor the state holds ${missing}.`,
    `See what the backup holds with 'llmspell-state backup diff ${id}' and correct the names.`,
  );
}

/** A namespace has no slash, so this is unambiguous. */
function spelled({ namespace, key }: Named): string {
  return `${namespace}/${key}`;
}
