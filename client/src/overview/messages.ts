/** What the overview's page and the extension say to each other. */
import type { BackupSummary, OverviewResult } from "../../../shared/src/protocol.ts";

export type FindingSeverity = "error" | "warning" | "information" | "hint";

/** How often a rule speaks in the folder's scripts. */
export interface RuleFindings {
  readonly rule: string;
  /** The gravest of them. */
  readonly severity: FindingSeverity;
  readonly count: number;
}

export interface StoreChoice {
  readonly store: string;
  readonly name: string;
}

export interface OverviewData {
  /** The store that is shown. */
  readonly store: string;
  /** All that could be. */
  readonly stores: readonly StoreChoice[];
  readonly overview: OverviewResult;
  /** Newest first. */
  readonly backups: readonly BackupSummary[];
  readonly findings: readonly RuleFindings[];
  /** When it was read, ms since 1970. */
  readonly at: number;
}

/** What the page says, in the reader's language: the page itself knows no language. */
export interface OverviewTexts {
  /** BCP 47, for numbers and times. */
  readonly language: string;
  readonly heading: string;
  readonly store: string;
  readonly refresh: string;
  readonly asOf: string;
  readonly loading: string;
  readonly empty: string;
  readonly entries: string;
  readonly namespaces: string;
  readonly size: string;
  readonly bytes: string;
  readonly backups: string;
  readonly findings: string;
  readonly byNamespace: string;
  readonly otherNamespaces: string;
  readonly growth: string;
  readonly growthNote: string;
  readonly activity: string;
  readonly activityNote: string;
  readonly largest: string;
  readonly oldest: string;
  readonly noBackups: string;
  readonly noFindings: string;
  readonly asTable: string;
  readonly namespace: string;
  readonly key: string;
  readonly changed: string;
  readonly time: string;
  readonly kind: string;
  readonly full: string;
  readonly incremental: string;
  readonly rule: string;
  readonly count: string;
  readonly measure: string;
}

export type ToPage =
  | { readonly kind: "texts"; readonly texts: OverviewTexts }
  | { readonly kind: "data"; readonly data: OverviewData }
  | { readonly kind: "failed"; readonly message: string };

/** A mark that was chosen, or a wish. */
export type FromPage =
  | { readonly kind: "ready"; readonly store: string | undefined }
  | { readonly kind: "refresh" }
  | { readonly kind: "showStore"; readonly store: string }
  | { readonly kind: "showNamespace"; readonly namespace: string }
  | { readonly kind: "showEntry"; readonly namespace: string; readonly key: string }
  | { readonly kind: "showBackup"; readonly id: string }
  | { readonly kind: "showFindings"; readonly rule: string };
