import { StateError } from "../../../shared/src/errors.ts";
import { quote } from "../../../shared/src/names.ts";
import type { Origin, Store, Transaction } from "./types.ts";

/** An entry or, without a key, a namespace with all that is in it. */
export interface EntryName {
  readonly namespace: string;
  readonly key?: string;
}

/** Entries that are looked at together. */
const PAGE = 500;

/**
 * Gives a key, or a whole namespace, another name, in one transaction: values and times stay, each
 * entry gets a new revision, and earlier values stay with the old name.
 * @throws StateError `missing-entry`, `target-exists`, `invalid-namespace`, `invalid-key`
 */
export async function renameEntries(
  store: Pick<Store, "transact">,
  origin: Origin,
  { namespace, key }: EntryName,
  to: string,
): Promise<{ readonly renamed: number }> {
  return await store.transact(origin, async (transaction) =>
    key === undefined
      ? await renameNamespace(transaction, namespace, to)
      : await renameKey(transaction, namespace, key.normalize("NFC"), to.normalize("NFC")),
  );
}

async function renameKey(transaction: Transaction, namespace: string, key: string, to: string) {
  const entry = await transaction.entry(namespace, key);
  if (entry === undefined) throw missing(`The key ${quote(key)} of ${quote(namespace)}`);
  if (key === to) return { renamed: 0 };
  if ((await transaction.entry(namespace, to)) !== undefined) {
    throw exists(`The key ${quote(to)} of ${quote(namespace)}`);
  }
  await transaction.put({ ...entry, key: to });
  await transaction.delete(namespace, key);
  return { renamed: 1 };
}

async function renameNamespace(transaction: Transaction, namespace: string, to: string) {
  if ((await transaction.namespace(namespace)) === undefined) {
    throw missing(`The namespace ${quote(namespace)}`);
  }
  if (namespace === to) return { renamed: 0 };
  if ((await transaction.namespace(to)) !== undefined) throw exists(`The namespace ${quote(to)}`);
  let renamed = 0;
  for (;;) {
    const page = await transaction.page(namespace, { limit: PAGE });
    if (page.length === 0) return { renamed };
    for (const entry of page) {
      await transaction.put({ ...entry, namespace: to });
      await transaction.delete(namespace, entry.key);
      renamed++;
    }
  }
}

function missing(what: string): StateError {
  return new StateError("missing-entry", `${what} is not stored.`, "Refresh, and try again.");
}

function exists(what: string): StateError {
  return new StateError(
    "target-exists",
    `${what} exists already.`,
    "Choose another name, or delete or rename that one first.",
  );
}
