import type { CancellationToken } from "vscode-languageserver/node";
import type {
  MigrateResult,
  MigrationParams,
  MigrationPlanResult,
  PlannedStep,
  SampledEntry,
} from "../../../shared/src/protocol.ts";
import type { MigrationPlan } from "../engine/migration/types.ts";
import { changePreview, previewLine } from "../service/present-entry.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { runJob } from "./job.ts";

/** Most changes of one plan. */
const LARGEST_PLAN = 1000;

/** llmspellState/planMigration */
export async function planMigration(
  context: ServerContext,
  { store, version, workDoneToken }: MigrationParams,
  token: CancellationToken,
): Promise<MigrationPlanResult> {
  requireTrust(context, "running migrations");
  const folder = storeFolder(context, store);
  const target = version ?? folder.usableConfiguration().schemaVersion;
  const plan = await runJob(
    context.connection,
    "Planning the migration",
    workDoneToken,
    token,
    (control) => folder.jobs().planMigration(target, { limit: LARGEST_PLAN }, control),
  );
  const { from, to, migrations, itemsMigrated, changes, total } = plan;
  return {
    from,
    to,
    migrations: migrations.map(plannedStep),
    itemsMigrated,
    changes: changes.map(changePreview),
    total,
  };
}

/** llmspellState/migrate */
export async function migrate(
  context: ServerContext,
  { store, version, workDoneToken }: MigrationParams,
  token: CancellationToken,
): Promise<MigrateResult> {
  requireTrust(context, "running migrations");
  const folder = storeFolder(context, store);
  const target = version ?? folder.usableConfiguration().schemaVersion;
  const { backupId, ...outcome } = await runJob(
    context.connection,
    "Migrating state",
    workDoneToken,
    token,
    (control) => folder.jobs().migrate(target, control),
  );
  return { ...outcome, backupId: backupId ?? null };
}

function plannedStep({
  file,
  from,
  to,
  description,
  steps,
  changed,
  samples,
}: MigrationPlan["migrations"][number]): PlannedStep {
  return {
    file,
    from,
    to,
    ...(description === undefined ? {} : { description }),
    steps: [...steps],
    changed,
    samples: samples.map(({ before, after }) => ({
      before: sampledEntry(before),
      after: after && sampledEntry(after),
    })),
  };
}

function sampledEntry({ namespace, key, value }: SampledEntry): SampledEntry {
  return { namespace, key, value: previewLine({ namespace, key, value }) };
}
