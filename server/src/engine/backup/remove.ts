import { StateError } from "../../../../shared/src/errors.ts";
import { readableManifests } from "./catalog.ts";
import { loadManifest } from "./chain.ts";
import { faultOf, storageProblem, unknownBackup } from "./faults.ts";
import { cleanLeftovers, hide, manifestsInTheMaking, removeHidden, unhide } from "./files.ts";
import type { BackupPlace } from "./place.ts";

/** Whether an incremental backup builds on this one, or is just being made. */
export async function hasChildren(folder: string, id: string): Promise<boolean> {
  // In this order: what is published meanwhile is seen here or there.
  const claim = `"parent_id": ${JSON.stringify(id)}`;
  const claims = await manifestsInTheMaking(folder);
  if (claims.some((text) => text.includes(claim))) return true;
  return (await childrenOf(folder, id)).length > 0;
}

async function childrenOf(folder: string, id: string): Promise<readonly string[]> {
  const all = await readableManifests(folder);
  return all.filter(({ manifest }) => manifest.parentId === id).map(({ manifest }) => manifest.id);
}

/**
 * Deletes a backup that none builds on.
 * @throws StateError `invalid-backup-id`, `unknown-backup`, `backup-has-children`
 */
export async function deleteBackup(place: BackupPlace, id: string): Promise<void> {
  try {
    await cleanLeftovers(place.folder, (other) => hasChildren(place.folder, other));
    // A damaged one may go; one that is not there is an error.
    await loadManifest(place.folder, id).catch((error: unknown) => {
      if (faultOf(error) === undefined) throw error;
    });
    const children = await childrenOf(place.folder, id);
    if (children.length > 0 || !(await removeChildless(place.folder, id))) {
      throw needed(id, children);
    }
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
}

/**
 * Deletes a backup unless one builds on it, also one that appears at this moment; false: it stays.
 * @throws StateError `unknown-backup`
 */
export async function removeChildless(folder: string, id: string): Promise<boolean> {
  if (!(await hide(folder, id))) throw unknownBackup(id, folder);
  if (await hasChildren(folder, id)) {
    await unhide(folder, id);
    return false;
  }
  await removeHidden(folder, id);
  return true;
}

function needed(id: string, children: readonly string[]): StateError {
  const names = children.length === 0 ? "a backup that is just being made" : children.join(", ");
  return new StateError(
    "backup-has-children",
    `The backup ${id} is needed by ${names}.`,
    "Delete the incremental backups that build on it first, the newest before the older.",
  );
}
