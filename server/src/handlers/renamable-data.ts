import type { RenamePlan } from "../../../shared/src/protocol.ts";
import type { EntryName } from "../engine/rename.ts";
import type { StateView } from "../engine/types.ts";

/** How many entries a renaming of stored data would move, and how many are in its way. */
export async function renamableData(
  view: StateView,
  { namespace, key }: EntryName,
  to: string,
): Promise<RenamePlan["data"]> {
  if (key === undefined) {
    const [from, target] = [await view.namespace(namespace), await view.namespace(to)];
    return { entries: from?.keys ?? 0, conflicts: namespace === to ? 0 : (target?.keys ?? 0) };
  }
  const [from, target] = [key.normalize("NFC"), to.normalize("NFC")];
  const entry = await view.entry(namespace, from);
  const other = from === target ? undefined : await view.entry(namespace, target);
  return { entries: entry === undefined ? 0 : 1, conflicts: other === undefined ? 0 : 1 };
}
