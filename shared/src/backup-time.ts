const BACKUP_ID = /^backup_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z_[0-9a-f]{6}$/;

/** When the backup of this id was made, in ms since 1970; undefined when it is no backup's id. */
export function backupTime(id: string): number | undefined {
  const parts = BACKUP_ID.exec(id)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = parts;
  const time = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const stamp = new Date(time).toISOString().replace(/[-:.]/g, "");
  return id.startsWith(`backup_${stamp}_`) ? time : undefined;
}
