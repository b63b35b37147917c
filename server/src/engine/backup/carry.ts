import { constants } from "node:fs";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { StateError } from "../../../../shared/src/errors.ts";
import type { JobControl } from "../engine.ts";
import { checkHash, checkSizes, loadChain } from "./chain.ts";
import { stopIfAborted } from "./faults.ts";
import { dataPath, isListed, manifestPath, removeFiles } from "./files.ts";

/**
 * Copies a backup, with those that it builds on, from one folder to another, after every byte of them
 * was checked. Those that are there already are left alone. Gives the ids that were copied.
 * @throws StateError `unknown-backup`, `damaged-backup`, `unwritable-file`, `cancelled`
 */
export async function carryBackup(
  from: string,
  to: string,
  id: string,
  { signal, progress }: JobControl = {},
): Promise<readonly string[]> {
  const chain = await loadChain(from, id);
  await checkSizes(from, chain);
  const total = 2 * chain.length;
  let done = 0;
  const next = (what: string): void => {
    stopIfAborted(signal, "Copying the backup");
    progress?.({ done: done++, total, what });
  };
  for (const link of chain) {
    next(`checking ${link.id}`);
    await checkHash(from, link);
  }
  const carried: string[] = [];
  const made: string[] = [];
  try {
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const link of chain) {
      next(`copying ${link.id}`);
      if (await isListed(to, link.id)) continue;
      made.push(dataPath(to, link.id));
      await copyOwn(dataPath(from, link.id), dataPath(to, link.id), 0);
      // With its manifest a backup is there: it comes last, and never in the place of another.
      await copyOwn(
        manifestPath(from, link.id),
        manifestPath(to, link.id),
        constants.COPYFILE_EXCL,
      );
      carried.push(link.id);
      made.pop();
    }
  } catch (error) {
    // Whole backups that were copied before stay: they are good ones.
    await removeFiles(...made);
    if (error instanceof StateError || !(error instanceof Error)) throw error;
    throw new StateError(
      "unwritable-file",
      `${id} cannot be copied to ${to}: ${error.message}.`,
      "Choose another folder, or make room there.",
    );
  }
  return carried;
}

/** Backups hold secrets: a copy is for its owner alone, as the backup is. */
async function copyOwn(from: string, to: string, mode: number): Promise<void> {
  await copyFile(from, to, mode);
  await chmod(to, 0o600);
}
