import { StateError } from "../../../shared/src/errors.ts";
import { checkKey, checkNamespace, quote } from "../../../shared/src/names.ts";
import type { StatePart } from "../../../shared/src/protocol.ts";
import { compareUtf8 } from "./backup/order.ts";
import type { JobControl, Renamed, RenamingOptions, RenamingPlan } from "./engine.ts";
import { entriesOfParts } from "./parts.ts";
import type { Entry, Origin, PastEntry, StateView, Store } from "./types.ts";

type EntryName = Pick<PastEntry, "namespace" | "key">;
type View = Pick<StateView, "entry" | "namespace" | "page">;

const WHAT = "The renaming";
/** So many are renamed in the faster way, of which the log of changes does not tell each. */
const MANY = 5_000;

/**
 * Gives a key, a whole namespace, or all keys that begin in one way another name, in one transaction:
 * values and times stay, each entry gets a new revision, and earlier values stay with the old name.
 * @param to the new name of the key or namespace, or the new beginning
 * @throws StateError `missing-entry`, `target-exists`, `invalid-namespace`, `invalid-key`, `cancelled`
 */
export async function renameEntries(
  store: Pick<Store, "transact">,
  origin: Origin,
  part: StatePart,
  to: string,
  { since = 0 }: RenamingOptions = {},
  control: JobControl = {},
): Promise<Renamed> {
  const renaming = inNfc(part, to);
  return await store.transact(origin, async (transaction) => {
    const { entries, conflicts, conflict } = await planRenaming(transaction, part, to, control);
    if (entries === 0) throw missing(part);
    if (conflicts > 0) throw exists(part, conflict ?? to);
    const before = await transaction.revision();
    if (renaming.from === renaming.to) return { renamed: 0, since: before };
    let renamed = 0;
    for await (const batch of entriesOfParts(transaction, [renaming.part], WHAT, control)) {
      // What was moved already may lie under the old beginning too.
      const moving = batch.filter(({ revision }) => revision > since && revision <= before);
      const moved = moving.map((entry) => ({ ...entry, ...newName(entry, renaming) }));
      if (entries > MANY) await transaction.insertAll(moved);
      else for (const entry of moved) await transaction.put(entry);
      for (const { namespace, key } of moving) await transaction.delete(namespace, key);
      renamed += moving.length;
      control.progress?.({ done: renamed, total: entries, what: "renaming entries" });
    }
    return { renamed, since: before };
  });
}

/**
 * What renaming a part of the state would do; nothing is changed.
 * @throws StateError `invalid-key` where a key could not have its new name, `cancelled`
 */
export async function planRenaming(
  view: View,
  part: StatePart,
  to: string,
  control: JobControl = {},
): Promise<RenamingPlan> {
  const renaming = inNfc(part, to);
  const isSame = renaming.from === renaming.to;
  const { namespace, key } = part;
  if (key !== undefined) {
    const entry = await view.entry(namespace, renaming.from);
    const taken = isSame ? undefined : await view.entry(namespace, renaming.to);
    const entries = entry === undefined ? 0 : 1;
    return taken === undefined
      ? { entries, conflicts: 0 }
      : { entries, conflicts: 1, conflict: taken.key };
  }
  if (part.prefix !== undefined) return await planBeginning(view, renaming, control);
  const [from, target] = [await view.namespace(namespace), await view.namespace(to)];
  return { entries: from?.keys ?? 0, conflicts: isSame ? 0 : (target?.keys ?? 0) };
}

/** A renaming with names as they are stored, in Unicode NFC. */
interface Renaming {
  readonly part: StatePart;
  readonly from: string;
  readonly to: string;
}

function inNfc({ namespace, key, prefix }: StatePart, to: string): Renaming {
  const old = key ?? prefix;
  if (old === undefined) return { part: { namespace }, from: namespace, to };
  const from = old.normalize("NFC");
  const part = key === undefined ? { namespace, prefix: from } : { namespace, key: from };
  return { part, from, to: to.normalize("NFC") };
}

/** @throws StateError `invalid-namespace`, `invalid-key` */
function newName({ key }: Entry, { part, from, to }: Renaming): Partial<EntryName> {
  if (part.key !== undefined) return { key: checkKey(to) };
  if (part.prefix === undefined) return { namespace: checkNamespace(to) };
  return { key: checkKey(to + key.slice(from.length)) };
}

/** Keys that begin in the old way and in the new one have one order: both are gone through once. */
async function planBeginning(
  view: View,
  { part: { namespace }, from, to }: Renaming,
  control: JobControl,
): Promise<RenamingPlan> {
  const taken = keysUnder(view, namespace, to, control);
  let other = await taken.next();
  let entries = 0;
  const conflicts: string[] = [];
  for await (const key of keysUnder(view, namespace, from, control)) {
    entries++;
    const joined = to + key.slice(from.length);
    const renamed = checkKey(joined);
    if (from === to) continue;
    while (other.done !== true && compareUtf8(other.value, joined) < 0) other = await taken.next();
    const isTaken =
      renamed === joined
        ? other.value === renamed
        : (await view.entry(namespace, renamed)) !== undefined;
    if (isTaken) conflicts.push(renamed);
  }
  const [conflict] = conflicts;
  const plan = { entries, conflicts: conflicts.length };
  return conflict === undefined ? plan : { ...plan, conflict };
}

async function* keysUnder(
  view: View,
  namespace: string,
  prefix: string,
  { signal }: JobControl,
): AsyncGenerator<string, undefined> {
  const control = { maxValueBytes: 0, ...(signal === undefined ? {} : { signal }) };
  for await (const batch of entriesOfParts(view, [{ namespace, prefix }], WHAT, control)) {
    for (const { key } of batch) yield key;
  }
  return undefined;
}

function missing({ namespace, key, prefix }: StatePart): StateError {
  const next = "Refresh, and try again.";
  if (key === undefined && prefix !== undefined) {
    const what = `No key of ${quote(namespace)} begins with ${quote(prefix)}.`;
    return new StateError("missing-entry", what, next);
  }
  const what =
    key === undefined
      ? `The namespace ${quote(namespace)}`
      : `The key ${quote(key)} of ${quote(namespace)}`;
  return new StateError("missing-entry", `${what} is not stored.`, next);
}

function exists({ namespace, key, prefix }: StatePart, name: string): StateError {
  const what =
    key === undefined && prefix === undefined
      ? `The namespace ${quote(name)}`
      : `The key ${quote(name)} of ${quote(namespace)}`;
  return new StateError(
    "target-exists",
    `${what} exists already.`,
    "Choose another name, or delete or rename that one first.",
  );
}
