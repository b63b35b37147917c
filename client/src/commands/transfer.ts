import * as vscode from "vscode";
import { exportEntriesRequest, importEntriesRequest } from "../../../shared/src/protocol.ts";
import { changesText } from "../backupDiff.ts";
import { entriesText } from "../counts.ts";
import { sharedNote } from "../sharedStore.ts";
import { pickStore } from "./pick.ts";
import { withServerProgress } from "./progress.ts";
import { type BackupContext, tellAndOfferBack } from "./restoreBackup.ts";
import { type PartNode, partOf } from "./selection.ts";

/** What an export writes and an import reads. */
const FILTERS = { "JSON lines": ["jsonl", "ndjson", "json"] };

/** Writes what some rows stand for, or all of a store, to a file that the user chooses. */
export async function exportRows(
  { connection, stores }: BackupContext,
  rows: readonly PartNode[],
): Promise<void> {
  const [first] = rows;
  const info =
    first === undefined
      ? await pickStore(stores, vscode.l10n.t("Export the state of which folder?"))
      : stores.find(first.store);
  if (info === undefined) return;
  const { store, name, folder } = info;
  const parts = rows.filter((row) => row.store === store).map(partOf);
  const suggested = `${first?.namespace.replaceAll(/[^\w.-]/g, "-") ?? name}.jsonl`;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Export Entries"),
    defaultUri: vscode.Uri.joinPath(vscode.Uri.parse(folder), suggested),
    filters: FILTERS,
  });
  if (target === undefined) return;
  const { exported } = await withServerProgress(
    connection,
    vscode.l10n.t("Exporting state"),
    (workDoneToken, token) =>
      connection.request(
        exportEntriesRequest,
        { store, file: target.fsPath, workDoneToken, ...(first === undefined ? {} : { parts }) },
        token,
      ),
  );
  const open = vscode.l10n.t("Open");
  const file = vscode.workspace.asRelativePath(target, false);
  const done = vscode.l10n.t(
    "Exported {0} to {1}. Secrets are in it.",
    entriesText(exported),
    file,
  );
  if ((await vscode.window.showInformationMessage(done, open)) === open) {
    await vscode.window.showTextDocument(target);
  }
}

/** Takes entries in from a file that the user chooses, after showing what would change. */
export async function importEntries(context: BackupContext): Promise<void> {
  const { connection, stores, reports } = context;
  const info = await pickStore(stores, vscode.l10n.t("Import into the state of which folder?"));
  if (info === undefined) return;
  const { store, folder } = info;
  const [source] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t("Import Entries"),
      defaultUri: vscode.Uri.parse(folder),
      filters: FILTERS,
    })) ?? [];
  if (source === undefined) return;
  const params = { store, file: source.fsPath };
  const importing = (dryRun: boolean) =>
    withServerProgress(
      connection,
      dryRun
        ? vscode.l10n.t("Comparing the file with the state")
        : vscode.l10n.t("Importing state"),
      (workDoneToken, token) =>
        connection.request(importEntriesRequest, { ...params, dryRun, workDoneToken }, token),
    );
  const plan = await importing(true);
  const file = vscode.workspace.asRelativePath(source, false);
  if (plan.total === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("All that {0} holds is stored already.", file),
    );
    return;
  }
  const head = vscode.l10n.t("Importing {0}:", file);
  const text = [head, ...changesText(plan), ""].join("\n");
  const shown = await reports.show(vscode.l10n.t("Import {0}.diff", file), text);
  const take = vscode.l10n.t("Import");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Import {0}? Entries that change: {1}.", file, plan.total),
    {
      modal: true,
      detail: [
        vscode.l10n.t("The editor behind this question lists every one."),
        ...sharedNote(stores, store),
      ].join("\n"),
    },
    take,
  );
  if (answer !== take) return;
  await reports.close(shown);
  const { total, backupId } = await importing(false);
  const done = vscode.l10n.t("Imported {0}, which changed {1}.", file, entriesText(total));
  await tellAndOfferBack(context, done, store, backupId);
}
