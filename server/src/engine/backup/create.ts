import { StateError } from "../../../../shared/src/errors.ts";
import type { CreatedBackup, JobControl } from "../engine.ts";
import type { Deletion, Snapshot, Store } from "../types.ts";
import { headOfManifest } from "./catalog.ts";
import { BatchCursor } from "./cursor.ts";
import { stopIfAborted, storageProblem } from "./faults.ts";
import { cleanLeftovers, dropEmptyFolders, ensureFolder } from "./files.ts";
import type { Manifest } from "./manifest.ts";
import { compareNamed } from "./order.ts";
import { findParent } from "./parent.ts";
import type { BackupPlace } from "./place.ts";
import { hasChildren } from "./remove.ts";
import type { BackupReason } from "./types.ts";
import { type BackupSource, type Line, WHAT, writeBackup } from "./write.ts";

export interface CreateOptions {
  readonly incremental: boolean;
  readonly reason: BackupReason;
}

/** A backup that was just made. */
export interface FreshBackup extends CreatedBackup {
  /** The revision whose state it holds. */
  readonly revision: number;
}

/**
 * Backs up the store as it is at one moment, while others go on writing. It appears whole or not at
 * all. @throws StateError `cancelled`, `disk-full`, `backup-folder-not-writable`, `backup-storage-failed`
 */
export async function createBackup(
  store: Store,
  place: BackupPlace,
  { incremental, reason }: CreateOptions,
  control: JobControl = {},
): Promise<FreshBackup> {
  let made: string | undefined;
  try {
    stopIfAborted(control.signal, WHAT);
    made = await ensureFolder(place.folder);
    await cleanLeftovers(place.folder, (id) => hasChildren(place.folder, id));
    const total = (await store.namespaces()).reduce((sum, { keys }) => sum + keys, 0);
    const backup = await store.snapshot((snapshot) =>
      incremental
        ? backUpChanges(snapshot, place, reason, control, total)
        : backUpFully(snapshot, place, reason, control, total),
    );
    await keepDeletions(store, backup.revision);
    return backup;
  } catch (error) {
    if (made !== undefined) await dropEmptyFolders(place.folder, made);
    throw storageProblem(error, place.folder);
  }
}

/** So that the next incremental backup can build on this one; the backup is made in any case. */
async function keepDeletions(store: Store, revision: number): Promise<void> {
  try {
    await store.keepDeletions(revision);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
  }
}

/**
 * A full backup of one consistent picture of a store; the folder exists.
 * @param total about how many entries there are, for reports
 */
export async function backUpFully(
  source: BackupSource,
  place: BackupPlace,
  reason: BackupReason,
  control: JobControl,
  total: number,
): Promise<FreshBackup> {
  const content = { parent: undefined, lines: source.entries(), total };
  const manifest = await writeBackup(source, place, reason, content, control);
  if (manifest === undefined) throw new Error("a full backup has no parent to lose");
  return fresh(manifest, undefined);
}

/** An incremental backup, or a full one with a note why. */
async function backUpChanges(
  snapshot: Snapshot,
  place: BackupPlace,
  reason: BackupReason,
  control: JobControl,
  total: number,
): Promise<FreshBackup> {
  const { parent, deletions, note } = await findParent(place.folder, snapshot);
  if (parent !== undefined) {
    const lines = changesSince(snapshot, parent.manifest, deletions);
    const content = { parent, lines, total: deletions.length };
    const manifest = await writeBackup(snapshot, place, reason, content, control);
    if (manifest !== undefined) return fresh(manifest, undefined);
  }
  const full = await backUpFully(snapshot, place, reason, control, total);
  return { ...full, note: note ?? "A full backup was made, since its parent was just deleted." };
}

function fresh(manifest: Manifest, note: string | undefined): FreshBackup {
  return { ...headOfManifest(manifest), note, revision: manifest.toRevision };
}

const BATCH = 1000;

/** Entries and deletions after the parent's revision, in batches, in the order of names. */
async function* changesSince(
  snapshot: Snapshot,
  parent: Manifest,
  deletions: readonly Deletion[],
): AsyncGenerator<readonly Line[]> {
  const entries = new BatchCursor(snapshot.entriesSince(parent.toRevision));
  const sorted = [...deletions].sort(compareNamed);
  let next = 0;
  let batch: Line[] = [];
  while (true) {
    if (entries.hungry) await entries.fill();
    const entry = entries.current;
    const deletion = sorted[next];
    if (entry === undefined && deletion === undefined) break;
    if (entry !== undefined && (deletion === undefined || compareNamed(entry, deletion) < 0)) {
      batch.push(entry);
      entries.advance();
    } else if (deletion !== undefined) {
      batch.push(deletion);
      next++;
    }
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
