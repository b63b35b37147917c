/**
 * The State API, described once. Completion, hover, signature help, argument checks, the Lua
 * bindings, the Lua meta library and the reference table in docs/ are derived from this table:
 * adding a function to the API is one entry here and one binding in `server/src/runner/bindings.ts`.
 */

/** Lua-side types, as a reader of the docs would name them. */
export type ApiType =
  | "string"
  | "boolean"
  | "number"
  | "any"
  | "table"
  | "string[]"
  | "table[]"
  | "nil";

/** What an argument stands for, so that the editor knows what to offer and to check in it. */
export type ApiRole =
  | "namespace"
  | "key"
  | "value"
  | "owner"
  | "step"
  | "backup-id"
  | "version"
  | "flag";

export interface ApiParameter {
  readonly name: string;
  readonly type: ApiType;
  readonly role: ApiRole;
  readonly optional?: true;
  readonly doc: string;
}

export interface ApiField {
  readonly name: string;
  readonly type: ApiType;
  readonly optional?: true;
  readonly doc: string;
}

export interface ApiResult {
  readonly type: ApiType;
  /** Whether nil may come back. */
  readonly optional?: true;
  readonly fields?: readonly ApiField[];
  readonly doc: string;
}

/** How a call touches an entry: what the editor counts as a read or a write. */
export type ApiAccess = "read" | "write" | "delete" | "list" | "none";

export interface ApiMember {
  readonly name: string;
  readonly parameters: readonly ApiParameter[];
  readonly result?: ApiResult;
  readonly access: ApiAccess;
  /** The configuration setting without which scripts do not have the function (it is nil). */
  readonly gate?: "migration_enabled" | "backup_enabled";
  /** For helpers whose namespace is built from an owner id: `workflow:` + id. */
  readonly namespacePrefix?: string;
  readonly doc: string;
}

const namespace: ApiParameter = {
  name: "namespace",
  type: "string",
  role: "namespace",
  doc: 'Logical grouping for keys, e.g. "user" or "session:42".',
};
const key: ApiParameter = {
  name: "key",
  type: "string",
  role: "key",
  doc: "Unique identifier within the namespace.",
};

function owner(kind: string): ApiParameter {
  return { name: `${kind}_id`, type: "string", role: "owner", doc: `The ${kind}'s identifier.` };
}

const storedValue: ApiResult = {
  type: "any",
  optional: true,
  doc: "The stored value, or nil when nothing is stored there.",
};

function ownerPair(kind: "agent" | "tool"): readonly ApiMember[] {
  return [
    {
      name: `${kind}_get`,
      parameters: [owner(kind), key],
      result: storedValue,
      access: "read",
      namespacePrefix: `${kind}:`,
      doc: `Retrieves a value from the namespace \`${kind}:ID\`.`,
    },
    {
      name: `${kind}_set`,
      parameters: [
        owner(kind),
        key,
        { name: "value", type: "any", role: "value", doc: "The data to persist." },
      ],
      access: "write",
      namespacePrefix: `${kind}:`,
      doc: `Saves a value in the namespace \`${kind}:ID\`.`,
    },
  ];
}

const backupId: ApiParameter = {
  name: "backup_id",
  type: "string",
  role: "backup-id",
  doc: "The id that `create_backup` gave, or one of `list_backups`.",
};
const errorField: ApiField = {
  name: "error",
  type: "string",
  optional: true,
  doc: "What went wrong and what to do, when `success` is false.",
};
const successField: ApiField = { name: "success", type: "boolean", doc: "Whether it was done." };

function schemaVersions(name: string): ApiMember {
  return {
    name,
    parameters: [],
    result: { type: "string[]", doc: "The versions, ascending." },
    access: "none",
    gate: "migration_enabled",
    doc: "Lists the state's schema version and all that migrations name.",
  };
}

export const STATE_API: readonly ApiMember[] = [
  {
    name: "save",
    parameters: [
      namespace,
      key,
      {
        name: "value",
        type: "any",
        role: "value",
        doc: "Data to persist: a string, number, boolean or table. To remove a value, use `delete`.",
      },
    ],
    access: "write",
    doc: "Saves a value to persistent state.",
  },
  {
    name: "load",
    parameters: [namespace, key],
    result: storedValue,
    access: "read",
    doc: "Retrieves a value from persistent state.",
  },
  {
    name: "delete",
    parameters: [namespace, key],
    access: "delete",
    doc: "Removes a key from persistent state. A key that does not exist is no error.",
  },
  {
    name: "list_keys",
    parameters: [namespace],
    result: { type: "string[]", doc: "The keys, ascending by their UTF-8 bytes." },
    access: "list",
    doc: "Lists all keys in a namespace. It may be missing in other hosts: check before use.",
  },
  {
    name: "workflow_get",
    parameters: [
      owner("workflow"),
      {
        name: "step",
        type: "string",
        role: "step",
        doc: "The step's name: the key within `workflow:ID`.",
      },
    ],
    result: storedValue,
    access: "read",
    namespacePrefix: "workflow:",
    doc: "Retrieves what a workflow's step stored in the namespace `workflow:ID`.",
  },
  {
    name: "workflow_list",
    parameters: [owner("workflow")],
    result: { type: "string[]", doc: "The keys of `workflow:ID`, ascending by their UTF-8 bytes." },
    access: "list",
    namespacePrefix: "workflow:",
    doc: "Lists the keys of the namespace `workflow:ID`.",
  },
  ...ownerPair("agent"),
  ...ownerPair("tool"),
  {
    name: "migrate",
    parameters: [
      {
        name: "version",
        type: "string",
        role: "version",
        doc: 'The schema version to migrate to, e.g. "2.0.0".',
      },
    ],
    result: {
      type: "table",
      fields: [
        successField,
        { name: "status", type: "string", doc: '"completed" or "failed".' },
        {
          name: "from_version",
          type: "string",
          optional: true,
          doc: "The schema version before; nil when the state cannot be read.",
        },
        { name: "to_version", type: "string", doc: "The version that was asked for." },
        {
          name: "items_migrated",
          type: "number",
          doc: "How many entries were changed, renamed or dropped.",
        },
        { name: "duration_ms", type: "number", doc: "How long it took, in milliseconds." },
        {
          name: "backup_id",
          type: "string",
          optional: true,
          doc: "The backup made just before; nil when nothing was stored.",
        },
        errorField,
      ],
      doc: "What was migrated, or why not.",
    },
    access: "none",
    gate: "migration_enabled",
    doc: "Brings the state to another schema version, all or nothing, after a backup.",
  },
  ...["schema_versions", "get_schema_versions"].map(schemaVersions),
  {
    name: "get_migration_status",
    parameters: [],
    result: {
      type: "table",
      fields: [
        { name: "current_version", type: "string", doc: "The state's schema version." },
        { name: "latest_version", type: "string", doc: "The highest version known." },
        { name: "is_latest", type: "boolean", doc: "Whether the two are the same." },
        {
          name: "migration_targets",
          type: "string[]",
          doc: "The versions that migrations lead to from here, ascending.",
        },
        {
          name: "migration_available",
          type: "boolean",
          doc: "Whether a migration leads from here to a higher version.",
        },
      ],
      doc: "Where the state's schema stands.",
    },
    access: "none",
    gate: "migration_enabled",
    doc: "Tells the state's schema version and where migrations lead.",
  },
  {
    name: "create_backup",
    parameters: [
      {
        name: "incremental",
        type: "boolean",
        role: "flag",
        optional: true,
        doc: "true for only what changed since the last backup; false for everything.",
      },
    ],
    result: {
      type: "table",
      fields: [
        successField,
        { name: "backup_id", type: "string", optional: true, doc: "The new backup's id." },
        {
          name: "incremental",
          type: "boolean",
          optional: true,
          doc: "Whether it holds only changes.",
        },
        { name: "parent_id", type: "string", optional: true, doc: "The backup it builds on." },
        { name: "entries", type: "number", optional: true, doc: "How many entries it holds." },
        { name: "size_bytes", type: "number", optional: true, doc: "Its size on disk, in bytes." },
        errorField,
      ],
      doc: "What was made, or why not.",
    },
    access: "none",
    gate: "backup_enabled",
    doc: "Creates a backup of the current state.",
  },
  {
    name: "restore_backup",
    parameters: [backupId],
    result: {
      type: "table",
      fields: [
        successField,
        { name: "entries_restored", type: "number", optional: true, doc: "Entries of the backup." },
        {
          name: "safety_backup_id",
          type: "string",
          optional: true,
          doc: "The backup made just before, to go back to.",
        },
        errorField,
      ],
      doc: "What was restored, or why not.",
    },
    access: "none",
    gate: "backup_enabled",
    doc: "Makes the state exactly what it was when the backup was made, after a safety backup.",
  },
  {
    name: "list_backups",
    parameters: [],
    result: { type: "table[]", doc: "The backups, oldest first." },
    access: "none",
    gate: "backup_enabled",
    doc: "Lists the backups of this state.",
  },
  {
    name: "validate_backup",
    parameters: [backupId],
    result: {
      type: "table",
      fields: [
        {
          name: "is_valid",
          type: "boolean",
          doc: "Whether every byte and entry is as it was written.",
        },
        { name: "errors", type: "string[]", doc: "What is wrong." },
      ],
      doc: "The verdict.",
    },
    access: "none",
    gate: "backup_enabled",
    doc: "Verifies a backup without restoring it.",
  },
  {
    name: "get_storage_usage",
    parameters: [],
    result: {
      type: "table",
      fields: [
        { name: "total_backups", type: "number", doc: "How many backups there are." },
        { name: "full_backups", type: "number", doc: "How many of them hold everything." },
        { name: "incremental_backups", type: "number", doc: "How many hold only changes." },
        { name: "total_size", type: "number", doc: "The room they take on disk, in bytes." },
        {
          name: "oldest_backup",
          type: "number",
          optional: true,
          doc: "When the oldest was made, as `os.time` counts.",
        },
        {
          name: "newest_backup",
          type: "number",
          optional: true,
          doc: "When the newest was made, as `os.time` counts.",
        },
      ],
      doc: "Numbers and sizes.",
    },
    access: "none",
    gate: "backup_enabled",
    doc: "Tells how much room the backups take.",
  },
  {
    name: "cleanup_backups",
    parameters: [
      {
        name: "dry_run",
        type: "boolean",
        role: "flag",
        optional: true,
        doc: "true to only tell what would be deleted.",
      },
    ],
    result: {
      type: "table",
      fields: [
        successField,
        {
          name: "deleted_count",
          type: "number",
          optional: true,
          doc: "How many were deleted, or would be.",
        },
        { name: "retained_count", type: "number", optional: true, doc: "How many stay." },
        {
          name: "space_freed",
          type: "number",
          optional: true,
          doc: "The room that this frees, in bytes.",
        },
        {
          name: "deleted",
          type: "string[]",
          optional: true,
          doc: "Ids of those deleted, oldest first.",
        },
        {
          name: "retained",
          type: "string[]",
          optional: true,
          doc: "Ids of those that stay, oldest first.",
        },
        {
          name: "dry_run",
          type: "boolean",
          optional: true,
          doc: "Whether nothing was deleted.",
        },
        errorField,
      ],
      doc: "What was deleted, or would be.",
    },
    access: "none",
    gate: "backup_enabled",
    doc: "Deletes the backups that the configuration says are too old or too many.",
  },
];

/** Members by name. */
export const STATE_MEMBERS: ReadonlyMap<string, ApiMember> = new Map(
  STATE_API.map((member) => [member.name, member]),
);

/** `save(namespace, key, value)`, the way a signature is shown. */
export function signature(member: ApiMember): string {
  const parameters = member.parameters.map((p) => (p.optional === true ? `${p.name}?` : p.name));
  return `${member.name}(${parameters.join(", ")})`;
}

/**
 * Names that are not part of the API but are met in real scripts, with what their author meant.
 * `undefined`: there is nothing like it.
 */
export const MISTAKEN_MEMBERS: ReadonlyMap<string, string | undefined> = new Map([
  ["get", "load"],
  ["set", "save"],
  ["read", "load"],
  ["write", "save"],
  ["list", "list_keys"],
  ["keys", "list_keys"],
  ["all", "list_keys"],
  ["exists", "load"],
  ["has", "load"],
  ["contains", "load"],
  ["fetch", "load"],
  ["put", "save"],
  ["store", "save"],
  ["clear", "delete"],
  ["remove", "delete"],
  ["unset", "delete"],
  ["list_scopes", undefined],
  ["setScope", undefined],
]);
