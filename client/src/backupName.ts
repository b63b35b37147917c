import * as vscode from "vscode";
import { backupMoment } from "./format.ts";

/** What a sentence calls the backup with this id: when it was made, in the reader's time and language. */
export function backupName(id: string): string {
  return backupMoment(id, Date.now(), vscode.env.language);
}
