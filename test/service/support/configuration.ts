import { NO_NAMES } from "../../../server/src/config/name-lists.ts";
import type { StateConfiguration } from "../../../server/src/config/types.ts";

/** The contract's defaults, with what a test changes. */
export function configuration(changes: Partial<StateConfiguration> = {}): StateConfiguration {
  return {
    file: "/work/llmspell.toml",
    enabled: true,
    backend: "sqlite",
    path: "/work/state",
    migrationEnabled: true,
    schemaVersion: "1.0.0",
    migrations: "/work/migrations",
    backupEnabled: true,
    backupRetentionDays: 30,
    backupDir: "/work/state/backups",
    maxBackups: undefined,
    durability: "normal",
    historyLimit: 20,
    maxValueBytes: 1_048_576,
    rules: {},
    nameLists: NO_NAMES,
    ...changes,
  };
}
