import {
  boolean,
  choice,
  databaseUrl,
  folder,
  integer,
  type Kind,
  label,
  secondsAsDays,
  sqlName,
  version,
} from "./kinds.ts";

/** Where a setting stands in one of the two tables, and what it may be there. */
interface Place<T> {
  readonly path: readonly string[];
  readonly kind: Kind<T>;
}

/** One setting, in the guide's table, in rs-llmspell's, or in both. */
export interface Setting<T> {
  readonly state?: Place<T>;
  readonly runtime?: Place<T>;
  /** As it would be written in the file; for people. */
  readonly fallback: string;
  readonly doc: string;
}

function setting<T>(
  kind: Kind<T>,
  state: string | undefined,
  runtime: string | undefined,
  fallback: string,
  doc: string,
  runtimeKind: Kind<T> = kind,
): Setting<T> {
  return {
    ...(state === undefined ? {} : { state: { path: [state], kind } }),
    ...(runtime === undefined ? {} : { runtime: { path: runtime.split("."), kind: runtimeKind } }),
    fallback,
    doc,
  };
}

export const STATE_TABLE: readonly string[] = ["state"];
export const RUNTIME_TABLE: readonly string[] = ["runtime", "state_persistence"];

const WITHOUT_TABLE = "true without a configuration, false where a table exists that does not say";

/** Every setting of the two tables; checks, completion, hovers and the docs' table follow it. */
export const SETTINGS = {
  enabled: setting(
    boolean,
    "enabled",
    "enabled",
    "true",
    "Off: reads and writes go to memory for the run, and nothing is stored.",
  ),
  backend: setting(
    choice("disk", "sqlite", "memory", "postgres"),
    "backend",
    "backend_type",
    '"disk"',
    'Which store: "disk" and "sqlite" are the same, "memory" keeps nothing, "postgres" is a database that others share.',
  ),
  path: setting(
    folder,
    "path",
    undefined,
    '"./state"',
    "Folder of the store, relative to the workspace folder.",
  ),
  migrationEnabled: setting(
    boolean,
    "migration_enabled",
    "migration_enabled",
    WITHOUT_TABLE,
    "Whether scripts have `State.migrate` and its companions.",
  ),
  schemaVersion: setting(
    version,
    "schema_version",
    undefined,
    '"1.0.0"',
    "Schema version that a new store starts at; afterwards only a migration changes it.",
  ),
  migrations: setting(
    folder,
    "migrations",
    "schema_directory",
    '"./migrations"',
    "Folder of the migration files, relative to the workspace folder.",
  ),
  backupEnabled: setting(
    boolean,
    "backup_enabled",
    "backup_enabled",
    WITHOUT_TABLE,
    "Whether scripts have `State.create_backup` and its companions.",
  ),
  backupRetentionDays: setting(
    integer(1),
    "backup_retention_days",
    "backup.max_backup_age",
    "30",
    "How long backups are kept: days in [state], seconds in [runtime.state_persistence.backup].",
    secondsAsDays,
  ),
  backupDir: setting(
    folder,
    "backup_dir",
    "backup.backup_dir",
    '"backups" in the folder of the store',
    "Folder of the backups, relative to the workspace folder.",
  ),
  maxBackups: setting(
    integer(1),
    "max_backups",
    "backup.max_backups",
    "no limit",
    "How many backups are kept.",
  ),
  durability: setting(
    choice("normal", "full"),
    "durability",
    undefined,
    '"normal"',
    'SQLite\'s synchronous mode: "full" survives a power cut after every write, "normal" may lose the last ones.',
  ),
  historyLimit: setting(
    integer(0),
    "history_limit",
    undefined,
    "20",
    "Earlier values kept per key; 0 keeps none.",
  ),
  maxValueBytes: setting(
    integer(1),
    "max_value_bytes",
    "max_state_size_bytes",
    "1048576",
    "Largest value, in bytes of JSON; a larger one is refused.",
  ),
  url: setting(
    databaseUrl,
    "url",
    undefined,
    `"\${STATE_DATABASE_URL}"`,
    "URL of the PostgreSQL database; its password stands in the environment or in the editor's secret storage, not here.",
  ),
  listenUrl: setting(
    databaseUrl,
    "listen_url",
    undefined,
    "the same as `url`",
    "URL of the database server itself, for its notifications, where `url` is a pooler's.",
  ),
  schema: setting(
    sqlName,
    "schema",
    undefined,
    '"llmspell_state"',
    "PostgreSQL schema of the tables.",
  ),
  store: setting(
    label,
    "store",
    undefined,
    '"default"',
    "Which of the stores that share the tables of a PostgreSQL database.",
  ),
  poolSize: setting(
    integer(2),
    "pool_size",
    undefined,
    "4",
    "Connections to a PostgreSQL database at most, in each process.",
  ),
  connectTimeoutMs: setting(
    integer(1),
    "connect_timeout_ms",
    undefined,
    "5000",
    "How long a connection to a PostgreSQL database may take, in ms.",
  ),
  requestTimeoutMs: setting(
    integer(1),
    "request_timeout_ms",
    undefined,
    "5000",
    "After so many ms a call of a PostgreSQL database is cancelled.",
  ),
} as const;

/** Known to rs-llmspell and of no meaning here: neither read nor reported. */
export const RUNTIME_ONLY: readonly (readonly string[])[] = [
  ["backup_on_migration"],
  ["backup", "compression_enabled"],
  ["backup", "compression_type"],
  ["backup", "compression_level"],
  ["backup", "incremental_enabled"],
];
