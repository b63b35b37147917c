import { APPLICATION_VERSION } from "../../../../shared/src/version.ts";
import type { JobControl } from "../engine.ts";
import type { Deletion, Entry, Snapshot } from "../types.ts";
import { type BodySummary, writeBody } from "./body.ts";
import type { SealedManifest } from "./chain.ts";
import { cancelled, stopIfAborted, storageProblem } from "./faults.ts";
import { discard, isListed, publish, syncFolder, temporaryPath, writeSmallFile } from "./files.ts";
import { newBackupId } from "./ids.ts";
import { printDeletion, printEntry } from "./lines.ts";
import { type Manifest, printManifest } from "./manifest.ts";
import type { BackupPlace } from "./place.ts";
import type { BackupReason } from "./types.ts";

/** What a full backup reads: a snapshot, or less than that. */
export type BackupSource = Pick<Snapshot, "revision" | "storeId" | "schemaVersion" | "entries"> &
  Partial<Pick<Snapshot, "changeTime">>;

export type Line = Entry | Deletion;

/** What a backup is to hold. */
export interface Content {
  /** Of an incremental backup. */
  readonly parent: SealedManifest | undefined;
  /** In the order of names. */
  readonly lines: AsyncIterable<readonly Line[]>;
  /** About how many lines, for reports. */
  readonly total: number;
}

export const WHAT = "The backup";

/**
 * Writes one backup; the folder exists. It appears whole or not at all.
 * @returns undefined when the parent was deleted before the new backup could be seen
 */
export async function writeBackup(
  source: BackupSource,
  place: BackupPlace,
  reason: BackupReason,
  content: Content,
  control: JobControl,
): Promise<Manifest | undefined> {
  const { folder } = place;
  const createdAt = place.now();
  const id = newBackupId(createdAt);
  const count: Count = { entries: 0, deletions: 0 };
  try {
    const chunks = printed(content, count, control);
    const body = await writeBody(temporaryPath(folder, id, "data"), chunks, control.signal);
    const origin = await originOf(source, content.parent);
    const times = { createdAt, completedAt: Math.max(createdAt, place.now()) };
    const manifest = describe({ id, reason, ...times }, origin, count, body);
    await writeSmallFile(temporaryPath(folder, id, "manifest"), printManifest(manifest));
    await syncFolder(folder);
    // From here on a deletion of the parent sees the claim; what was deleted before is seen here.
    const { parentId } = manifest;
    if (parentId !== undefined && !(await isListed(folder, parentId))) {
      await discard(folder, id);
      return undefined;
    }
    stopIfAborted(control.signal, WHAT);
    await publish(folder, id);
    return manifest;
  } catch (error) {
    await discard(folder, id);
    throw control.signal?.aborted ? cancelled(WHAT) : storageProblem(error, folder);
  }
}

type Identity = Pick<Manifest, "id" | "reason" | "createdAt" | "completedAt">;
type Origin = Omit<
  Manifest,
  keyof Identity | keyof Count | keyof BodySummary | "applicationVersion"
>;

async function originOf(source: BackupSource, parent: SealedManifest | undefined): Promise<Origin> {
  return {
    kind: parent === undefined ? "full" : "incremental",
    parentId: parent?.manifest.id,
    parentManifestSha256: parent?.fileSha256,
    storeId: source.storeId,
    fromRevision: parent?.manifest.toRevision ?? 0,
    toRevision: source.revision,
    lastChangeAt: await source.changeTime?.(source.revision),
    schemaVersion: source.schemaVersion,
  };
}

function describe(identity: Identity, origin: Origin, count: Count, body: BodySummary): Manifest {
  return { ...identity, ...origin, ...count, ...body, applicationVersion: APPLICATION_VERSION };
}

interface Count {
  entries: number;
  deletions: number;
}

/** So much is handed to the compressor at once. */
const CHUNK_CHARACTERS = 1 << 20;
const LINES_A_REPORT = 1000;

async function* printed(
  { lines, total }: Content,
  count: Count,
  control: JobControl,
): AsyncGenerator<string> {
  let chunk = "";
  let nextReport = 0;
  for await (const batch of lines) {
    stopIfAborted(control.signal, WHAT);
    control.pause?.();
    for (const line of batch) {
      if ("value" in line) {
        count.entries++;
        chunk += printEntry(line);
      } else {
        count.deletions++;
        chunk += printDeletion(line);
      }
    }
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = "";
    }
    const done = count.entries + count.deletions;
    if (done < nextReport) continue;
    nextReport = done + LINES_A_REPORT;
    control.progress?.({ done, total: Math.max(done, total), what: "writing entries" });
  }
  if (chunk !== "") yield chunk;
}
