import * as vscode from "vscode";
import { StateError } from "../../../shared/src/errors.ts";
import {
  applyRunRequest,
  type ChangePreview,
  type DiffResult,
  discardRunRequest,
  runChangeRequest,
} from "../../../shared/src/protocol.ts";
import { changesText } from "../backupDiff.ts";
import type { Connection } from "../connection.ts";
import { entriesText } from "../counts.ts";
import type { Reports } from "../reports.ts";
import { changesAny, type FinishedRun, type Run, type Runs } from "./runs.ts";
import { countChanges } from "./runText.ts";

/** So many changes are compared side by side; more are listed as text. */
const SIDE_BY_SIDE = 50;

export interface RunContext {
  readonly connection: Connection;
  readonly reports: Reports;
  readonly runs: Runs;
}

/** Shows every change of a run with what was and is there. */
export async function showChanges(context: RunContext, run: FinishedRun): Promise<void> {
  const { changes, omittedChanges } = run.result;
  const count = countChanges(run.result);
  const title = run.dryRun
    ? vscode.l10n.t("{0} would change {1}", run.name, count)
    : vscode.l10n.t("{0} changed {1}", run.name, count);
  if (changes.length + omittedChanges > SIDE_BY_SIDE) {
    const total = changes.length + omittedChanges;
    const text = [`${title}:`, ...changesText({ changes, total }), ""].join("\n");
    await context.reports.show(`${title}.diff`, text);
    return;
  }
  const resources = changes.map((change) => {
    const { before, after } = sides(context, run, change);
    return [after ?? before, before, after];
  });
  await vscode.commands.executeCommand("vscode.changes", title, resources);
}

/** Shows one change of a run side by side. */
export async function showChange(
  context: RunContext,
  run: FinishedRun,
  change: ChangePreview,
): Promise<void> {
  const { before, after } = sides(context, run, change);
  const nothing = () => context.reports.add(`${change.key}.json`, "");
  const title = run.dryRun
    ? vscode.l10n.t("{0}: stored now and after {1}", change.key, run.name)
    : vscode.l10n.t("{0}: before and after {1}", change.key, run.name);
  await vscode.commands.executeCommand(
    "vscode.diff",
    before ?? nothing(),
    after ?? nothing(),
    title,
  );
}

/** Documents of what was there and what is after, read when they are looked at. */
function sides(
  { connection, reports }: RunContext,
  { id }: Run,
  { namespace, key, before, after }: ChangePreview,
): { readonly before: vscode.Uri | undefined; readonly after: vscode.Uri | undefined } {
  const name = { runId: id, namespace, key };
  const document = (side: "before" | "after") =>
    reports.add(
      `${key}.json`,
      async () => {
        const change = await connection.request(runChangeRequest, name);
        if (change === null) {
          return vscode.l10n.t("Other scripts have run since: what this one changed is not kept.");
        }
        const text = change[side];
        return text === undefined ? "" : `${text}\n`;
      },
      namespace,
    );
  return {
    before: before === undefined ? undefined : document("before"),
    after: after === undefined ? undefined : document("after"),
  };
}

/** Says what a dry run would change, shows it, and offers to make it so. */
export async function reviewDryRun(
  context: RunContext,
  run: FinishedRun,
  again: () => Promise<void>,
): Promise<void> {
  if (!changesAny(run)) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Dry run: {0} would change nothing.", run.name),
    );
    return;
  }
  await showChanges(context, run);
  const apply = vscode.l10n.t("Apply");
  const discard = vscode.l10n.t("Discard");
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      "Dry run: {0} would change {1}. Nothing is changed yet.",
      run.name,
      countChanges(run.result),
    ),
    apply,
    discard,
  );
  if (answer === apply) await applyRun(context, run, again);
  if (answer === discard) await discardRun(context, run);
}

/** Makes the changes of a dry run; where the state moved on, shows how. */
export async function applyRun(
  context: RunContext,
  run: Run,
  again: () => Promise<void>,
): Promise<void> {
  const { connection, runs } = context;
  try {
    const { applied } = await connection.request(applyRunRequest, { runId: run.id });
    runs.settle(run, "applied");
    const count = entriesText(applied);
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Applied the dry run of {0}: {1} changed.", run.name, count),
    );
  } catch (error) {
    if (!(error instanceof StateError) || error.code !== "state-moved-on") throw error;
    await showMovedOn(context, run, error, again);
  }
}

export async function discardRun({ connection, runs }: RunContext, run: Run): Promise<void> {
  await connection.request(discardRunRequest, { runId: run.id });
  runs.settle(run, "discarded");
}

async function showMovedOn(
  context: RunContext,
  run: Run,
  { message, data }: StateError,
  again: () => Promise<void>,
): Promise<void> {
  const { changes = [], total = 0 } = (data ?? {}) as Partial<DiffResult>;
  const head = vscode.l10n.t("Changed by others since the dry run of {0} began:", run.name);
  const text = [head, ...changesText({ changes, total }), ""].join("\n");
  await context.reports.show(vscode.l10n.t("Changed since the dry run.diff"), text);
  const redo = vscode.l10n.t("Dry Run Again");
  const discard = vscode.l10n.t("Discard");
  const answer = await vscode.window.showWarningMessage(message, redo, discard);
  if (answer === redo) await again();
  if (answer === discard) await discardRun(context, run);
}
