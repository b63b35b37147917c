import * as vscode from "vscode";
import { KEY_RULE, keyFault, quote } from "../../../shared/src/names.ts";
import { readRequest, writeRequest } from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import type { EntryNode } from "../trees/stateNodes.ts";
import { sayGone } from "./entries.ts";
import { nameOf } from "./selection.ts";

/** Saves an entry's value under another key too; refused where that is stored already. */
export async function duplicate(connection: Connection, node: EntryNode): Promise<void> {
  const name = nameOf(node);
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t("Duplicate {0}", quote(name.key)),
    prompt: vscode.l10n.t("The key of the copy"),
    value: name.key,
    validateInput: (given) => {
      if (given === name.key) return vscode.l10n.t("That is the key of the value itself.");
      const fault = keyFault(given);
      return fault && `${fault}: ${KEY_RULE}`;
    },
  });
  if (key === undefined) return;
  const read = await connection.request(readRequest, { ...name, reveal: true });
  if (read === null) sayGone(node);
  else await connection.request(writeRequest, { ...name, key, value: read.value, ifRevision: 0 });
}
