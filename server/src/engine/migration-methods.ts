import { backupPlace } from "./backup/place.ts";
import { tidySafetyBackups } from "./backup/retention.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import type { MigrationLanguage } from "./migration/compile.ts";
import { type Migrations, migrate, planMigration, schemaStatus } from "./migration/migrate.ts";
import type { Store } from "./types.ts";

type MigrationMethods = Pick<Engine, "schemaStatus" | "planMigration" | "migrate">;

/** The engine's methods about migrations, over a store. */
export function migrationMethods(
  store: Store,
  options: EngineOptions,
  languages: readonly MigrationLanguage[],
): MigrationMethods {
  const place = backupPlace(options);
  const retention = { days: options.backupRetentionDays, count: options.maxBackups };
  const migrations: Migrations = { folder: options.migrations, languages };
  return {
    schemaStatus: () => schemaStatus(store, migrations),
    planMigration: (version, { limit = Number.POSITIVE_INFINITY } = {}, control) =>
      planMigration(store, place, migrations, version, limit, control),
    migrate: async (version, control) => {
      const outcome = await migrate(store, place, migrations, version, control);
      await tidySafetyBackups(place, retention, outcome.backupId);
      return outcome;
    },
  };
}
