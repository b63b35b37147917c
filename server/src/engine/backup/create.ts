import { StateError } from "../../../../shared/src/errors.ts";
import { APPLICATION_VERSION } from "../../../../shared/src/version.ts";
import type { BackupHead, JobControl } from "../engine.ts";
import type { Deletion, Entry, Snapshot, Store } from "../types.ts";
import { type BodySummary, writeBody } from "./body.ts";
import { headOfManifest } from "./catalog.ts";
import { BatchCursor } from "./cursor.ts";
import { cancelled, stopIfAborted, storageProblem } from "./faults.ts";
import {
  cleanLeftovers,
  discard,
  dropEmptyFolders,
  ensureFolder,
  listIds,
  publish,
  syncFolder,
  temporaryPath,
  writeSmallFile,
} from "./files.ts";
import { newBackupId } from "./ids.ts";
import { printDeletion, printEntry } from "./lines.ts";
import { type BackupReason, type Manifest, printManifest } from "./manifest.ts";
import { compareNamed } from "./order.ts";
import { findParent, type ParentSearch } from "./parent.ts";
import type { BackupPlace } from "./place.ts";
import { hasChildren } from "./remove.ts";

export interface CreateOptions {
  readonly incremental: boolean;
  readonly reason: BackupReason;
}

/** A new backup; `note` says so when an incremental one was asked for and a full one was made. */
export interface CreatedBackup extends BackupHead {
  readonly note: string | undefined;
  /** The revision whose state it holds. */
  readonly revision: number;
}

const WHAT = "The backup";

/**
 * Backs up the store as it is at one moment, while others go on writing. It appears whole or not at
 * all. @throws StateError `cancelled`, `disk-full`, `backup-folder-not-writable`, `backup-storage-failed`
 */
export async function createBackup(
  store: Store,
  place: BackupPlace,
  options: CreateOptions,
  control: JobControl = {},
): Promise<CreatedBackup> {
  let made: string | undefined;
  try {
    stopIfAborted(control.signal, WHAT);
    made = await ensureFolder(place.folder);
    await cleanLeftovers(place.folder, (id) => hasChildren(place.folder, id));
    const total = (await store.namespaces()).reduce((sum, { keys }) => sum + keys, 0);
    const backup = await store.snapshot((snapshot) =>
      backUpSnapshot(snapshot, place, options, control, total),
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

/** What a backup reads: all of a snapshot, or less of it. */
export type BackupSource = Pick<
  Snapshot,
  "revision" | "storeId" | "schemaVersion" | "entries" | "entriesSince" | "deletionsSince"
>;

/** Backs up one consistent picture of a store; the folder exists. */
export async function backUpSnapshot(
  snapshot: BackupSource,
  place: BackupPlace,
  options: CreateOptions,
  control: JobControl,
  total: number,
): Promise<CreatedBackup> {
  const search = options.incremental ? await findParent(place.folder, snapshot) : undefined;
  if (search?.parent !== undefined) {
    const made = await write(snapshot, place, options, control, total, search);
    if (made !== undefined) return made;
  }
  const full = await write(snapshot, place, options, control, total, undefined);
  if (full === undefined) throw new Error("a full backup needs no parent");
  if (search === undefined) return full;
  return {
    ...full,
    note: search.note ?? "Its parent was deleted meanwhile, so a full backup was made.",
  };
}

type FoundParent = Extract<ParentSearch, { readonly parent: object }>;

/** undefined when the parent was deleted before the new backup could be seen. */
async function write(
  snapshot: BackupSource,
  place: BackupPlace,
  options: CreateOptions,
  control: JobControl,
  total: number,
  base: FoundParent | undefined,
): Promise<CreatedBackup | undefined> {
  const { folder } = place;
  const createdAt = place.now();
  const id = newBackupId(createdAt);
  const count: Count = { entries: 0, deletions: 0 };
  const lines =
    base === undefined
      ? snapshot.entries()
      : changesSince(snapshot, base.parent.manifest, base.deletions);
  const chunks = printed(lines, count, control, base === undefined ? total : base.deletions.length);
  try {
    const body = await writeBody(temporaryPath(folder, id, "data"), chunks, control.signal);
    const manifest = describe(
      id,
      createdAt,
      place.now(),
      snapshot,
      options.reason,
      base,
      count,
      body,
    );
    await writeSmallFile(temporaryPath(folder, id, "manifest"), printManifest(manifest));
    await syncFolder(folder);
    // From here on a deletion of the parent sees the claim; what was deleted before is seen here.
    if (base !== undefined && !(await listIds(folder)).includes(base.parent.manifest.id)) {
      await discard(folder, id);
      return undefined;
    }
    stopIfAborted(control.signal, WHAT);
    await publish(folder, id);
    return { ...headOfManifest(manifest), note: undefined, revision: snapshot.revision };
  } catch (error) {
    await discard(folder, id);
    throw control.signal?.aborted ? cancelled(WHAT) : storageProblem(error, folder);
  }
}

function describe(
  id: string,
  createdAt: number,
  completedAt: number,
  snapshot: BackupSource,
  reason: BackupReason,
  base: FoundParent | undefined,
  count: Count,
  body: BodySummary,
): Manifest {
  return {
    id,
    kind: base === undefined ? "full" : "incremental",
    reason,
    parentId: base?.parent.manifest.id,
    parentManifestSha256: base?.parent.fileSha256,
    createdAt,
    completedAt: Math.max(createdAt, completedAt),
    storeId: snapshot.storeId,
    fromRevision: base?.parent.manifest.toRevision ?? 0,
    toRevision: snapshot.revision,
    schemaVersion: snapshot.schemaVersion,
    ...count,
    ...body,
    applicationVersion: APPLICATION_VERSION,
  };
}

interface Count {
  entries: number;
  deletions: number;
}

type Line = Entry | Deletion;

async function* printed(
  batches: AsyncIterable<readonly Line[]>,
  count: Count,
  control: JobControl,
  total: number,
): AsyncGenerator<string> {
  for await (const batch of batches) {
    stopIfAborted(control.signal, WHAT);
    let chunk = "";
    for (const line of batch) {
      if ("value" in line) {
        count.entries++;
        chunk += printEntry(line);
      } else {
        count.deletions++;
        chunk += printDeletion(line);
      }
    }
    if (chunk !== "") yield chunk;
    const done = count.entries + count.deletions;
    control.progress?.({ done, total: Math.max(done, total), what: "writing entries" });
  }
}

const BATCH = 1000;

/** Entries and deletions after the parent's revision, in batches, in the order of names. */
async function* changesSince(
  snapshot: BackupSource,
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
