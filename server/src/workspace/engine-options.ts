import type { StateConfiguration } from "../config/types.ts";
import type { EngineOptions } from "../engine/engine.ts";

/** What the engine needs of a configuration. State that is switched off lives in memory. */
export function engineOptions(configuration: StateConfiguration): EngineOptions {
  return {
    backend: configuration.enabled ? configuration.backend : "memory",
    folder: configuration.path,
    durability: configuration.durability,
    historyLimit: configuration.historyLimit,
    maxValueBytes: configuration.maxValueBytes,
    schemaVersion: configuration.schemaVersion,
    backupDir: configuration.backupDir,
    backupRetentionDays: configuration.backupRetentionDays,
    maxBackups: configuration.maxBackups,
    migrations: configuration.migrations,
  };
}
