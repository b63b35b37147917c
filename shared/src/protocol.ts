/**
 * Custom messages between client and server, beside LSP itself. Every request names its `store`:
 * an id that stands for one workspace folder's store. Times are milliseconds since 1970, sizes are
 * bytes of UTF-8 JSON, values are JSON text exact to the bit (floats with `.0` or an exponent).
 * A request that fails answers with a JSON-RPC error whose `data` is a `Problem`.
 */
import type { Problem } from "./errors.ts";

/** A request's method with its parameter and result types (types only; nothing at run time). */
export interface RequestType<P, R> {
  readonly method: string;
  readonly _?: [P, R];
}
/** A notification's method with its parameter type. */
export interface NotificationType<P> {
  readonly method: string;
  readonly _?: P;
}

function request<P, R>(method: string): RequestType<P, R> {
  return { method: `llmspellState/${method}` };
}
function notification<P>(method: string): NotificationType<P> {
  return { method: `llmspellState/${method}` };
}

/** JSON-RPC error code of every failure whose `data` is a `Problem`. */
export const PROBLEM_ERROR_CODE = -32010;

/** What a server is told in `initializationOptions`. */
export interface InitializationOptions {
  /** false: no scripts, no writes, no store outside the folder, no environment variables. Default true. */
  trusted?: boolean;
  /** The setting `llmspellState.configFile`: a file used instead of the discovered one. */
  configFile?: string;
  /**
   * The setting `llmspellState.rules`: severities by rule. Followed while the server runs, by
   * `workspace/didChangeConfiguration`.
   */
  rules?: Record<string, unknown>;
  /** Another server checks the same files for syntax errors, so that ours need not be shown. Default false. */
  luaLanguageServer?: boolean;
  /**
   * The other server was given our description of State (`luaLibrary`), so that functions, their
   * parameters and documentation are left to it. Default false.
   */
  luaLibrary?: boolean;
  /** Findings in scripts that are not open. Default "on". */
  workspaceDiagnostics?: "off" | "on";
  /** Live values at the end of loads. Default "on". */
  inlayHints?: "off" | "on";
  /** Counts and values above calls of State. Default "on". */
  codeLenses?: "off" | "on";
  /** Colours for namespaces and keys; "off" where another server colours the same files. Default "on". */
  semanticTokens?: "off" | "on";
  /**
   * How scripts are run: by which Lua (default "lua54"), and the names of the environment variables that
   * `os.getenv` gives them (default none).
   */
  runner?: { runtime?: "lua54" | "fengari"; env?: string[] };
  /** Absolute path of the llmspell program; default: the first on PATH. */
  llmspellPath?: string;
  /** The client has the commands `llmspellState.*` and the documents `llmspell-state:`. Default false. */
  commandLinks?: boolean;
  /** Globs of scripts that are left alone, beside what `.gitignore` files name. */
  exclude?: string[];
  /** Scripts of more lines are understood beside all others, which they would keep waiting. Default 1000. */
  longScripts?: number;
  /** Absolute path of a folder for what may be found out again, for a faster next start. */
  cacheFolder?: string;
}

export interface StoreParams {
  store: string;
}

/** One workspace folder's store. */
export interface StoreInfo {
  store: string;
  /** The folder's name, for people. */
  name: string;
  /** The folder's URI. */
  folder: string;
  backend: "sqlite" | "memory" | "postgres";
  /** The folder of the store on disk; `HOST:PORT/DATABASE` of one in a database. */
  path: string;
  /** Others work on it too: in a database. */
  shared?: boolean;
  /** Whether anything was ever written there. Looking creates nothing. */
  exists: boolean;
  schemaVersion: string;
  /** How long backups are kept, and how many; absent where the configuration cannot be used. */
  retention?: BackupRetention;
  /** Migrations lead from what is stored to `schemaVersion`, and were not applied yet. */
  migrationPending?: true;
  /** Why the store or its configuration cannot be used now, if so. */
  problem?: Problem;
}

export interface BackupRetention {
  days: number;
  /** null: no limit. */
  count: number | null;
}

/** The stores of all workspace folders, in the folders' order. */
export const storesRequest = request<Record<string, never>, StoreInfo[]>("stores");

export interface NamespaceSummary {
  namespace: string;
  /** How many keys it holds. */
  keys: number;
  /** Their values' size together. */
  bytes: number;
  /** The newest change among them. */
  updatedAt: number;
}

/** Namespaces that hold at least one key, ascending by bytes. */
export const namespacesRequest = request<StoreParams, NamespaceSummary[]>("namespaces");

export type ValueType = "string" | "integer" | "float" | "boolean" | "array" | "object";

export interface EntrySummary {
  key: string;
  type: ValueType;
  bytes: number;
  revision: number;
  updatedAt: number;
  /** One short line of the value, masked where sensitive. */
  preview: string;
}

export interface EntriesParams extends StoreParams {
  namespace: string;
  /** Only keys that start so. */
  prefix?: string;
  /** Only keys after this one, by UTF-8 bytes. */
  after?: string;
  /** At most this many; the server's bound is 1,000. */
  limit?: number;
}

export interface EntriesPage {
  entries: EntrySummary[];
  /** Pass as `after` for the next page; absent at the end. */
  next?: string;
}

/** Keys of a namespace in pages, ascending by UTF-8 bytes. */
export const entriesRequest = request<EntriesParams, EntriesPage>("entries");

export interface ChildrenParams extends StoreParams {
  namespace: string;
  /** Ends with `:`; without one, of the whole namespace. */
  prefix?: string;
  /** `next` of the page before. */
  after?: string;
  /** Only up to this `next` of a later page. */
  until?: string;
  /** At most this many; the server's bound is 1,000. */
  limit?: number;
}

/** An entry, or keys that share their next segment at `:`; `keys` is exact unless there are `more`. */
export type KeyChild =
  | ({ kind: "entry" } & EntrySummary)
  | { kind: "group"; prefix: string; keys: number; more?: true; updatedAt?: number };

export interface KeyChildren {
  children: KeyChild[];
  /** Pass as `after` for the next page; absent at the end. */
  next?: string;
}

/** Keys of a namespace as a tree of segments, a level at a time, in pages. */
export const childrenRequest = request<ChildrenParams, KeyChildren>("children");

export interface SearchParams extends StoreParams {
  /** Only in this namespace; and there, only keys that start with `prefix`. */
  namespace?: string;
  prefix?: string;
  /** A part of `NAMESPACE/KEY`, or of the value as JSON; upper and lower case are the same. */
  text?: string;
  /** Default "names". */
  where?: "names" | "values";
  types?: ValueType[];
  /** Default "name": by namespace and key. */
  sort?: "name" | "newest" | "largest";
  /** At most this many, 200 by default; the server's bound is 1,000. */
  limit?: number;
}

export interface FoundEntry extends EntrySummary {
  namespace: string;
}

export interface SearchResult {
  entries: FoundEntry[];
  /** There are others beyond the limit. */
  more: boolean;
  /** How many entries were looked at. */
  examined: number;
}

/** Entries that fit. It may look at all of them: it can be cancelled. Masked parts are not searched. */
export const searchRequest = request<SearchParams, SearchResult>("search");

export interface ReadParams extends StoreParams {
  namespace: string;
  key: string;
  /** Show sensitive values too: the user asked for this one. */
  reveal?: boolean;
  /** How the value is written. Default "json". */
  format?: "json" | "lua";
}

export interface ReadResult {
  key: string;
  /** JSON text, indented for reading, or Lua source; sensitive parts replaced when `masked`. */
  value: string;
  masked: boolean;
  type: ValueType;
  bytes: number;
  revision: number;
  createdAt: number;
  updatedAt: number;
  /** Who wrote it last, e.g. `script:chat.lua`, `cli`, `tree`. */
  origin: string;
}

/** One entry with its value; null when nothing is stored there. */
export const readRequest = request<ReadParams, ReadResult | null>("read");

export interface EntryParams extends StoreParams {
  namespace: string;
  key: string;
}

export interface ValueSchemaResult {
  /**
   * JSON Schema for completion and hovers in the value's document: what scripts save there, what other
   * entries of its pattern look like, and what is stored. It allows every value. Nothing sensitive is in it.
   */
  schema: string;
}

/** What is known of the form of one entry's value, stored or not. */
export const valueSchemaRequest = request<EntryParams, ValueSchemaResult>("valueSchema");

export interface CheckValueParams extends EntryParams {
  /** The value's document as it is being edited. */
  text: string;
}

/** A part of a value's document that is other than what is known of such values. 0-based, UTF-16. */
export interface ValueMismatch {
  range: { start: ScriptPosition; end: ScriptPosition };
  message: string;
}

/** What stands out in a value before it is saved: hints, it could be stored all the same. */
export const checkValueRequest = request<CheckValueParams, ValueMismatch[]>("checkValue");

export interface WriteParams extends StoreParams {
  namespace: string;
  key: string;
  /** JSON text, or Lua: one value as a script would write it, without anything to be run. */
  value: string;
  /** By default `json`. */
  format?: "json" | "lua";
  /** The revision that was read; 0: it must not exist. The write is refused if the entry moved on. */
  ifRevision?: number;
}

/** Saves one value. Refused with code `conflict` when `ifRevision` is no longer the entry's. */
export const writeRequest = request<WriteParams, { revision: number }>("write");

export interface DeleteParams extends StoreParams {
  namespace: string;
  key: string;
  ifRevision?: number;
}

/** Deletes one entry; null when there was none. */
export const deleteRequest = request<DeleteParams, { revision: number } | null>("delete");

export interface ExportEntriesParams extends StoreParams {
  /** Absolute path of the file that is written. */
  file: string;
  /** Only these; by default everything. */
  parts?: StatePart[];
  workDoneToken?: string | number;
}

/** Writes entries to a file as JSON lines, one each; secrets in full. Can be cancelled. */
export const exportEntriesRequest = request<ExportEntriesParams, { exported: number }>(
  "exportEntries",
);

export interface ImportEntriesParams extends StoreParams {
  /** Absolute path of a file of JSON lines, as an export writes it. */
  file: string;
  /** Say what would change, and change nothing. */
  dryRun?: boolean;
  workDoneToken?: string | number;
}

export interface ImportEntriesResult extends DiffResult {
  /** The backup made just before; null when nothing was overwritten. */
  backupId: string | null;
}

/** Takes entries in from a file, all or nothing; what the file does not have stays. Can be cancelled. */
export const importEntriesRequest = request<ImportEntriesParams, ImportEntriesResult>(
  "importEntries",
);

/** One entry, the keys of a namespace that start with a prefix, or all of the namespace. */
export interface StatePart {
  namespace: string;
  key?: string;
  prefix?: string;
}

export interface DeleteEntriesParams extends StoreParams {
  parts: StatePart[];
  /** Say what would go, and delete nothing. */
  dryRun?: boolean;
}

export interface DeleteEntriesResult {
  total: number;
  /** The first 200. */
  entries: { namespace: string; key: string }[];
}

/** Deletes several entries in one transaction; those that are not there any more are none. */
export const deleteEntriesRequest = request<DeleteEntriesParams, DeleteEntriesResult>(
  "deleteEntries",
);

/** One thing that happened to a key. */
export interface HistoryEntry {
  op: "save" | "delete";
  revision: number;
  at: number;
  origin: string;
  /** What was saved, as indented JSON, masked where sensitive; absent for a deletion. */
  value?: string;
}

/** What happened to a key, newest first, what is now first. */
export const historyRequest = request<EntryParams, HistoryEntry[]>("history");

export interface UndoParams extends EntryParams {
  /** The revision to go back to; by default one step back, a second time one further. */
  to?: number;
}

/** Saves an earlier value again, also of a key that was deleted. */
export const undoRequest = request<UndoParams, { revision: number }>("undo");

/** A position in a script: 0-based lines, UTF-16 characters. */
export interface ScriptPosition {
  line: number;
  character: number;
}

/** Where a script touches an entry or namespace. */
export interface ScriptReference {
  uri: string;
  range: { start: ScriptPosition; end: ScriptPosition };
  access: "read" | "write" | "delete" | "list";
  /** The function that does it, where it has a name. */
  function?: string;
  /** The name is computed there and may be this one. */
  uncertain?: true;
}

export interface ReferencesParams extends StoreParams {
  namespace: string;
  /** Without one: of the namespace. */
  key?: string;
}

export interface ReferencesResult {
  /** By file and place. */
  references: ScriptReference[];
  /** false: scripts are still being read, there may be more. */
  complete: boolean;
}

/** Where the workspace's scripts touch an entry or a namespace. */
export const referencesRequest = request<ReferencesParams, ReferencesResult>("references");

export interface RenameParams extends StoreParams {
  namespace: string;
  /** Without one, and without a `prefix`, the namespace is renamed. */
  key?: string;
  /** All keys that begin so get another beginning. */
  prefix?: string;
  /** The new name of the key, or of the namespace; the new beginning of the keys. */
  to: string;
}

export interface RenameEntriesParams extends RenameParams {
  /** Only entries that were saved after this revision: takes an earlier renaming back, and no more. */
  since?: number;
  workDoneToken?: string | number;
}

export interface RenameEntriesResult {
  renamed: number;
  /** The store's revision before. */
  since: number;
}

export interface RenamePlan {
  /** An LSP WorkspaceEdit: what changes in scripts. Doubtful changes ask for confirmation. */
  edit: unknown;
  /** How many changes it makes, and in how many scripts. */
  changes: number;
  files: number;
  /** false: some scripts were not read, and may use the name. */
  complete: boolean;
  data: {
    /** Entries that would be renamed. */
    entries: number;
    /** Entries that have the new name, or lie under it: with any, the data cannot be renamed. */
    conflicts: number;
    /** The first key in the way of keys. */
    conflict?: string;
  };
}

/** What renaming keys or a namespace would do; nothing is changed. Refused with `invalid-key` and the like. */
export const planRenameRequest = request<RenameParams, RenamePlan>("planRename");

/** Renames stored data only, in one transaction. Refused with `target-exists`, `missing-entry`. Can be cancelled. */
export const renameEntriesRequest = request<RenameEntriesParams, RenameEntriesResult>(
  "renameEntries",
);

export interface BackupSummary {
  id: string;
  kind: "full" | "incremental";
  parentId?: string;
  /** Asked for; or made by itself, for safety, before a change of much at once. */
  reason: "asked" | "before-restore" | "before-migration" | "before-deletion";
  createdAt: number;
  /** Entries it holds; of an incremental one, what changed, deletions too. */
  entries: number;
  sizeBytes: number;
  schemaVersion: string;
  /** The last verification's verdict; absent when it was never verified. */
  verified?: boolean;
}

/** The backups of a store, newest first. */
export const backupsRequest = request<StoreParams, BackupSummary[]>("backups");

export interface CreateBackupParams extends StoreParams {
  incremental?: boolean;
  workDoneToken?: string | number;
}

export interface CreatedBackupSummary extends BackupSummary {
  /** Why a full backup was made where an incremental one was asked for. */
  note?: string;
}

/** Backs the state up as it is now. Reports progress to `workDoneToken`; can be cancelled. */
export const createBackupRequest = request<CreateBackupParams, CreatedBackupSummary>(
  "createBackup",
);

export interface BackupParams extends StoreParams {
  id: string;
  workDoneToken?: string | number;
}

export interface VerifyBackupParams extends BackupParams {
  /** Manifests, the chain and sizes only. */
  quick?: boolean;
}

/** Verifies every byte and entry of a backup, without restoring it. */
export const verifyBackupRequest = request<
  VerifyBackupParams,
  { isValid: boolean; errors: string[] }
>("verifyBackup");

/** A part of the state: these namespaces and these keys; of neither any, all of it. */
export interface PartParams {
  namespaces?: string[];
  keys?: { namespace: string; key: string }[];
}

/** One difference: `before` is what is stored now, `after` what the backup holds; masked, shortened. */
export interface ChangePreview {
  op: "save" | "delete";
  namespace: string;
  key: string;
  before?: string;
  after?: string;
}

export interface DiffResult {
  changes: ChangePreview[];
  /** How many there are altogether; `changes` holds the first 1,000. */
  total: number;
}

export interface DiffBackupParams extends BackupParams, PartParams {
  /** Another backup's id: what leads from `id` to it, instead of what a restore would change now. */
  to?: string;
}

/** What restoring a backup, or a part of it, would change now. */
export const diffBackupRequest = request<DiffBackupParams, DiffResult>("diffBackup");

export interface RestoreResult {
  entriesRestored: number;
  /** How many entries were changed by it. */
  changed: number;
  /** The backup made just before; null when there was nothing to save. */
  safetyBackupId: string | null;
  /** Where the damaged state is kept in whose place the backup is now; else absent. */
  setAside?: string;
}

export interface RestoreBackupParams extends BackupParams, PartParams {
  /** The state is damaged: keep its file under another name, and begin anew with all of the backup. */
  setAside?: boolean;
}

/**
 * Makes the state, or a part of it, exactly what the backup holds, in one transaction, after a
 * safety backup.
 */
export const restoreBackupRequest = request<RestoreBackupParams, RestoreResult>("restoreBackup");

/** Deletes one backup. Refused with `backup-has-children` while others build on it. */
export const deleteBackupRequest = request<BackupParams, null>("deleteBackup");

export interface ExportBackupParams extends StoreParams {
  id: string;
  /** Absolute path of the folder that the files are copied to. */
  folder: string;
  workDoneToken?: string | number;
}

/** Copies a backup and those it builds on to a folder, checked. Gives the ids that were not there yet. */
export const exportBackupRequest = request<ExportBackupParams, { ids: string[] }>("exportBackup");

export interface ImportBackupParams extends StoreParams {
  /** Absolute path of one file of the backup; the others lie beside it. */
  file: string;
  workDoneToken?: string | number;
}

/** Takes a backup and those it builds on in from a folder, checked. Gives the ids that were new. */
export const importBackupRequest = request<ImportBackupParams, { ids: string[] }>("importBackup");

export interface PruneBackupsParams extends StoreParams {
  /** Say what would go, and delete nothing. */
  dryRun?: boolean;
  /** Older ones may go; by default as configured. */
  days?: number;
  /** Those beyond the newest so many may go; by default as configured. */
  count?: number;
  workDoneToken?: string | number;
}

export interface PruneResult {
  /** Ids of what went or would go, oldest first. */
  deleted: string[];
  retained: string[];
  spaceFreed: number;
}

/** Deletes what is too old or too many; never what another backup builds on, never the newest good one. */
export const pruneBackupsRequest = request<PruneBackupsParams, PruneResult>("pruneBackups");

/** What is absent stays as it is. */
export interface PlanRetentionParams extends StoreParams, Partial<BackupRetention> {}

export interface RetentionPlan {
  /** URI of the configuration file, which may not exist yet. */
  uri: string;
  /** An LSP WorkspaceEdit of that file. */
  edit: unknown;
}

/**
 * The edit of the configuration that makes these the limits for backups; nothing is changed. Refused
 * with `config-...` and `edit-impossible`.
 */
export const planRetentionRequest = request<PlanRetentionParams, RetentionPlan>("planRetention");

export interface MigrationParams extends StoreParams {
  /** The version to migrate to; by default the configured `schema_version`. */
  version?: string;
  workDoneToken?: string | number;
}

export interface PlannedStep {
  /** Name of the migration's file. */
  file: string;
  from: string;
  to: string;
  description?: string;
  /** What it does, a line for each step; empty when only its code says it. */
  steps: string[];
  /** How many entries it changes, renames or drops. */
  changed: number;
  /** Some of them, as they come to this migration and as it leaves them; null: dropped. */
  samples: { before: SampledEntry; after: SampledEntry | null }[];
}

export interface SampledEntry {
  namespace: string;
  key: string;
  /** One line, masked and shortened. */
  value: string;
}

export interface MigrationPlanResult {
  from: string;
  to: string;
  migrations: PlannedStep[];
  itemsMigrated: number;
  /** The first 1,000 changes, masked and shortened. */
  changes: ChangePreview[];
  total: number;
}

/** What migrating would do; nothing is changed. */
export const planMigrationRequest = request<MigrationParams, MigrationPlanResult>("planMigration");

export interface MigrateResult {
  from: string;
  to: string;
  itemsMigrated: number;
  durationMs: number;
  /** The backup made just before; null when nothing was stored. */
  backupId: string | null;
}

/** Migrates in one transaction, after a backup; any error leaves store and version as they were. */
export const migrateRequest = request<MigrationParams, MigrateResult>("migrate");

export interface RunScriptParams {
  /** The script's URI; without `source` its text on disk is run. */
  uri: string;
  /** Run this text in the script's place: a selection, or what is not saved. */
  source?: string;
  /** 0-based line of the document that `source` begins in: what is said of lines counts from there. */
  line?: number;
  /** Chosen by the caller; names the run in `scriptOutput` and `cancelScript`. */
  runId: string;
  args?: string[];
  /** Milliseconds; the server's default is 60,000. */
  timeout?: number;
  /**
   * Change nothing: what it saves is seen by the script alone. Its changes can be made by `applyRun`
   * until `discardRun`, another dry run of the script, or the server's end.
   */
  dryRun?: boolean;
  /**
   * Run the file with the real llmspell program, `llmspell run FILE -- ARGS`: for scripts that need
   * Agent, Tool and its other globals. Refused with `no-llmspell` where there is none, and with
   * `unsupported` for a dry run or `source`. What it stores is in its own state.
   */
  withLlmspell?: boolean;
}

export interface ScriptError {
  code: string;
  message: string;
  /** Path of the script the error is in. */
  file?: string;
  /** 1-based. */
  line?: number;
  traceback?: string;
  /** The global of the llmspell program that the script wanted and this runner has not. */
  missingGlobal?: string;
  /** With `missingGlobal`: there is a llmspell program, so that `withLlmspell` would run it. */
  llmspellFound?: boolean;
}

export interface RunScriptResult {
  ok: boolean;
  error?: ScriptError;
  /** State calls: how many read, how many wrote. */
  reads: number;
  writes: number;
  durationMs: number;
  /** What it changed, one per entry, in the order of the first change; masked, shortened. */
  changes: ChangePreview[];
  /** How many more there were. */
  omittedChanges: number;
}

/** Runs a Lua script against its folder's store; answers when it has ended. */
export const runScriptRequest = request<RunScriptParams, RunScriptResult>("runScript");

export interface ApplyRunResult {
  /** How many entries were changed. */
  applied: number;
}

/**
 * Makes the changes of a dry run, all or nothing. Refused with `unknown-run`, with `too-many-changes`,
 * and with `state-moved-on` when the state was changed since the run began: `data.changes` are those
 * changes (ChangePreview[], `after` is what is stored now), `data.total` their number.
 */
export const applyRunRequest = request<{ runId: string }, ApplyRunResult>("applyRun");

/** Forgets the changes of a dry run; one that is not known is none. */
export const discardRunRequest = request<{ runId: string }, null>("discardRun");

export interface RunChangeParams {
  runId: string;
  namespace: string;
  key: string;
}

/** Indented JSON, masked where sensitive; `before` is absent for a new key, `after` for a deleted one. */
export interface RunChangeResult {
  before?: string;
  after?: string;
}

/** One change of one of the newest runs in full; null when nothing is known of it any more. */
export const runChangeRequest = request<RunChangeParams, RunChangeResult | null>("runChange");

/** Ends a run at once; its `runScript` answers with the error `script-cancelled`. */
export const cancelScriptRequest = request<{ runId: string }, null>("cancelScript");

export interface ScriptOutput {
  runId: string;
  text: string;
}

/** What a running script prints, as it does. */
export const scriptOutputNotification = notification<ScriptOutput>("scriptOutput");

/** Shows the page that explains a rule, where the client can show pages. */
export const openRuleRequest = request<{ rule: string }, null>("openRule");

export interface OverviewParams extends StoreParams {
  workDoneToken?: string | number;
}

/** An entry without its value. */
export interface EntryMark {
  namespace: string;
  key: string;
  bytes: number;
  updatedAt: number;
}

/** What is stored by time; buckets that hold nothing are left out. */
export interface TimeBuckets {
  /** How long each bucket lasts, in milliseconds. */
  width: number;
  /** Ascending by their beginning. */
  buckets: { at: number; entries: number; bytes: number }[];
}

export interface OverviewResult {
  entries: number;
  bytes: number;
  /** How many namespaces there are. */
  namespaceCount: number;
  /** The largest by bytes, descending; at most 50. */
  namespaces: NamespaceSummary[];
  /** The largest entries, descending; at most 10. */
  largest: EntryMark[];
  /** Those that were not written for longest; at most 10. */
  oldest: EntryMark[];
  /** What is stored now, by the time it was first written. */
  created: TimeBuckets;
  /** The same, by the time of its last change. */
  changed: TimeBuckets;
}

/** Sizes, times and names of all that is stored. Reports progress to `workDoneToken`; can be cancelled. */
export const overviewRequest = request<OverviewParams, OverviewResult>("overview");

/** One change, without the value. */
export interface Change {
  op: "save" | "delete";
  namespace: string;
  key: string;
  /** Number of the whole store, increasing in commit order. */
  revision: number;
  at: number;
  origin: string;
}

export interface RecentChangesParams extends StoreParams {
  /** By default 100, at most 1,000. */
  limit?: number;
}

/** What happened last, oldest first: as much of it as is still known. */
export const recentChangesRequest = request<RecentChangesParams, Change[]>("recentChanges");

export interface ChangedParams extends StoreParams {
  changes: Change[];
  /** Some changes could not be told one by one: read again whatever is shown. */
  reset: boolean;
}

/** State changed, in this process or another one. */
export const changedNotification = notification<ChangedParams>("changed");

/** The list of stores or their configuration changed: ask for `stores` again. */
export const storesChangedNotification = notification<Record<string, never>>("storesChanged");

/** The list of a store's backups changed: ask for `backups` again. */
export const backupsChangedNotification = notification<StoreParams>("backupsChanged");

export interface LuaLibraryParams extends StoreParams {
  /** With the forms of what is stored now: names and types, no values. */
  types?: boolean;
}

export interface LuaLibraryResult {
  /** A file for the library of LuaLS or EmmyLua. */
  text: string;
  /** How many entries' forms are in it. */
  typed: number;
  /** There are more entries, or larger ones, than were looked at. */
  more: boolean;
}

/** What describes State to other language servers. */
export const luaLibraryRequest = request<LuaLibraryParams, LuaLibraryResult>("luaLibrary");
