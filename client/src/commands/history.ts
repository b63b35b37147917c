import * as vscode from "vscode";
import { quote } from "../../../shared/src/names.ts";
import {
  type EntryParams,
  type HistoryEntry,
  historyRequest,
  undoRequest,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { age, moment, shorten } from "../format.ts";
import { showFailure } from "../problems.ts";
import type { Reports } from "../reports.ts";
import { numberOf, numericSeries, sparkline } from "../sparkline.ts";

const PREVIEW_LENGTH = 80;

interface StepItem extends vscode.QuickPickItem {
  readonly step: HistoryEntry;
  readonly previous: HistoryEntry | undefined;
}

/**
 * Lists what happened to an entry: picking a step shows what it changed; its buttons compare it with
 * what is stored now, and restore it.
 */
export async function showHistory(
  connection: Connection,
  reports: Reports,
  name: EntryParams,
): Promise<void> {
  const steps = await connection.request(historyRequest, name);
  const [now] = steps;
  if (now === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Nothing is known of what happened to {0}.", quote(name.key)),
    );
    return;
  }
  const compare: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("diff"),
    tooltip: vscode.l10n.t("Compare with Now"),
  };
  const restore: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("discard"),
    tooltip: vscode.l10n.t("Restore This Value"),
  };
  const pick = vscode.window.createQuickPick<StepItem>();
  pick.title = titleOf(name, steps);
  pick.placeholder = vscode.l10n.t("Pick a change to see what it changed");
  pick.matchOnDetail = true;
  pick.items = steps.map((step, at) => ({
    ...describe(step, steps[at + 1]),
    buttons: at === 0 ? [] : [compare, ...(step.op === "save" ? [restore] : [])],
    step,
    previous: steps[at + 1],
  }));
  const act = (action: () => Promise<void>) => {
    pick.hide();
    void action().catch(showFailure);
  };
  pick.onDidAccept(() => {
    const [item] = pick.selectedItems;
    if (item !== undefined) act(() => showDiff(reports, name, item.previous, item.step));
  });
  pick.onDidTriggerItemButton(({ item, button }) =>
    act(() =>
      button === restore
        ? goBack(connection, name, item.step.revision)
        : showDiff(reports, name, item.step, now),
    ),
  );
  pick.onDidHide(() => pick.dispose());
  pick.show();
}

/** Of a key whose values are numbers, with their course, drawn and in words. */
function titleOf({ key }: EntryParams, steps: readonly HistoryEntry[]): string {
  const title = vscode.l10n.t("History of {0}", quote(key));
  const series = numericSeries(steps);
  if (series === undefined) return title;
  const words = vscode.l10n.t(
    "{0} numbers from {1} to {2}",
    series.length,
    numberText(Math.min(...series)),
    numberText(Math.max(...series)),
  );
  return `${title}   ${sparkline(series)}   ${words}`;
}

function describe(step: HistoryEntry, previous: HistoryEntry | undefined): vscode.QuickPickItem {
  const { op, revision, at, origin } = step;
  const { language } = vscode.env;
  const now = Date.now();
  return {
    label: `${moment(at, now, language)}`,
    description: `${age(at, now, language)} · ${origin} · ${vscode.l10n.t("revision {0}", revision)}`,
    iconPath: new vscode.ThemeIcon(op === "save" ? "edit" : "trash"),
    detail: valueText(step, previous),
  };
}

/** What was saved, shortened; of a number also by how much it changed. */
function valueText(step: HistoryEntry, previous: HistoryEntry | undefined): string {
  if (step.value === undefined) return vscode.l10n.t("deleted");
  const text = shorten(step.value, PREVIEW_LENGTH);
  const to = numberOf(step);
  const from = previous === undefined ? undefined : numberOf(previous);
  if (to === undefined || from === undefined || to === from) return text;
  return `${text} (${numberText(to - from, "exceptZero")})`;
}

function numberText(value: number, signDisplay: "auto" | "exceptZero" = "auto"): string {
  const options = { maximumSignificantDigits: 6, signDisplay };
  return new Intl.NumberFormat(vscode.env.language, options).format(value);
}

async function showDiff(
  reports: Reports,
  { key }: EntryParams,
  before: HistoryEntry | undefined,
  after: HistoryEntry,
): Promise<void> {
  await vscode.commands.executeCommand(
    "vscode.diff",
    valueDocument(reports, key, before),
    valueDocument(reports, key, after),
    vscode.l10n.t("{0}: revision {1} and {2}", key, before?.revision ?? 0, after.revision),
  );
}

function valueDocument(reports: Reports, key: string, step: HistoryEntry | undefined): vscode.Uri {
  const value = step?.value;
  return reports.add(`${key}.json`, value === undefined ? "" : `${value}\n`);
}

/** Saves an earlier value again, and offers to take that back. */
async function goBack(connection: Connection, name: EntryParams, to: number): Promise<void> {
  const [before] = await connection.request(historyRequest, name);
  await connection.request(undoRequest, { ...name, to });
  const done = vscode.l10n.t("Restored an earlier value of {0}.", quote(name.key));
  if (before?.op !== "save") {
    void vscode.window.showInformationMessage(done);
    return;
  }
  const undo = vscode.l10n.t("Undo");
  if ((await vscode.window.showInformationMessage(done, undo)) !== undo) return;
  await connection.request(undoRequest, { ...name, to: before.revision });
}
