import * as vscode from "vscode";

/** `1 entry`, `1,200 entries`. */
export function entriesText(count: number): string {
  if (count === 1) return vscode.l10n.t("1 entry");
  return vscode.l10n.t("{0} entries", new Intl.NumberFormat(vscode.env.language).format(count));
}

/** `1 backup`, `12 backups`. */
export function backupsText(count: number): string {
  return count === 1 ? vscode.l10n.t("1 backup") : vscode.l10n.t("{0} backups", count);
}

/** `1 script`, `12 scripts`. */
export function scriptsText(count: number): string {
  return count === 1 ? vscode.l10n.t("1 script") : vscode.l10n.t("{0} scripts", count);
}
