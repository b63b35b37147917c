import { listMigrations } from "../../engine/migration/folder.ts";
import { checkVersion, findRoute } from "../../engine/migration/route.ts";
import type { MigrationEntry } from "../../engine/migration/steps.ts";
import type {
  MigrationOutcome,
  MigrationPlan,
  PlannedMigration,
} from "../../engine/migration/types.ts";
import { describeChanges, printableChanges } from "../changes.ts";
import type { Command, CommandContext, ExitCode } from "../command.ts";
import { ExactJson } from "../json.ts";
import { counted, isoTime, withProgress } from "../output.ts";

export const migrate: Command = {
  name: "migrate",
  usages: ["VERSION [--dry-run]"],
  summary: "Bring the state to another schema version, after a backup, all or nothing",
  words: [1, 1],
  completes: ["version"],
  options: { "dry-run": { doc: "Only show the steps and what they would change" } },
  run: async (context) => {
    const [version = ""] = context.args.words;
    checkVersion(version);
    return context.args.flags.has("dry-run") ? plan(context, version) : apply(context, version);
  },
};

async function apply(context: CommandContext, version: string): Promise<ExitCode> {
  const { session, output, signal } = context;
  const engine = await session.engine();
  const outcome = await withProgress(output, signal, (control) => engine.migrate(version, control));
  const { from, to, itemsMigrated, durationMs, backupId } = outcome;
  output.answer(
    {
      success: true,
      status: "completed",
      from_version: from,
      to_version: to,
      items_migrated: itemsMigrated,
      duration_ms: Math.round(durationMs),
      error: null,
      backup_id: backupId ?? null,
    },
    () => describeOutcome(outcome),
  );
  return 0;
}

function describeOutcome({ from, to, itemsMigrated, backupId }: MigrationOutcome): string {
  if (from === to) return `The state has schema version ${to} already.`;
  const done = `Migrated from ${from} to ${to}: ${counted(itemsMigrated, "entry", "entries")} changed.`;
  return backupId === undefined ? done : `${done}\nThe state before is in the backup ${backupId}.`;
}

async function plan(context: CommandContext, version: string): Promise<ExitCode> {
  const { session, output, signal } = context;
  const started = performance.now();
  const engine = await session.engine();
  const found: MigrationPlan = await withProgress(output, signal, (control) =>
    engine.planMigration(version, {}, control),
  );
  output.answer(
    {
      success: true,
      status: "planned",
      from_version: found.from,
      to_version: found.to,
      items_migrated: found.itemsMigrated,
      duration_ms: Math.round(performance.now() - started),
      error: null,
      steps: found.migrations.map(({ file, from, to, description, steps, changed, samples }) => ({
        file,
        from,
        to,
        description: description ?? null,
        steps,
        changed,
        samples: samples.map(({ before, after }) => ({
          before: printableEntry(before),
          after: after && printableEntry(after),
        })),
      })),
      changes: printableChanges(found.changes),
    },
    () =>
      [
        `From ${found.from} to ${found.to}: ${counted(found.itemsMigrated, "entry", "entries")} would change.`,
        ...found.migrations.map(describeMigration),
        ...(found.changes.length === 0 ? [] : [describeChanges(found.changes, output)]),
      ].join("\n"),
  );
  return 0;
}

function printableEntry({ namespace, key, value }: MigrationEntry) {
  return { namespace, key, value: new ExactJson(value) };
}

function describeMigration({ file, description, steps, changed }: PlannedMigration): string {
  const title = description === undefined ? file : `${file}: ${description}`;
  return [
    `${title} (${counted(changed, "entry", "entries")})`,
    ...steps.map((step) => `  ${step}`),
  ].join("\n");
}

export const schema: Command = {
  name: "schema",
  usages: [""],
  summary: "Show the schema version, and where migrations lead",
  words: [0, 0],
  options: {},
  run: async ({ session, output }) => {
    const { migrations, schemaVersion } = await session.configuration();
    const { current, versions, latest, targets, history } = await (
      await session.engine()
    ).schemaStatus();
    const target = targets.includes(schemaVersion) ? schemaVersion : latest;
    const path = await pathTo(migrations, current, targets.includes(target) ? target : current);
    output.answer(
      {
        current_version: current,
        versions,
        path,
        latest_version: latest,
        configured_version: schemaVersion,
        targets,
        history: history.map(({ at, ...change }) => ({ ...change, at: isoTime(at) })),
      },
      () =>
        [
          `Schema version ${current}${path.length > 1 ? `; migrations to go: ${path.join(" -> ")}` : ""}.`,
          `Known versions: ${versions.join(", ")}.`,
        ].join("\n"),
    );
    return 0;
  },
};

/** The versions from one to the other, both included. */
async function pathTo(folder: string, from: string, to: string): Promise<readonly string[]> {
  const files = await listMigrations(folder, [".toml", ".lua"]);
  const route = findRoute(checkVersion(from), checkVersion(to), files);
  return [from, ...route.map((file) => file.to.text)];
}
