import { lstat } from "node:fs/promises";
import type { Deletion, Snapshot } from "../types.ts";
import { readableManifests } from "./catalog.ts";
import { checkHash, checkSizes, loadChain, type SealedManifest } from "./chain.ts";
import { faultOf, isUnknownBackup, systemCode } from "./faults.ts";
import { dataPath, manifestPath } from "./files.ts";
import type { Manifest } from "./manifest.ts";

/** Longer chains are slow to restore and can never be thinned out. */
const MAX_CHAIN = 64;

/** The backup that an incremental one builds on, with what was deleted since; or why there is none. */
export type ParentSearch =
  | {
      readonly parent: SealedManifest;
      readonly deletions: readonly Deletion[];
      readonly note?: undefined;
    }
  | { readonly parent?: undefined; readonly deletions?: undefined; readonly note: string };

/** The newest usable backup of the snapshot's store. */
export async function findParent(folder: string, snapshot: Snapshot): Promise<ParentSearch> {
  const all = await readableManifests(folder);
  if (all.length === 0) return fullInstead("there is no earlier backup");
  const ours = all.filter(
    ({ manifest }) => manifest.storeId === snapshot.storeId && snapshot.storeId !== "",
  );
  if (ours.length === 0) return fullInstead("the earlier backups are of another store");
  const parent = ours
    .filter(({ manifest }) => manifest.toRevision <= snapshot.revision)
    .reduce<SealedManifest | undefined>(newer, undefined);
  if (parent === undefined) return fullInstead("the earlier backups are newer than the store");
  const { id, toRevision } = parent.manifest;
  const fault = await faultOfChain(folder, id);
  if (fault !== undefined) return fullInstead(`the backup ${id} cannot be built on: ${fault}`);
  if (!(await isOfThisHistory(snapshot, parent.manifest))) {
    return fullInstead(`the store is an older copy that went on without the backup ${id}`);
  }
  const deletions = await snapshot.deletionsSince(toRevision);
  if (deletions === undefined) {
    return fullInstead(`it is no longer known what was deleted since the backup ${id}`);
  }
  return { parent, deletions };
}

/** Whether the store still says of the parent's last change what the parent says; true when it cannot tell. */
async function isOfThisHistory(snapshot: Snapshot, parent: Manifest): Promise<boolean> {
  const known = await snapshot.changeTime(parent.toRevision);
  return known === undefined || parent.lastChangeAt === undefined || known === parent.lastChangeAt;
}

function fullInstead(reason: string): ParentSearch {
  const sentence = reason.endsWith(".") ? reason : `${reason}.`;
  return { note: `A full backup was made, since ${sentence}` };
}

function newer(best: SealedManifest | undefined, next: SealedManifest): SealedManifest {
  return best !== undefined && best.manifest.toRevision > next.manifest.toRevision ? best : next;
}

async function faultOfChain(folder: string, id: string): Promise<string | undefined> {
  try {
    const chain = await loadChain(folder, id);
    if (chain.length >= MAX_CHAIN) return `it ends a chain of ${chain.length}`;
    await checkSizes(folder, chain);
    for (const link of chain) await checkData(folder, link);
    return undefined;
  } catch (error) {
    const fault = faultOf(error);
    if (fault !== undefined) return fault;
    if (isUnknownBackup(error) || systemCode(error) === "ENOENT") return "it was just deleted";
    throw error;
  }
}

/** Reads the data again only when something touched the file after its manifest was written. */
async function checkData(folder: string, manifest: Manifest): Promise<void> {
  const path = dataPath(folder, manifest.id);
  const touched = (await lstat(path)).ctimeMs;
  const sealed = (await lstat(manifestPath(folder, manifest.id))).ctimeMs;
  if (touched > sealed) await checkHash(folder, manifest);
}
