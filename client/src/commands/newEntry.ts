import * as vscode from "vscode";
import { KEY_RULE, keyFault, NAMESPACE_RULE, namespaceFault } from "../../../shared/src/names.ts";
import { readRequest, writeRequest } from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import type { Stores } from "../stores.ts";
import { prefixOf, type StateNode } from "../trees/stateNodes.ts";
import { showValue } from "./entries.ts";
import { pickStore } from "./pick.ts";

/** Asks for a name, checked as it is typed, and for a first value; saves it and opens it. */
export async function newEntry(
  connection: Connection,
  stores: Stores,
  node: StateNode | undefined,
): Promise<void> {
  const title = vscode.l10n.t("New Key");
  const store = node === undefined || node.kind === "problem" ? undefined : storeOf(node);
  const chosen = store ?? (await pickStore(stores, title))?.store;
  if (chosen === undefined) return;
  const row = node?.kind === "namespace" || node?.kind === "group" ? node : undefined;
  const namespace = row?.namespace ?? (await askNamespace(title));
  if (namespace === undefined) return;
  const name = { store: chosen, namespace };
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t("New Key in {0}", namespace),
    prompt: vscode.l10n.t("Its name, e.g. profile:ada"),
    value: prefixOf(row),
    valueSelection: [prefixOf(row).length, prefixOf(row).length],
    validateInput: async (given) => {
      const fault = keyFault(given);
      if (fault !== undefined) return `${fault}: ${KEY_RULE}`;
      const taken = await connection.request(readRequest, { ...name, key: given });
      return taken === null ? undefined : vscode.l10n.t("There is a value under it already.");
    },
  });
  if (key === undefined) return;
  const value = await vscode.window.showInputBox({
    title: vscode.l10n.t("The Value of {0}", key),
    prompt: vscode.l10n.t("As JSON: text in quotes. You can go on editing it after."),
    value: "{}",
    valueSelection: [0, 2],
    validateInput: jsonFault,
  });
  if (value === undefined) return;
  await connection.request(writeRequest, { ...name, key, value, ifRevision: 0 });
  await showValue({ ...name, key });
}

function storeOf(node: Exclude<StateNode, { kind: "problem" }>): string {
  return node.kind === "store" ? node.info.store : node.store;
}

async function askNamespace(title: string): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t("Its namespace, e.g. user"),
    validateInput: (given) => {
      const fault = namespaceFault(given);
      return fault && `${fault}: ${NAMESPACE_RULE}`;
    },
  });
}

/** What keeps a text from being JSON, in short; the server judges what may be stored. */
function jsonFault(text: string): string | undefined {
  try {
    return JSON.parse(text) === null ? vscode.l10n.t("null cannot be stored.") : undefined;
  } catch {
    return vscode.l10n.t("This is not JSON: text needs quotes around it.");
  }
}
