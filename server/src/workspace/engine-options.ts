import type { StateConfiguration } from "../config/types.ts";
import type { EngineOptions } from "../engine/engine.ts";

/** What the engine needs of a configuration. State that is switched off lives in memory. */
export function engineOptions(configuration: StateConfiguration): EngineOptions {
  const { enabled, backend, postgres } = configuration;
  return {
    backend: enabled ? backend : "memory",
    ...(enabled && postgres !== undefined ? { postgres } : {}),
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
