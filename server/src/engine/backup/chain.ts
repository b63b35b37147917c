import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { readBody } from "./body.ts";
import { BatchCursor } from "./cursor.ts";
import { damagedBackup, faultOf, isUnknownBackup, unknownBackup } from "./faults.ts";
import { dataPath, isListed, manifestPath, openRegularFile, readSmallFile } from "./files.ts";
import { checkBackupId } from "./ids.ts";
import type { SavedEntry, SavedLine } from "./lines.ts";
import { MAX_MANIFEST_BYTES, type Manifest, readManifest, sha256 } from "./manifest.ts";
import { compareNamed } from "./order.ts";

/** A manifest with the checksum of its whole file, which a child's manifest names. */
export interface SealedManifest {
  readonly manifest: Manifest;
  readonly fileSha256: string;
}

/** @throws StateError `invalid-backup-id`, `unknown-backup`, `damaged-backup` */
export async function loadManifest(folder: string, id: string): Promise<SealedManifest> {
  checkBackupId(id);
  if (!(await isListed(folder, id))) throw unknownBackup(id, folder);
  const path = manifestPath(folder, id);
  const bytes = await readSmallFile(path, id, MAX_MANIFEST_BYTES);
  const reading = readManifest(bytes.toString("utf8"), id);
  if (reading.fault !== undefined) throw damagedBackup(id, `${path} ${reading.fault}`);
  return { manifest: reading.manifest, fileSha256: sha256(bytes) };
}

/**
 * The backups that must be read to know the state of backup `id`: a full one first, `id` last.
 * @throws StateError `invalid-backup-id`, `unknown-backup`, `damaged-backup`
 */
export async function loadChain(folder: string, id: string): Promise<readonly Manifest[]> {
  const chain: Manifest[] = [];
  let { manifest } = await loadManifest(folder, id);
  chain.unshift(manifest);
  while (manifest.parentId !== undefined) {
    if (chain.some((link) => link.id === manifest.parentId)) {
      throw damagedBackup(id, `${manifestPath(folder, manifest.id)} makes its chain a circle.`);
    }
    const parent = await parentOf(folder, id, manifest, manifest.parentId);
    chain.unshift(parent);
    manifest = parent;
  }
  return chain;
}

async function parentOf(
  folder: string,
  id: string,
  child: Manifest,
  parentId: string,
): Promise<Manifest> {
  const path = manifestPath(folder, child.id);
  let parent: SealedManifest;
  try {
    parent = await loadManifest(folder, parentId);
  } catch (error) {
    if (isUnknownBackup(error)) {
      throw damagedBackup(id, `its parent ${parentId} is missing.`);
    }
    const fault = faultOf(error);
    if (fault !== undefined) throw damagedBackup(id, `its parent ${parentId} is damaged: ${fault}`);
    throw error;
  }
  if (parent.fileSha256 !== child.parentManifestSha256) {
    throw damagedBackup(id, `${path} was made for another parent than the present ${parentId}.`);
  }
  if (parent.manifest.storeId !== child.storeId) {
    throw damagedBackup(id, `${path} and its parent are of different stores.`);
  }
  if (parent.manifest.toRevision !== child.fromRevision) {
    throw damagedBackup(id, `${path} does not begin where its parent ends.`);
  }
  return parent.manifest;
}

/** Checks that the chain's data files are there and have their sizes. @throws StateError `damaged-backup` */
export async function checkSizes(folder: string, chain: readonly Manifest[]): Promise<void> {
  for (const { id, dataBytes } of chain) {
    const path = dataPath(folder, id);
    const handle = await openRegularFile(path, id);
    const { size } = await handle.stat().finally(() => handle.close());
    if (size === dataBytes) continue;
    throw damagedBackup(id, `${path} has ${size} bytes where its manifest says ${dataBytes}.`);
  }
}

/** Checks a data file's checksum, without unpacking it. @throws StateError `damaged-backup` */
export async function checkHash(folder: string, { id, dataSha256 }: Manifest): Promise<void> {
  const path = dataPath(folder, id);
  const handle = await openRegularFile(path, id);
  const hash = createHash("sha256");
  await pipeline(handle.createReadStream({ highWaterMark: 1 << 20 }), hash);
  if (hash.digest("hex") === dataSha256) return;
  throw damagedBackup(id, `${path} does not match its checksum.`);
}

/**
 * The entries of the chain's last backup, in batches, ascending. What `readBody` says about acting
 * before the end goes for this too. @throws StateError `damaged-backup`
 */
export async function* chainEntries(
  folder: string,
  chain: readonly Manifest[],
  maxValueBytes: number,
): AsyncGenerator<readonly SavedEntry[]> {
  const bodies = chain.map((link) => readBody(dataPath(folder, link.id), link, maxValueBytes));
  const [only] = bodies;
  if (bodies.length === 1 && only !== undefined) {
    // A full backup holds no deletions, or its check fails.
    yield* only as AsyncGenerator<readonly SavedEntry[]>;
    return;
  }
  yield* mergeBodies(bodies);
}

const BATCH = 1000;

/** Merges bodies that are each in order; of lines with one name the last body's counts. */
async function* mergeBodies(
  bodies: readonly AsyncIterable<readonly SavedLine[]>[],
): AsyncGenerator<readonly SavedEntry[]> {
  const cursors = bodies.map((body) => new BatchCursor(body));
  let batch: SavedEntry[] = [];
  try {
    while (true) {
      for (const cursor of cursors) if (cursor.hungry) await cursor.fill();
      const line = takeLowest(cursors);
      if (line === undefined) break;
      if (line.value === undefined) continue;
      batch.push(line);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  } finally {
    for (const cursor of cursors) await cursor.close();
  }
}

function takeLowest(cursors: readonly BatchCursor<SavedLine>[]): SavedLine | undefined {
  let lowest: SavedLine | undefined;
  for (const { current } of cursors) {
    if (current === undefined) continue;
    if (lowest === undefined || compareNamed(current, lowest) <= 0) lowest = current;
  }
  if (lowest === undefined) return undefined;
  for (const cursor of cursors) {
    if (cursor.current !== undefined && compareNamed(cursor.current, lowest) === 0)
      cursor.advance();
  }
  return lowest;
}
