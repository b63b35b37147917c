import * as vscode from "vscode";
import type { MigrationPlanResult, PlannedStep, SampledEntry } from "../../shared/src/protocol.ts";
import { changesText } from "./backupDiff.ts";

type Sample = PlannedStep["samples"][number];

/**
 * What migrating would do, as text in diff notation: each migration's steps, with samples where there
 * are several migrations, then all changes entry by entry.
 */
export function migrationText(store: string, plan: MigrationPlanResult): string {
  const { from, to, migrations, total } = plan;
  const several = migrations.length > 1;
  return [
    vscode.l10n.t("Migrating {0} from {1} to {2}:", store, from, to),
    ...migrations.flatMap((migration) => [
      ...describe(migration),
      ...(several ? migration.samples.flatMap(sampleLines) : []),
    ]),
    ...(several ? ["", `# ${vscode.l10n.t("Altogether, changes: {0}", total)}`] : []),
    ...changesText(plan),
    "",
  ].join("\n");
}

function describe({ file, from, to, description, steps, changed }: PlannedStep): string[] {
  return [
    "",
    `# ${from} → ${to}: ${file} (${vscode.l10n.t("changes: {0}", changed)})`,
    ...(description === undefined ? [] : [`# ${description}`]),
    ...steps.map((step) => `#   ${step}`),
  ];
}

function sampleLines({ before, after }: Sample): string[] {
  const renamed = after !== null && nameOf(after) !== nameOf(before);
  return [
    "",
    `@@ ${nameOf(before)}${renamed ? ` → ${nameOf(after)}` : ""} @@`,
    `- ${before.value}`,
    ...(after === null ? [] : [`+ ${after.value}`]),
  ];
}

function nameOf({ namespace, key }: SampledEntry): string {
  return `${namespace} / ${key}`;
}
