import { stopIfAborted } from "../backup/faults.ts";
import type { BackupSource } from "../backup/write.ts";
import type { JobControl } from "../engine.ts";
import type { ChangeDetail, Entry } from "../types.ts";
import type { CompiledMigration } from "./compile.ts";
import { Staging } from "./staging.ts";
import type { MigrationEntry } from "./steps.ts";
import type { MigrationSample, PlannedMigration } from "./types.ts";

const SAMPLES = 3;

/** What a route of migrations does to a state, worked out but not done. */
export interface StagedMigration {
  readonly staging: Staging;
  readonly migrations: readonly PlannedMigration[];
}

/**
 * Puts every entry of a state through all migrations. The caller closes the staging.
 * @throws StateError `migration-failed`, `migration-collision`, `cancelled`
 */
export async function stageMigration(
  source: Pick<BackupSource, "entries">,
  migrations: readonly CompiledMigration[],
  total: number,
  control: JobControl,
): Promise<StagedMigration> {
  const staging = new Staging();
  const tallies = migrations.map((migration) => new Tally(migration));
  let done = 0;
  try {
    for await (const batch of source.entries()) {
      stopIfAborted(control.signal, "The migration");
      for (const entry of batch) {
        const start = nameAndValue(entry);
        const result = await through(tallies, start);
        if (result !== start) staging.add(entry, result);
      }
      done += batch.length;
      control.progress?.({ done, total: Math.max(done, total), what: "migrating entries" });
    }
    await checkNames(staging, source);
  } catch (error) {
    staging.close();
    throw error;
  }
  return { staging, migrations: tallies.map((tally) => tally.planned()) };
}

/** One entry through all migrations; the very same one when none changed it. */
async function through(
  tallies: readonly Tally[],
  start: MigrationEntry,
): Promise<MigrationEntry | null> {
  let present = start;
  for (const tally of tallies) {
    const next = await tally.migrate(present);
    if (next === null) return null;
    present = next;
  }
  const same =
    present.namespace === start.namespace &&
    present.key === start.key &&
    present.value === start.value;
  return same ? start : present;
}

/** Counts what one migration does, and keeps some of it to show. */
class Tally {
  readonly #migration: CompiledMigration;
  readonly #samples: MigrationSample[] = [];
  #changed = 0;

  constructor(migration: CompiledMigration) {
    this.#migration = migration;
  }

  async migrate(before: MigrationEntry): Promise<MigrationEntry | null> {
    const after = await this.#migration.migrate(before);
    if (after === before) return before;
    this.#changed++;
    if (this.#samples.length < SAMPLES) this.#samples.push({ before, after });
    return after;
  }

  planned(): PlannedMigration {
    const { file, description, steps } = this.#migration;
    return {
      file: file.name,
      from: file.from.text,
      to: file.to.text,
      description,
      steps,
      changed: this.#changed,
      samples: this.#samples,
    };
  }
}

function nameAndValue({ namespace, key, value }: Entry): MigrationEntry {
  return { namespace, key, value };
}

/** Holds the names that entries are to get against those that are there, in one more pass. */
async function checkNames(staging: Staging, source: Pick<BackupSource, "entries">): Promise<void> {
  const namespaces = staging.renamedTo();
  if (namespaces.length === 0) return;
  for await (const batch of source.entries(namespaces)) {
    for (const entry of batch) staging.checkName(entry);
  }
}

/** What will change under each name, ascending; at most `limit` of it. */
export function stagedChanges(staging: Staging, origin: string, limit: number): ChangeDetail[] {
  const changes: ChangeDetail[] = [];
  for (const { namespace, key, before, after } of staging.changes()) {
    if (changes.length >= limit) break;
    changes.push({
      op: after === null ? "delete" : "save",
      namespace,
      key,
      revision: 0,
      at: 0,
      origin,
      ...(before === null ? {} : { before }),
      ...(after === null ? {} : { after }),
    });
  }
  return changes;
}
