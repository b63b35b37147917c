import * as vscode from "vscode";
import {
  entriesRequest,
  namespacesRequest,
  type ReferencesParams,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import type { Stores } from "../stores.ts";
import { pickStore } from "./pick.ts";

interface NamespaceItem extends vscode.QuickPickItem {
  readonly namespace: string;
}

interface KeyItem extends vscode.QuickPickItem {
  /** Without a key and a prefix: the namespace itself. */
  readonly key?: string;
  readonly prefix?: string;
}

/** A key, what keys begin with, or a namespace. */
export type PickedName = ReferencesParams & { readonly prefix?: string };

/**
 * Lets the user pick a namespace and then one of its keys, or the namespace itself.
 * @param groups what several keys begin with is offered as well
 */
export async function pickName(
  connection: Connection,
  stores: Stores,
  title: string,
  { groups = false }: { readonly groups?: boolean } = {},
): Promise<PickedName | undefined> {
  const info = await pickStore(stores, title);
  if (info === undefined) return undefined;
  const { store } = info;
  const namespaces = await connection.request(namespacesRequest, { store });
  if (namespaces.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Nothing is stored yet."));
    return undefined;
  }
  const items = namespaces.map(({ namespace, keys }): NamespaceItem => {
    const description = keys === 1 ? vscode.l10n.t("1 key") : vscode.l10n.t("{0} keys", keys);
    return { label: namespace, description, namespace };
  });
  const picked = await vscode.window.showQuickPick(items, { title });
  if (picked === undefined) return undefined;
  const { namespace } = picked;
  const { entries } = await connection.request(entriesRequest, { store, namespace });
  const whole: KeyItem = { label: vscode.l10n.t("The namespace {0} itself", namespace) };
  const keys = entries.map(
    ({ key, preview }): KeyItem => ({ label: key, description: preview, key }),
  );
  const shared = groups ? sharedBeginnings(entries.map(({ key }) => key)) : [];
  const begun = shared.map(
    (prefix): KeyItem => ({ label: vscode.l10n.t("All keys that begin with {0}", prefix), prefix }),
  );
  const chosen = await vscode.window.showQuickPick([...keys, ...begun, whole], { title });
  if (chosen === undefined) return undefined;
  const { key, prefix } = chosen;
  if (key !== undefined) return { store, namespace, key };
  return prefix === undefined ? { store, namespace } : { store, namespace, prefix };
}

/** What ends with `:` and at least two keys begin with, as the tree has them in one row. */
function sharedBeginnings(keys: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const key of keys) {
    for (let at = key.indexOf(":"); at !== -1; at = key.indexOf(":", at + 1)) {
      const prefix = key.slice(0, at + 1);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  return [...counts].flatMap(([prefix, count]) => (count > 1 ? [prefix] : []));
}
