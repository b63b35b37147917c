import * as vscode from "vscode";
import { readRequest } from "../../../shared/src/protocol.ts";
import { SCHEME } from "../../../shared/src/value-uri.ts";
import type { Connection } from "../connection.ts";
import type { Reports } from "../reports.ts";
import type { ValueFiles } from "../valueFiles.ts";

/** Shows the value of an open document, with the parts that are masked in it. */
export async function revealValue(
  connection: Connection,
  files: ValueFiles,
  reports: Reports,
  given: vscode.Uri | undefined,
): Promise<void> {
  const uri = given ?? vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== SCHEME) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Open a value first."));
    return;
  }
  const name = await files.nameOf(uri);
  const read = await connection.request(readRequest, { ...name, reveal: true });
  if (read !== null) await reports.show(`${name.key}.json`, `${read.value}\n`);
}
