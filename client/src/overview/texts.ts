import * as vscode from "vscode";
import type { OverviewTexts } from "./messages.ts";

/** The page's words in the language of the editor. */
export function overviewTexts(): OverviewTexts {
  const { t } = vscode.l10n;
  return {
    language: vscode.env.language,
    heading: t("State Overview"),
    store: t("Store"),
    refresh: t("Refresh"),
    asOf: t("As of {0}"),
    loading: t("Reading the state…"),
    empty: t("Nothing is stored yet. What scripts save appears here."),
    entries: t("Entries"),
    namespaces: t("Namespaces"),
    size: t("Size"),
    bytes: t("Bytes"),
    backups: t("Backups"),
    findings: t("Findings"),
    byNamespace: t("By namespace"),
    otherNamespaces: t("others"),
    growth: t("Growth"),
    growthNote: t("What is stored now, by the time it was first written."),
    activity: t("Last changes"),
    activityNote: t("What is stored now, by the time of its last change."),
    largest: t("Largest entries"),
    oldest: t("Longest unchanged"),
    noBackups: t("There is no backup yet."),
    noFindings: t("The scripts of this folder are without findings."),
    asTable: t("As a table"),
    namespace: t("Namespace"),
    key: t("Key"),
    changed: t("Changed"),
    time: t("Time"),
    kind: t("Kind"),
    full: t("full"),
    incremental: t("incremental"),
    rule: t("Rule"),
    count: t("Number"),
    measure: t("Measure"),
  };
}
