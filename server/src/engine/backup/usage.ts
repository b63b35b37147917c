import { listBackups } from "./catalog.ts";
import type { BackupPlace } from "./place.ts";
import type { BackupUsage } from "./types.ts";

/** How much room the backups take. */
export async function backupUsage(place: BackupPlace): Promise<BackupUsage> {
  const heads = await listBackups(place);
  const fullBackups = heads.filter(({ kind }) => kind === "full").length;
  return {
    backups: heads.length,
    fullBackups,
    incrementalBackups: heads.length - fullBackups,
    sizeBytes: heads.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    oldestAt: heads.at(-1)?.createdAt,
    newestAt: heads[0]?.createdAt,
  };
}
