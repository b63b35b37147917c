import * as vscode from "vscode";
import { quote } from "../../../shared/src/names.ts";
import { type EntryParams, type ReadParams, readRequest } from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import type { EntryNode } from "../trees/stateNodes.ts";
import { valueUri } from "../valueFiles.ts";
import { nameOf, type PartNode, partOf } from "./selection.ts";

/** Opens an entry's value as a document; a click on its row leaves the focus on the row. */
export async function openValue(node: EntryNode, preserveFocus = false): Promise<void> {
  await showValue(nameOf(node), preserveFocus);
}

/** The same for an entry that is known by its name only. */
export async function showValue(
  { store, namespace, key }: EntryParams,
  preserveFocus = false,
): Promise<void> {
  const uri = valueUri(store, { namespace, key });
  await vscode.window.showTextDocument(uri, { preview: true, preserveFocus });
}

/** The same as Lua, which can be read and not edited. */
export async function showAsLua({ store, namespace, key }: EntryParams): Promise<void> {
  await vscode.window.showTextDocument(valueUri(store, { namespace, key }, "lua"));
}

/** The call that loads an entry, for a script. */
export function loadCall({ namespace, summary }: EntryNode): string {
  // Of what JSON escapes in a name, only control characters are written in another way in Lua.
  const name = (text: string) => JSON.stringify(text).replaceAll(/\\u([0-9a-f]{4})/g, "\\u{$1}");
  return `State.load(${name(namespace)}, ${name(summary.key)})`;
}

/** Copies the calls that load entries, a line each. */
export async function copyLoad(nodes: readonly EntryNode[]): Promise<void> {
  await vscode.env.clipboard.writeText(nodes.map(loadCall).join("\n"));
}

/** Copies keys, what keys begin with, and names of namespaces, a line each. */
export async function copyNames(nodes: readonly PartNode[]): Promise<void> {
  const names = nodes.map(partOf).map(({ namespace, prefix, key = prefix }) => key ?? namespace);
  await vscode.env.clipboard.writeText(names.join("\n"));
}

/**
 * Copies values, several ones as one object or table by their keys; those with sensitive parts in
 * full only after the user said so.
 */
export async function copyValues(
  connection: Connection,
  nodes: readonly EntryNode[],
  format: NonNullable<ReadParams["format"]>,
): Promise<void> {
  const read = async (reveal: boolean) => {
    const values = await Promise.all(
      nodes.map((node) => connection.request(readRequest, { ...nameOf(node), reveal, format })),
    );
    return values.filter((value) => value !== null);
  };
  const values = await read(false);
  const [first] = nodes;
  if (values.length === 0) {
    if (first !== undefined) sayGone(first);
    return;
  }
  const secret = values.find(({ masked }) => masked);
  if (secret === undefined) {
    await vscode.env.clipboard.writeText(together(values, format));
    return;
  }
  const masked = vscode.l10n.t("Copy Masked");
  const all = vscode.l10n.t("Copy Everything");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("{0} holds something that looks sensitive.", quote(secret.key)),
    { modal: true, detail: vscode.l10n.t("Other programs can read the clipboard.") },
    masked,
    all,
  );
  if (answer === masked) await vscode.env.clipboard.writeText(together(values, format));
  if (answer === all) await vscode.env.clipboard.writeText(together(await read(true), format));
}

type Values = readonly { readonly key: string; readonly value: string }[];

function together(values: Values, format: "json" | "lua"): string {
  const [only] = values;
  if (only !== undefined && values.length === 1) return only.value;
  const indented = values.map(({ key, value }) => {
    const name = JSON.stringify(key);
    const lines = value.replaceAll("\n", "\n  ");
    return format === "json" ? `  ${name}: ${lines}` : `  [${name}] = ${lines}`;
  });
  return `{\n${indented.join(",\n")}\n}`;
}

/** Tells that an entry that is shown is not there any more. */
export function sayGone({ namespace, summary }: EntryNode): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t("{0} is not in {1} any more.", quote(summary.key), quote(namespace)),
  );
}
