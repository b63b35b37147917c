import * as vscode from "vscode";
import type { MigrationPlanResult } from "../../shared/src/protocol.ts";
import { changesText } from "./backupDiff.ts";

/** What a migration would do: its steps, then entry by entry, as text in diff notation. */
export function migrationText(store: string, plan: MigrationPlanResult): string {
  const head = vscode.l10n.t("Migrating {0} from {1} to {2}:", store, plan.from, plan.to);
  const steps = plan.migrations.flatMap(({ file, from, to, description, steps, changed }) => [
    "",
    `# ${from} → ${to}: ${file} (${vscode.l10n.t("changes: {0}", changed)})`,
    ...(description === undefined ? [] : [`# ${description}`]),
    ...steps.map((step) => `#   ${step}`),
  ]);
  return [head, ...steps, ...changesText(plan), ""].join("\n");
}
