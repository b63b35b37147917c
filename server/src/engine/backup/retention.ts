import { StateError } from "../../../../shared/src/errors.ts";
import type { BackupHead, JobControl } from "../engine.ts";
import { listBackups } from "./catalog.ts";
import { loadChain } from "./chain.ts";
import { faultOf, isUnknownBackup, storageProblem } from "./faults.ts";
import { cleanLeftovers } from "./files.ts";
import type { BackupPlace } from "./place.ts";
import { hasChildren, removeChildless } from "./remove.ts";
import type { Pruned, Retention } from "./types.ts";
import { verifyChain } from "./verify.ts";

export interface PruneOptions extends Retention {
  /** Only say what would go. */
  readonly dryRun: boolean;
  /** A backup that is known to be good, since it was just made. */
  readonly good?: string;
  /** Leave those alone that were asked for. */
  readonly safetyOnly?: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Deletes backups that are too old or too many. What a remaining backup builds on stays, and so does
 * the newest good backup, whatever its age. @throws StateError `cancelled`
 */
export async function pruneBackups(
  place: BackupPlace,
  options: PruneOptions,
  control: JobControl = {},
): Promise<Pruned> {
  try {
    if (!options.dryRun) await cleanLeftovers(place.folder, (id) => hasChildren(place.folder, id));
    const heads = await listBackups(place);
    const doomed = await choose(place, heads, options, control);
    // Children are newer than what they build on, and go first: at no moment is a chain broken.
    const deleted: BackupHead[] = [];
    for (const head of childrenFirst(doomed)) {
      if (options.dryRun || (await removed(place.folder, head.id))) deleted.push(head);
    }
    const gone = new Set(deleted.map(({ id }) => id));
    const oldestFirst = [...heads].reverse().map(({ id }) => id);
    return {
      deleted: oldestFirst.filter((id) => gone.has(id)),
      retained: oldestFirst.filter((id) => !gone.has(id)),
      spaceFreed: deleted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    };
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
}

/**
 * {@link pruneBackups} after a backup was made, which is good. What is wrong with older ones is for
 * those who prune to hear.
 */
export async function tidyUp(
  place: BackupPlace,
  options: Omit<PruneOptions, "dryRun"> & { readonly good: string },
  control: JobControl = {},
): Promise<void> {
  try {
    const signal = control.signal === undefined ? {} : { signal: control.signal };
    await pruneBackups(place, { ...options, dryRun: false }, signal);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
  }
}

/** After a change of much at once: safety backups make way for the newest, others stay. */
export async function tidySafetyBackups(
  place: BackupPlace,
  retention: Retention,
  safetyBackupId: string | undefined,
): Promise<void> {
  if (safetyBackupId === undefined) return;
  await tidyUp(place, { ...retention, good: safetyBackupId, safetyOnly: true });
}

/** Also true when another process was faster. */
async function removed(folder: string, id: string): Promise<boolean> {
  try {
    return await removeChildless(folder, id);
  } catch (error) {
    if (isUnknownBackup(error)) return true;
    throw error;
  }
}

/** `heads` newest first. */
async function choose(
  place: BackupPlace,
  heads: readonly BackupHead[],
  { days, count = Number.POSITIVE_INFINITY, good, safetyOnly = false }: PruneOptions,
  control: JobControl,
): Promise<readonly BackupHead[]> {
  const oldest = place.now() - days * DAY;
  const kept = new Set<string>();
  const asked = heads.filter(({ reason }) => reason === "asked");
  const safety = heads.filter(({ reason }) => reason !== "asked");
  for (const kind of [asked, safety]) {
    for (const [index, { id, createdAt }] of kind.entries()) {
      const due = createdAt < oldest || index >= count;
      if (!due || (safetyOnly && kind === asked)) kept.add(id);
    }
  }
  if (kept.size < heads.length) {
    const newestGood = await findNewestGood(place, heads, good, control);
    if (newestGood !== undefined) kept.add(newestGood);
  }
  keepAncestors(heads, kept);
  return heads.filter(({ id }) => !kept.has(id));
}

async function findNewestGood(
  place: BackupPlace,
  heads: readonly BackupHead[],
  good: string | undefined,
  control: JobControl,
): Promise<string | undefined> {
  for (const { id } of heads) {
    if (id === good || (await isGood(place, id, control))) return id;
  }
  return undefined;
}

async function isGood(place: BackupPlace, id: string, control: JobControl): Promise<boolean> {
  try {
    await verifyChain(place, await loadChain(place.folder, id), control);
    return true;
  } catch (error) {
    if (faultOf(error) === undefined) throw error;
    return false;
  }
}

function keepAncestors(heads: readonly BackupHead[], kept: Set<string>): void {
  const parents = new Map(heads.map(({ id, parentId }) => [id, parentId]));
  for (const id of [...kept]) {
    let parent = parents.get(id);
    while (parent !== undefined && !kept.has(parent)) {
      kept.add(parent);
      parent = parents.get(parent);
    }
  }
}

/** Whatever their ids say: a clock may have gone back between a backup and its child. */
function childrenFirst(heads: readonly BackupHead[]): readonly BackupHead[] {
  const waiting = new Map(heads.map((head) => [head.id, head]));
  const ordered: BackupHead[] = [];
  while (waiting.size > 0) {
    const parents = new Set([...waiting.values()].map(({ parentId }) => parentId));
    const childless = [...waiting.values()].filter(({ id }) => !parents.has(id));
    if (childless.length === 0) break;
    for (const head of childless) {
      ordered.push(head);
      waiting.delete(head.id);
    }
  }
  return ordered;
}
