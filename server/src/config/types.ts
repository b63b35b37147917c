import type { LuaSettings } from "./lua.ts";

/** 0-based line and UTF-16 character, as LSP has them. */
export interface ConfigPosition {
  readonly line: number;
  readonly character: number;
}

export interface ConfigRange {
  readonly start: ConfigPosition;
  readonly end: ConfigPosition;
}

export type ConfigRule =
  | "config-syntax"
  | "config-value"
  | "config-unknown-key"
  | "config-unset-variable";

/** One thing that is wrong in a configuration file. */
export interface ConfigProblem {
  readonly rule: ConfigRule;
  readonly message: string;
  /** What to do about it. */
  readonly next: string;
  readonly file: string;
  readonly range: ConfigRange;
  /** What was most likely meant, to be written at `range` instead. */
  readonly replacement?: string;
  /** Of `config-unknown-key`: what is not known. An unknown rule changes nothing of the state. */
  readonly unknown?: "setting" | "rule";
}

export type Severity = "off" | "hint" | "information" | "warning" | "error";

/** The lists of `[state.rules]`; `*` in a name stands for any text. */
export interface NameLists {
  readonly allowedNamespaces: readonly string[];
  readonly forbiddenNamespaces: readonly string[];
  readonly allowedKeys: readonly string[];
  readonly forbiddenKeys: readonly string[];
}

/** How to reach a store in a database. The URLs are secrets. */
export interface DatabaseSettings {
  readonly url: string;
  readonly listenUrl?: string;
  readonly schema: string;
  readonly store: string;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** The effective settings: what the file says, with the defaults of the contract for the rest. */
export interface StateConfiguration {
  /** The file they came from; undefined when there is none. */
  readonly file: string | undefined;
  readonly enabled: boolean;
  readonly backend: "sqlite" | "memory" | "postgres";
  /** Where the database is; there with backend "postgres" alone. */
  readonly postgres?: DatabaseSettings;
  /** Absolute path of the state folder. */
  readonly path: string;
  readonly migrationEnabled: boolean;
  readonly schemaVersion: string;
  /** Absolute path of the folder of migration files. */
  readonly migrations: string;
  readonly backupEnabled: boolean;
  readonly backupRetentionDays: number;
  /** Absolute path of the folder of backups. */
  readonly backupDir: string;
  /** undefined: no limit. */
  readonly maxBackups: number | undefined;
  readonly durability: "normal" | "full";
  readonly historyLimit: number;
  readonly maxValueBytes: number;
  /** Severity by rule code, where the file sets one. */
  readonly rules: Readonly<Record<string, Severity>>;
  /** Names that `vague-namespace` and `vague-key` let pass, and names that they always report. */
  readonly nameLists: NameLists;
  /** What other tables say of running scripts; absent where they say nothing. */
  readonly lua?: LuaSettings;
}

/** What a configuration depends on beside its text. */
export interface ConfigContext {
  /** Absolute path of the workspace folder. */
  readonly workspaceFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** false: environment variables are not read, and every folder must lie in the workspace folder. */
  readonly trusted: boolean;
  /** Codes of all rules, to find slips in `[state.rules]`; absent: any name is taken. */
  readonly knownRules?: readonly string[];
}

/**
 * A configuration, or why there is none. Problems of rule `config-unknown-key` leave it usable;
 * with any other there is no configuration: nothing is opened on a guess.
 */
export interface LoadedConfiguration {
  readonly file: string | undefined;
  readonly configuration: StateConfiguration | undefined;
  readonly problems: readonly ConfigProblem[];
}
