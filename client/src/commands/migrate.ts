import * as vscode from "vscode";
import {
  type MigrationParams,
  type MigrationPlanResult,
  migrateRequest,
  planMigrationRequest,
} from "../../../shared/src/protocol.ts";
import { entriesText } from "../counts.ts";
import { migrationText } from "../migrationReport.ts";
import { sharedNote } from "../sharedStore.ts";
import { pickStore } from "./pick.ts";
import { withServerProgress } from "./progress.ts";
import { type BackupContext, tellAndOfferBack } from "./restoreBackup.ts";

/** What is migrated, and to which version; by default to the configured one. */
export type Migrated = Pick<MigrationParams, "store" | "version">;

/** Shows what migrating would change, asks, migrates, tells. */
export async function previewMigration(
  context: BackupContext,
  given: Migrated | undefined,
): Promise<void> {
  const { connection, stores, reports } = context;
  const title = vscode.l10n.t("Migrate the state of which folder?");
  const migrated = given ?? (await pickStore(stores, title));
  if (migrated === undefined) return;
  const { store } = migrated;
  const name = stores.find(store)?.name ?? store;
  const params = { store, ...(given?.version === undefined ? {} : { version: given.version }) };
  const plan = await withServerProgress(
    connection,
    vscode.l10n.t("Trying the migration of {0}", name),
    (workDoneToken, token) =>
      connection.request(planMigrationRequest, { ...params, workDoneToken }, token),
  );
  if (plan.migrations.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("The state of {0} is at version {1}: nothing to migrate.", name, plan.to),
    );
    return;
  }
  const shown = await reports.show(
    vscode.l10n.t("Migrate {0} to {1}.diff", plan.from, plan.to),
    migrationText(name, plan),
  );
  if (!(await confirm(plan, sharedNote(context.stores, store)))) return;
  await reports.close(shown);
  const { itemsMigrated, backupId } = await withServerProgress(
    connection,
    vscode.l10n.t("Migrating {0} to {1}", name, plan.to),
    (workDoneToken, token) =>
      connection.request(migrateRequest, { store, version: plan.to, workDoneToken }, token),
  );
  const done = vscode.l10n.t(
    "Migrated to {0}, which changed {1}.",
    plan.to,
    entriesText(itemsMigrated),
  );
  await tellAndOfferBack(context, done, store, backupId);
}

async function confirm(
  { from, to, migrations, itemsMigrated }: MigrationPlanResult,
  shared: readonly string[],
): Promise<boolean> {
  const migrate = vscode.l10n.t("Migrate");
  const detail = [
    vscode.l10n.t("Migrations: {0}. Entries that change: {1}.", migrations.length, itemsMigrated),
    vscode.l10n.t("The editor behind this question lists every one."),
    vscode.l10n.t("A safety backup of the present state is made first."),
    ...shared,
  ].join("\n");
  const question = vscode.l10n.t("Migrate the state from {0} to {1}?", from, to);
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, migrate);
  return answer === migrate;
}
