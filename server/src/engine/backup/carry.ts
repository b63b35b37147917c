import { constants } from "node:fs";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { StateError } from "../../../../shared/src/errors.ts";
import { checkHash, checkSizes, loadChain } from "./chain.ts";
import { dataPath, isListed, manifestPath } from "./files.ts";

/**
 * Copies a backup, with those that it builds on, from one folder to another, after every byte of them
 * was checked. Those that are there already are left alone. Gives the ids that were copied.
 * @throws StateError `unknown-backup`, `damaged-backup`, `unwritable-file`
 */
export async function carryBackup(from: string, to: string, id: string): Promise<string[]> {
  const chain = await loadChain(from, id);
  await checkSizes(from, chain);
  for (const link of chain) await checkHash(from, link);
  const carried: string[] = [];
  try {
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const link of chain) {
      if (await isListed(to, link.id)) continue;
      await copyOwn(dataPath(from, link.id), dataPath(to, link.id), 0);
      // With its manifest a backup is there: it comes last, and never in the place of another.
      await copyOwn(
        manifestPath(from, link.id),
        manifestPath(to, link.id),
        constants.COPYFILE_EXCL,
      );
      carried.push(link.id);
    }
  } catch (error) {
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
