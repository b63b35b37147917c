import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CreateFile, TextDocumentEdit } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { difference } from "../../../shared/src/difference.ts";
import { StateError } from "../../../shared/src/errors.ts";
import type {
  BackupRetention,
  PlanRetentionParams,
  RetentionPlan,
} from "../../../shared/src/protocol.ts";
import { withRetention } from "../config/retention.ts";
import type { StateConfiguration } from "../config/types.ts";
import type { StateFolder } from "../workspace/folder.ts";
import { documentAt } from "./code-action.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { rangeOf } from "./positions.ts";

/** llmspellState/planRetention */
export async function planRetention(
  context: ServerContext,
  { store, days, count }: PlanRetentionParams,
): Promise<RetentionPlan> {
  requireTrust(context, "changing the configuration");
  const folder = storeFolder(context, store);
  const before = folder.usableConfiguration();
  const file = folder.configurationFile ?? join(folder.path, "llmspell.toml");
  const present = await documentAt(context, file);
  const document = present ?? TextDocument.create(pathToFileURL(file).href, "toml", 0, "");
  const wish = {
    ...(days === undefined ? {} : { days }),
    ...(count === undefined ? {} : { count }),
  };
  const text = document.getText();
  const wanted = { ...limitsOf(before), ...wish };
  const edited = rewrites(before, text, wish).find((candidate) =>
    gives(folder, candidate, file, { ...wanted, ...featuresOf(before) }),
  );
  if (edited === undefined) throw impossible(file);
  const { uri, version } = document;
  const { start, end, text: newText } = difference(text, edited);
  const edits = [{ range: rangeOf(document, { start, end }), newText }];
  const change: TextDocumentEdit = {
    textDocument: { uri, version: present === undefined || version === 0 ? null : version },
    edits,
  };
  const creation: readonly CreateFile[] = present === undefined ? [{ kind: "create", uri }] : [];
  return { uri, edit: { documentChanges: [...creation, change] } };
}

/** The text with what is wished for; where that alone would take features from scripts, with those too. */
function rewrites(
  { backupEnabled, migrationEnabled }: StateConfiguration,
  text: string,
  wish: Parameters<typeof withRetention>[1],
): readonly string[] {
  const keep = [
    ...(migrationEnabled ? (["migration_enabled"] as const) : []),
    ...(backupEnabled ? (["backup_enabled"] as const) : []),
  ];
  return [withRetention(text, wish, []), withRetention(text, wish, keep)].filter(
    (edited) => edited !== undefined,
  );
}

function limitsOf({ backupRetentionDays, maxBackups }: StateConfiguration): BackupRetention {
  return { days: backupRetentionDays, count: maxBackups ?? null };
}

function featuresOf({ backupEnabled, migrationEnabled }: StateConfiguration) {
  return { backupEnabled, migrationEnabled };
}

/** Whether the configuration would say what is wanted, and leave to scripts what they have. */
function gives(
  folder: StateFolder,
  text: string,
  file: string,
  wanted: ReturnType<typeof limitsOf> & ReturnType<typeof featuresOf>,
): boolean {
  const { configuration } = folder.judge(text, file);
  if (configuration === undefined) return false;
  const after = { ...limitsOf(configuration), ...featuresOf(configuration) };
  return (Object.keys(wanted) as (keyof typeof wanted)[]).every(
    (name) => after[name] === wanted[name],
  );
}

function impossible(file: string): StateError {
  return new StateError(
    "edit-impossible",
    `The limits for backups cannot be put into ${file} without changing more of it.`,
    "Set `backup_retention_days` and `max_backups` there yourself.",
  );
}
