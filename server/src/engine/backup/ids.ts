import { randomBytes } from "node:crypto";
import { backupTime } from "../../../../shared/src/backup-time.ts";
import { StateError } from "../../../../shared/src/errors.ts";
import { quote } from "../../../../shared/src/names.ts";

/** A new id for a backup made at `now` (ms since 1970): sorts by time and is a safe file name. */
export function newBackupId(now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:.]/g, "");
  return `backup_${stamp}_${randomBytes(3).toString("hex")}`;
}

/** The id, when it can be one. @throws StateError `invalid-backup-id` */
export function checkBackupId(id: string): string {
  if (backupTime(id) !== undefined) return id;
  throw new StateError(
    "invalid-backup-id",
    `${quote(id)} is not the id of a backup.`,
    "Use an id from the list of backups ('llmspell-state backup list'), such as backup_20261122T183000123Z_ab12cd.",
  );
}
