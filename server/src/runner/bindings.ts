import {
  type ApiMember,
  type ApiParameter,
  STATE_API,
  signature,
} from "../../../shared/src/api.ts";
import { StateError } from "../../../shared/src/errors.ts";
import {
  checkKey,
  KEY_RULE,
  keyFault,
  NAMESPACE_RULE,
  namespaceFault,
  quote,
} from "../../../shared/src/names.ts";
import type { BackupUsage, Pruned } from "../engine/backup/types.ts";
import type { BackupHead, BackupVerdict, RestoreOutcome } from "../engine/engine.ts";
import type { MigrationOutcome, SchemaStatus } from "../engine/migration/types.ts";
import { askDelete, askEntry, askKeys, askSave } from "../engine/small-calls.ts";
import type { ChangesSince, Json, Origin } from "../engine/types.ts";
import type { StateBridge } from "./bridge.ts";
import { type HostArguments, type HostFunction, type HostResult, ScriptError } from "./runtime.ts";
import type { RunFeatures } from "./types.ts";

/** What a binding works with. */
export interface BindingContext {
  readonly bridge: StateBridge;
  readonly origin: Origin;
  read(): void;
  /** A change (a ChangeDetail) was made and is committed. */
  wrote(change: Json): void;
}

/** The arguments after their checks: names as they are stored, in the order of the parameters. */
interface Checked {
  readonly member: ApiMember;
  readonly args: HostArguments;
  readonly names: readonly string[];
}
type Binding = (context: BindingContext, call: Checked) => HostResult;

const load: Binding = ({ bridge, read }, { names: [namespace = "", key = ""] }) => {
  read();
  return bridge.ask(askEntry(namespace, key)) ?? null;
};

const save: Binding = ({ bridge, origin, wrote }, { args, names: [namespace = "", key = ""] }) => {
  const change = bridge.ask(askSave(origin, namespace, key, args.json(3)));
  if (change !== undefined) wrote(change.json);
  return undefined;
};

const list: Binding = ({ bridge, read }, { names: [namespace = ""] }) => {
  read();
  return bridge.ask(askKeys(namespace));
};

/** Most changes of one migration that are told. */
const TOLD = 1000;

const migrate: Binding = (context, { names: [version = ""] }) => {
  const started = performance.now();
  let from: unknown;
  const took = () => Math.round(performance.now() - started);
  try {
    from = context.bridge.call("schemaVersion");
    const { to, itemsMigrated, backupId } = migrateAndTell(context, version);
    return plain({
      success: true,
      status: "completed",
      from_version: from,
      to_version: to,
      items_migrated: itemsMigrated,
      duration_ms: took(),
      backup_id: backupId,
    });
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return plain({
      success: false,
      status: "failed",
      from_version: from,
      to_version: version,
      items_migrated: 0,
      duration_ms: took(),
      error: sentence(error),
    });
  }
};

function migrateAndTell({ bridge, wrote }: BindingContext, version: string): MigrationOutcome {
  const revision = bridge.call("revision") as number;
  const outcome = bridge.call("migrate", version) as MigrationOutcome;
  const since = bridge.call("changesSince", revision, TOLD) as ChangesSince;
  if (!since.gap) {
    for (const change of since.changes) {
      if (change.origin.startsWith("migrate:")) wrote(JSON.stringify(change));
    }
  }
  return outcome;
}

const schemaVersions: Binding = ({ bridge }) => plain(schemaStatus(bridge).versions);

/** One per member of the State API: a test holds that the two tables agree. */
export const BINDINGS: Readonly<Record<string, Binding>> = {
  save,
  load,
  delete: ({ bridge, origin, wrote }, { names: [namespace = "", key = ""] }) => {
    const change = bridge.ask(askDelete(origin, namespace, key));
    if (change !== undefined) wrote(change.json);
    return undefined;
  },
  list_keys: list,
  workflow_get: load,
  workflow_list: list,
  agent_get: load,
  agent_set: save,
  tool_get: load,
  tool_set: save,

  migrate,
  schema_versions: schemaVersions,
  get_schema_versions: schemaVersions,
  get_migration_status: ({ bridge }) => {
    const { current, latest, targets, versions } = schemaStatus(bridge);
    const higher = versions.slice(versions.indexOf(current) + 1);
    return plain({
      current_version: current,
      latest_version: latest,
      is_latest: current === latest,
      migration_targets: targets,
      migration_available: targets.some((target) => higher.includes(target)),
    });
  },

  create_backup: ({ bridge }, { args }) =>
    answer(() => {
      const incremental = args.count >= 1 && args.boolean(1);
      const head = bridge.call("createBackup", { incremental }) as BackupHead;
      return {
        backup_id: head.id,
        incremental: head.kind === "incremental",
        parent_id: head.parentId,
        entries: head.entries,
        size_bytes: head.sizeBytes,
      };
    }),
  restore_backup: ({ bridge, wrote }, { names: [id] }) =>
    answer(() => {
      const outcome = bridge.call("restoreBackup", id) as RestoreOutcome;
      for (const change of outcome.changes) wrote(JSON.stringify(change));
      return {
        entries_restored: outcome.entriesRestored,
        safety_backup_id: outcome.safetyBackupId,
      };
    }),
  list_backups: ({ bridge }) => {
    const heads = bridge.call("backups") as readonly BackupHead[];
    return plain(
      heads.toReversed().map((head) => ({
        id: head.id,
        kind: head.kind,
        parent_id: head.parentId,
        created_at: seconds(head.createdAt),
        entries: head.entries,
        size_bytes: head.sizeBytes,
        schema_version: head.schemaVersion,
        verified: head.verified,
      })),
    );
  },
  validate_backup: ({ bridge }, { names: [id] }) => {
    try {
      const verdict = bridge.call("verifyBackup", id) as BackupVerdict;
      return plain({ is_valid: verdict.isValid, errors: verdict.errors });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      return plain({ is_valid: false, errors: [sentence(error)] });
    }
  },
  get_storage_usage: ({ bridge }) => {
    const usage = bridge.call("backupUsage") as BackupUsage;
    return plain({
      total_backups: usage.backups,
      full_backups: usage.fullBackups,
      incremental_backups: usage.incrementalBackups,
      total_size: usage.sizeBytes,
      oldest_backup: seconds(usage.oldestAt),
      newest_backup: seconds(usage.newestAt),
    });
  },
  cleanup_backups: ({ bridge }, { args }) => {
    const dryRun = args.count >= 1 && args.boolean(1);
    return answer(() => {
      const { deleted, retained, spaceFreed } = bridge.call("pruneBackups", { dryRun }) as Pruned;
      return {
        deleted_count: deleted.length,
        retained_count: retained.length,
        space_freed: spaceFreed,
        deleted,
        retained,
        dry_run: dryRun,
      };
    });
  },
};

const schemaStatus = (bridge: StateBridge) => bridge.call("schemaStatus") as SchemaStatus;

/** ms since 1970 as os.time and os.date count. */
const seconds = (ms: number | undefined) => (ms === undefined ? undefined : Math.floor(ms / 1000));

/** The functions of the `State` table that this run has, by name. */
export function stateFunctions(
  context: BindingContext,
  features: RunFeatures,
): ReadonlyMap<string, HostFunction> {
  const has = (member: ApiMember) =>
    member.gate === undefined ||
    (member.gate === "backup_enabled" ? features.backups : features.migrations);
  const functions = new Map<string, HostFunction>();
  for (const member of STATE_API) {
    const binding = BINDINGS[member.name];
    if (binding === undefined || !has(member)) continue;
    functions.set(member.name, (args) => binding(context, check(member, args)));
  }
  return functions;
}

/** `success = false` with the reason instead of an error, as the API has it for backups. */
function answer(work: () => Readonly<Record<string, unknown>>): HostResult {
  try {
    return plain({ success: true, ...work() });
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return plain({ success: false, error: sentence(error) });
  }
}

/** Our own data: strings, booleans, whole numbers; absent fields are nil. */
const plain = (data: object): HostResult => ({ json: JSON.stringify(data), plain: true });

const sentence = (error: StateError) => `${error.message} ${error.next}`;

/** Checks every argument. @throws ScriptError which one is wrong, what was given, what is allowed */
function check(member: ApiMember, args: HostArguments): Checked {
  const names: string[] = [];
  member.parameters.forEach((parameter, i) => {
    const index = i + 1;
    if (index === 1 && args.type(1) === "table" && args.count > member.parameters.length) {
      throw new ScriptError(
        `State.${member.name} was called with ':', which passes State itself first: write State.${signature(member)}`,
      );
    }
    switch (parameter.role) {
      case "value":
        if (args.type(index) === "nil" || args.type(index) === "none") {
          throw wrong(
            member,
            index,
            args,
            "a string, number, boolean or table (to remove a value, use State.delete)",
          );
        }
        break;
      case "flag":
        checkFlag(member, parameter, index, args);
        break;
      default:
        names.push(checkName(member, parameter, index, args));
    }
  });
  return { member, args, names };
}

function checkFlag(member: ApiMember, parameter: ApiParameter, index: number, args: HostArguments) {
  const type = args.type(index);
  if (type === "boolean") return;
  if (parameter.optional === true && (type === "nil" || type === "none")) return;
  throw wrong(
    member,
    index,
    args,
    parameter.optional === true ? "true, false or nothing" : "true or false",
  );
}

/** A namespace, owner, key, step, backup id or version: a string, or a number as its string. */
function checkName(
  member: ApiMember,
  parameter: ApiParameter,
  index: number,
  args: HostArguments,
): string {
  const given = args.text(index);
  if (given === undefined) throw wrong(member, index, args, nameRule(parameter, member));
  switch (parameter.role) {
    case "namespace":
    case "owner": {
      const namespace = `${member.namespacePrefix ?? ""}${given}`;
      const fault = namespaceFault(namespace);
      if (fault === undefined) return namespace;
      throw wrong(member, index, args, nameRule(parameter, member), fault);
    }
    case "key":
    case "step": {
      const fault = keyFault(given);
      if (fault === undefined) return checkKey(given);
      throw wrong(member, index, args, nameRule(parameter, member), fault);
    }
    default:
      return given;
  }
}

function nameRule(parameter: ApiParameter, member: ApiMember): string {
  switch (parameter.role) {
    case "namespace":
      return `a namespace of ${NAMESPACE_RULE}`;
    case "owner":
      return `an id that makes '${member.namespacePrefix}ID' a namespace of ${NAMESPACE_RULE}`;
    case "key":
    case "step":
      return `a key of ${KEY_RULE}`;
    default:
      return "a string";
  }
}

function wrong(
  member: ApiMember,
  index: number,
  args: HostArguments,
  allowed: string,
  fault?: string,
): ScriptError {
  const parameter = member.parameters[index - 1];
  const type = args.type(index);
  const text = type === "string" || type === "number" ? args.text(index) : undefined;
  const given =
    text !== undefined
      ? quote(text)
      : type === "none"
        ? "nothing"
        : type === "string"
          ? "a string that is not valid UTF-8"
          : type === "nil"
            ? "nil"
            : `a ${type}`;
  const why = fault === undefined ? "" : `: ${fault}`;
  return new ScriptError(
    `bad argument #${index} to 'State.${member.name}' (${parameter?.name}): ${given} was given${why}; allowed is ${allowed}`,
  );
}
