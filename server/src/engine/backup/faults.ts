import { StateError } from "../../../../shared/src/errors.ts";
import { quote } from "../../../../shared/src/names.ts";

const LIST = "List the backups with 'llmspell-state backup list'";

/** There is no backup of this id in the folder. */
export function unknownBackup(id: string, folder: string): StateError {
  return new StateError(
    "unknown-backup",
    `There is no backup ${quote(id)} in ${folder}.`,
    `${LIST} and use the id of one of them.`,
  );
}

/** Whether a backup is not there, or no longer. */
export function isUnknownBackup(error: unknown): boolean {
  return error instanceof StateError && error.code === "unknown-backup";
}

/** A backup's files are not what was written. `fault` is a sentence that names the file. */
export function damagedBackup(id: string, fault: string): StateError {
  return new StateError(
    "damaged-backup",
    `The backup ${id} is damaged: ${fault}`,
    `Nothing was changed. Use another backup, or bring this one's files back from a copy. ${LIST}; 'llmspell-state backup verify ID' tells which are good.`,
    { data: { id, fault } },
  );
}

/** What a damaged backup's error says is wrong; undefined for any other error. */
export function faultOf(error: unknown): string | undefined {
  if (!(error instanceof StateError) || error.code !== "damaged-backup") return undefined;
  return typeof error.data?.["fault"] === "string" ? error.data["fault"] : error.message;
}

/** The user stopped the work. */
export function cancelled(what: string): StateError {
  return new StateError(
    "cancelled",
    `${what} was cancelled.`,
    "Nothing was changed or left behind.",
  );
}

/** @throws StateError `cancelled` once the signal says so. */
export function stopIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw cancelled(what);
}

/** A system error's code, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** An error of the file system as one that tells the user what to do; any other as it is. */
export function storageProblem(error: unknown, folder: string): unknown {
  if (error instanceof StateError || !(error instanceof Error)) return error;
  const code = systemCode(error);
  if (code === undefined || !("syscall" in error)) return error;
  const options = { cause: error };
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new StateError(
      "disk-full",
      `There is no space left for a backup in ${folder}.`,
      "Free some space (old backups go with 'llmspell-state backup prune') or set backup_dir to another disk; nothing was changed.",
      options,
    );
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new StateError(
      "backup-folder-not-writable",
      `The folder of backups ${folder} cannot be used: ${error.message}.`,
      "Correct its permissions, or set backup_dir to a folder of yours.",
      options,
    );
  }
  return new StateError(
    "backup-storage-failed",
    `The folder of backups ${folder} cannot be used: ${error.message}.`,
    "Check that backup_dir names a folder on a disk that works.",
    options,
  );
}
