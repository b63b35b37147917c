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
  /** Absent: the namespace itself. */
  readonly key?: string;
}

/** Lets the user pick a namespace and then one of its keys, or the namespace itself. */
export async function pickName(
  connection: Connection,
  stores: Stores,
  title: string,
): Promise<ReferencesParams | undefined> {
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
  const chosen = await vscode.window.showQuickPick([...keys, whole], { title });
  if (chosen === undefined) return undefined;
  return { store, namespace, ...(chosen.key === undefined ? {} : { key: chosen.key }) };
}
