import { userInfo } from "node:os";
import { StateError } from "../../../../shared/src/errors.ts";
import { stopIfAborted } from "../backup/faults.ts";
import type { BackupPlace } from "../backup/place.ts";
import { changeSafely } from "../backup/safety.ts";
import type { JobControl } from "../engine.ts";
import type { Store, Transaction } from "../types.ts";
import { type CompiledMigration, compile, DECLARATIVE, type MigrationLanguage } from "./compile.ts";
import { listMigrations, type MigrationFile } from "./folder.ts";
import { checkVersion, findRoute, knownVersions, reachableVersions } from "./route.ts";
import { stagedChanges, stageMigration } from "./stage.ts";
import type { Staging } from "./staging.ts";
import type { MigrationOutcome, MigrationPlan, SchemaStatus } from "./types.ts";

/** Where migrations are, and what runs them. */
export interface Migrations {
  /** Absolute path of the folder, which need not exist; undefined: there are no migrations. */
  readonly folder: string | undefined;
  /** Languages other than the declarative one. */
  readonly languages: readonly MigrationLanguage[];
}

/** Where the schema stands and where migrations lead. @throws StateError `invalid-migration`, `ambiguous-migration` */
export async function schemaStatus(store: Store, migrations: Migrations): Promise<SchemaStatus> {
  const files = await filesOf(migrations);
  const current = checkVersion(await store.schemaVersion());
  const versions = knownVersions(current, files).map(({ text }) => text);
  return {
    current: current.text,
    versions,
    latest: versions.at(-1) ?? current.text,
    targets: reachableVersions(current, files).map(({ text }) => text),
    history: await store.schemaHistory(),
  };
}

/**
 * What migrating to a version would do; nothing is changed.
 * @param limit at most so many changes are told
 * @throws StateError `invalid-version`, `unknown-version`, `migration-gap`, `invalid-migration`,
 * `ambiguous-migration`, `migration-failed`, `migration-collision`, `cancelled`
 */
export async function planMigration(
  store: Store,
  place: BackupPlace,
  migrations: Migrations,
  target: string,
  limit: number,
  control: JobControl = {},
): Promise<MigrationPlan> {
  const { from, to, route } = await routeTo(store, migrations, target);
  return withCompiled(route, migrations, place, async (compiled) => {
    const total = await countEntries(store);
    return store.snapshot(async (snapshot) => {
      const staged = await stageMigration(snapshot, compiled, total, control);
      try {
        return {
          from,
          to,
          migrations: staged.migrations,
          itemsMigrated: staged.staging.count(),
          changes: stagedChanges(staged.staging, originOf(from, to), limit),
          total: staged.staging.total(),
        };
      } finally {
        staged.staging.close();
      }
    });
  });
}

/**
 * Migrates to a version: after a backup, in one transaction, all or nothing; the version changes
 * with the entries. @throws StateError as `planMigration`
 */
export async function migrate(
  store: Store,
  place: BackupPlace,
  migrations: Migrations,
  target: string,
  control: JobControl = {},
): Promise<MigrationOutcome> {
  const started = performance.now();
  const { from, to, route } = await routeTo(store, migrations, target);
  const outcome = (itemsMigrated: number, backupId: string | undefined): MigrationOutcome => ({
    from,
    to,
    itemsMigrated,
    durationMs: performance.now() - started,
    backupId,
  });
  if (route.length === 0) return outcome(0, undefined);
  return withCompiled(route, migrations, place, async (compiled) => {
    const total = await countEntries(store);
    let staging: Staging | undefined;
    try {
      return await changeSafely(
        store,
        place,
        {
          origin: originOf(from, to),
          reason: "before-migration",
          prepare: async (source) => {
            staging?.close();
            staging = undefined;
            ({ staging } = await stageMigration(source, compiled, total, control));
            return staging;
          },
          apply: async (transaction, staged, backupId) => {
            await refuseOtherVersion(transaction, from);
            await apply(transaction, staged, to, control);
            return outcome(staged.count(), backupId);
          },
        },
        control,
      );
    } finally {
      staging?.close();
    }
  });
}

interface Route {
  readonly from: string;
  readonly to: string;
  readonly route: readonly MigrationFile[];
}

async function routeTo(store: Store, migrations: Migrations, target: string): Promise<Route> {
  const wanted = checkVersion(target);
  const current = checkVersion(await store.schemaVersion());
  const route = findRoute(current, wanted, await filesOf(migrations));
  return { from: current.text, to: route.at(-1)?.to.text ?? current.text, route };
}

async function filesOf({ folder, languages }: Migrations): Promise<readonly MigrationFile[]> {
  if (folder === undefined) return [];
  return listMigrations(folder, [DECLARATIVE, ...languages.map(({ extension }) => extension)]);
}

/** All migrations of a route are read before the first entry is: a typo in the last one costs nothing. */
async function withCompiled<T>(
  route: readonly MigrationFile[],
  { languages }: Migrations,
  { maxValueBytes }: BackupPlace,
  work: (compiled: readonly CompiledMigration[]) => Promise<T>,
): Promise<T> {
  const compiled: CompiledMigration[] = [];
  try {
    for (const file of route) compiled.push(await compile(file, languages, maxValueBytes));
    return await work(compiled);
  } finally {
    for (const migration of compiled) await migration.close();
  }
}

async function countEntries(store: Store): Promise<number> {
  return (await store.namespaces()).reduce((sum, { keys }) => sum + keys, 0);
}

/** Says who migrates, too: entries that are changed and the schema's history keep it. */
function originOf(from: string, to: string): string {
  const user = userName();
  return `migrate:${from}:${to}${user === undefined ? "" : ` by ${user}`}`;
}

/** Of the operating system; undefined where it knows none. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** @throws StateError `conflict` when somebody else migrated meanwhile */
async function refuseOtherVersion(transaction: Transaction, from: string): Promise<void> {
  const present = await transaction.schemaVersion();
  if (present === from) return;
  throw new StateError(
    "conflict",
    `The schema version became ${present} while the migration from ${from} was prepared.`,
    "Look at the plan again, then migrate from there.",
  );
}

const WHAT = "The migration";
const REPORT_EVERY = 1000;

async function apply(
  transaction: Transaction,
  staging: Staging,
  version: string,
  control: JobControl,
): Promise<void> {
  const total = staging.total();
  const updatedAt = Date.now();
  let done = 0;
  for (const { namespace, key, after, createdAt } of staging.changes()) {
    if (after === null) await transaction.delete(namespace, key);
    else {
      const past = { namespace, key, value: after, createdAt: createdAt ?? updatedAt, updatedAt };
      await transaction.put(past);
    }
    done++;
    if (done % REPORT_EVERY > 0) continue;
    stopIfAborted(control.signal, WHAT);
    control.progress?.({ done, total, what: "storing entries" });
  }
  stopIfAborted(control.signal, WHAT);
  await transaction.setSchemaVersion(version);
}
