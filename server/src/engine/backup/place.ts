/** Where backups are, and what is known about what they may hold. */
export interface BackupPlace {
  /** Absolute path of the folder of backups. */
  readonly folder: string;
  /** The largest value that is stored, in bytes of JSON: bounds what a reader takes. */
  readonly maxValueBytes: number;
  /** The clock, ms since 1970. */
  readonly now: () => number;
}

/** Where an engine's backups are. */
export function backupPlace(options: {
  readonly backupDir: string;
  readonly maxValueBytes: number;
}): BackupPlace {
  return { folder: options.backupDir, maxValueBytes: options.maxValueBytes, now: Date.now };
}
