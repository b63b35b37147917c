---@meta llmspell.State
-- Written by `node scripts/lua-meta.ts` from shared/src/api.ts: change it there.

---What State stores: a table is an array (keys 1..n) or an object (all keys strings).
---@alias llmspell.Value string|number|boolean|table

---@class llmspell.State.migrate.Result
---@field success boolean Whether it was done.
---@field status string "completed" or "failed".
---@field from_version? string The schema version before; nil when the state cannot be read.
---@field to_version string The version that was asked for.
---@field items_migrated number How many entries were changed, renamed or dropped.
---@field duration_ms number How long it took, in milliseconds.
---@field backup_id? string The backup made just before; nil when nothing was stored.
---@field error? string What went wrong and what to do, when `success` is false.

---@class llmspell.State.get_migration_status.Result
---@field current_version string The state's schema version.
---@field latest_version string The highest version known.
---@field is_latest boolean Whether the two are the same.
---@field migration_targets string[] The versions that migrations lead to from here, ascending.
---@field migration_available boolean Whether a migration leads from here to a higher version.

---@class llmspell.State.create_backup.Result
---@field success boolean Whether it was done.
---@field backup_id? string The new backup's id.
---@field incremental? boolean Whether it holds only changes.
---@field parent_id? string The backup it builds on.
---@field entries? number How many entries it holds.
---@field size_bytes? number Its size on disk, in bytes.
---@field error? string What went wrong and what to do, when `success` is false.

---@class llmspell.State.restore_backup.Result
---@field success boolean Whether it was done.
---@field entries_restored? number Entries of the backup.
---@field safety_backup_id? string The backup made just before, to go back to.
---@field error? string What went wrong and what to do, when `success` is false.

---@class llmspell.State.validate_backup.Result
---@field is_valid boolean Whether every byte and entry is as it was written.
---@field errors string[] What is wrong.

---@class llmspell.State.get_storage_usage.Result
---@field total_backups number How many backups there are.
---@field full_backups number How many of them hold everything.
---@field incremental_backups number How many hold only changes.
---@field total_size number The room they take on disk, in bytes.
---@field oldest_backup? number When the oldest was made, as `os.time` counts.
---@field newest_backup? number When the newest was made, as `os.time` counts.

---@class llmspell.State.cleanup_backups.Result
---@field success boolean Whether it was done.
---@field deleted_count? number How many were deleted, or would be.
---@field retained_count? number How many stay.
---@field space_freed? number The room that this frees, in bytes.
---@field deleted? string[] Ids of those deleted, oldest first.
---@field retained? string[] Ids of those that stay, oldest first.
---@field dry_run? boolean Whether nothing was deleted.
---@field error? string What went wrong and what to do, when `success` is false.

---The persistent state of llmspell scripts.
---@class llmspell.State
State = {}

---Saves a value to persistent state.
---@param namespace string Logical grouping for keys, e.g. "user" or "session:42".
---@param key string Unique identifier within the namespace.
---@param value llmspell.Value Data to persist: a string, number, boolean or table. To remove a value, use `delete`.
function State.save(namespace, key, value) end

---Retrieves a value from persistent state.
---@param namespace string Logical grouping for keys, e.g. "user" or "session:42".
---@param key string Unique identifier within the namespace.
---@return any # The stored value, or nil when nothing is stored there.
function State.load(namespace, key) end

---Removes a key from persistent state. A key that does not exist is no error.
---@param namespace string Logical grouping for keys, e.g. "user" or "session:42".
---@param key string Unique identifier within the namespace.
function State.delete(namespace, key) end

---Lists all keys in a namespace. It may be missing in other hosts: check before use.
---@param namespace string Logical grouping for keys, e.g. "user" or "session:42".
---@return string[] # The keys, ascending by their UTF-8 bytes.
function State.list_keys(namespace) end

---Retrieves what a workflow's step stored in the namespace `workflow:ID`.
---@param workflow_id string The workflow's identifier.
---@param step string The step's name: the key within `workflow:ID`.
---@return any # The stored value, or nil when nothing is stored there.
function State.workflow_get(workflow_id, step) end

---Lists the keys of the namespace `workflow:ID`.
---@param workflow_id string The workflow's identifier.
---@return string[] # The keys of `workflow:ID`, ascending by their UTF-8 bytes.
function State.workflow_list(workflow_id) end

---Retrieves a value from the namespace `agent:ID`.
---@param agent_id string The agent's identifier.
---@param key string Unique identifier within the namespace.
---@return any # The stored value, or nil when nothing is stored there.
function State.agent_get(agent_id, key) end

---Saves a value in the namespace `agent:ID`.
---@param agent_id string The agent's identifier.
---@param key string Unique identifier within the namespace.
---@param value llmspell.Value The data to persist.
function State.agent_set(agent_id, key, value) end

---Retrieves a value from the namespace `tool:ID`.
---@param tool_id string The tool's identifier.
---@param key string Unique identifier within the namespace.
---@return any # The stored value, or nil when nothing is stored there.
function State.tool_get(tool_id, key) end

---Saves a value in the namespace `tool:ID`.
---@param tool_id string The tool's identifier.
---@param key string Unique identifier within the namespace.
---@param value llmspell.Value The data to persist.
function State.tool_set(tool_id, key, value) end

---Brings the state to another schema version, all or nothing, after a backup.
---
---It is nil unless `migration_enabled` is on.
---@param version string The schema version to migrate to, e.g. "2.0.0".
---@return llmspell.State.migrate.Result # What was migrated, or why not.
function State.migrate(version) end

---Lists the state's schema version and all that migrations name.
---
---It is nil unless `migration_enabled` is on.
---@return string[] # The versions, ascending.
function State.schema_versions() end

---Lists the state's schema version and all that migrations name.
---
---It is nil unless `migration_enabled` is on.
---@return string[] # The versions, ascending.
function State.get_schema_versions() end

---Tells the state's schema version and where migrations lead.
---
---It is nil unless `migration_enabled` is on.
---@return llmspell.State.get_migration_status.Result # Where the state's schema stands.
function State.get_migration_status() end

---Creates a backup of the current state.
---
---It is nil unless `backup_enabled` is on.
---@param incremental? boolean true for only what changed since the last backup; false for everything.
---@return llmspell.State.create_backup.Result # What was made, or why not.
function State.create_backup(incremental) end

---Makes the state exactly what it was when the backup was made, after a safety backup.
---
---It is nil unless `backup_enabled` is on.
---@param backup_id string The id that `create_backup` gave, or one of `list_backups`.
---@return llmspell.State.restore_backup.Result # What was restored, or why not.
function State.restore_backup(backup_id) end

---Lists the backups of this state.
---
---It is nil unless `backup_enabled` is on.
---@return table[] # The backups, oldest first.
function State.list_backups() end

---Verifies a backup without restoring it.
---
---It is nil unless `backup_enabled` is on.
---@param backup_id string The id that `create_backup` gave, or one of `list_backups`.
---@return llmspell.State.validate_backup.Result # The verdict.
function State.validate_backup(backup_id) end

---Tells how much room the backups take.
---
---It is nil unless `backup_enabled` is on.
---@return llmspell.State.get_storage_usage.Result # Numbers and sizes.
function State.get_storage_usage() end

---Deletes the backups that the configuration says are too old or too many.
---
---It is nil unless `backup_enabled` is on.
---@param dry_run? boolean true to only tell what would be deleted.
---@return llmspell.State.cleanup_backups.Result # What was deleted, or would be.
function State.cleanup_backups(dry_run) end
