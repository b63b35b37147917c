import * as vscode from "vscode";
import type { BackupRetention } from "../../shared/src/protocol.ts";

/** How long backups are kept and how many, in a few words: `kept 30 days, at most 5`. */
export function retentionText({ days, count }: BackupRetention): string {
  const { language } = vscode.env;
  const time = new Intl.NumberFormat(language, {
    style: "unit",
    unit: "day",
    unitDisplay: "long",
    maximumFractionDigits: 1,
  }).format(days);
  return count === null
    ? vscode.l10n.t("kept {0}", time)
    : vscode.l10n.t("kept {0}, at most {1}", time, count);
}
