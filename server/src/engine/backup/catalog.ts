import { backupTime } from "../../../../shared/src/backup-time.ts";
import type { BackupHead } from "../engine.ts";
import { loadManifest, type SealedManifest } from "./chain.ts";
import { faultOf, isUnknownBackup, storageProblem } from "./faults.ts";
import { dataPath, listIds, manifestPath, sizeOf } from "./files.ts";
import { type Manifest, printManifest } from "./manifest.ts";
import type { BackupPlace } from "./place.ts";
import { readVerdict } from "./verdict.ts";

/**
 * All backups, newest first, from their manifests alone; damaged ones with `verified: false`.
 * @throws StateError `backup-folder-not-writable`, `backup-storage-failed`
 */
export async function listBackups(place: BackupPlace): Promise<readonly BackupHead[]> {
  try {
    const heads: BackupHead[] = [];
    for (const id of await listIds(place.folder)) {
      const head = await headOf(place, id);
      if (head !== undefined) heads.push(head);
    }
    return heads.reverse();
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
}

/** A new backup's head: it was not verified yet. */
export function headOfManifest(manifest: Manifest): BackupHead {
  return {
    id: manifest.id,
    kind: manifest.kind,
    parentId: manifest.parentId,
    reason: manifest.reason,
    createdAt: manifest.createdAt,
    entries: manifest.entries + manifest.deletions,
    sizeBytes: manifest.dataBytes + Buffer.byteLength(printManifest(manifest)),
    schemaVersion: manifest.schemaVersion,
    verified: undefined,
  };
}

/** All manifests that can be read, oldest first. */
export async function readableManifests(folder: string): Promise<readonly SealedManifest[]> {
  const readable: SealedManifest[] = [];
  for (const id of await listIds(folder)) {
    try {
      readable.push(await loadManifest(folder, id));
    } catch (error) {
      if (!isGoneOrDamaged(error)) throw error;
    }
  }
  return readable;
}

async function headOf(place: BackupPlace, id: string): Promise<BackupHead | undefined> {
  try {
    const { manifest, fileSha256 } = await loadManifest(place.folder, id);
    return {
      ...headOfManifest(manifest),
      verified: await readVerdict(place.folder, id, fileSha256),
    };
  } catch (error) {
    if (!isGoneOrDamaged(error)) throw error;
    return faultOf(error) === undefined ? undefined : unreadableHead(place.folder, id);
  }
}

/** Deleted while the list was read, or not what was written. */
function isGoneOrDamaged(error: unknown): boolean {
  return faultOf(error) !== undefined || isUnknownBackup(error);
}

async function unreadableHead(folder: string, id: string): Promise<BackupHead> {
  return {
    id,
    kind: "full",
    parentId: undefined,
    reason: "asked",
    createdAt: backupTime(id) ?? 0,
    entries: 0,
    sizeBytes: (await sizeOf(manifestPath(folder, id))) + (await sizeOf(dataPath(folder, id))),
    schemaVersion: "",
    verified: false,
  };
}
