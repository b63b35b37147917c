import { randomBytes } from "node:crypto";
import { StateError } from "../../../../shared/src/errors.ts";
import { quote } from "../../../../shared/src/names.ts";

const BACKUP_ID = /^backup_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z_[0-9a-f]{6}$/;

/** A new id for a backup made at `now` (ms since 1970): sorts by time and is a safe file name. */
export function newBackupId(now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:.]/g, "");
  return `backup_${stamp}_${randomBytes(3).toString("hex")}`;
}

/** When the backup of this id was made, in ms since 1970; undefined when it is no backup's id. */
export function backupTime(id: string): number | undefined {
  const parts = BACKUP_ID.exec(id)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = parts;
  const time = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const stamp = new Date(time).toISOString().replace(/[-:.]/g, "");
  return id.startsWith(`backup_${stamp}_`) ? time : undefined;
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
