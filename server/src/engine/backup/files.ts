import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { backupTime } from "../../../../shared/src/backup-time.ts";
import { damagedBackup, systemCode } from "./faults.ts";

/** The files of one backup. All are named after its id. */
export function manifestPath(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}

export function dataPath(folder: string, id: string): string {
  return join(folder, `${id}.jsonl.zst`);
}

/** The last verification's verdict: a note, not part of the backup. */
export function verdictPath(folder: string, id: string): string {
  return join(folder, `${id}.verified`);
}

const HOST = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
/** What a live process has not touched for so long (ms) was left by one that is gone. */
const ABANDONED = 60 * 60 * 1000;

type Part = "manifest" | "data" | "verdict" | "deleting";

/** A name for a file in the making: hidden, and telling which process on which machine owns it. */
export function temporaryPath(folder: string, id: string, part: Part): string {
  return join(folder, `.${id}.${HOST}.${process.pid}.${part}`);
}

interface Temporary {
  readonly name: string;
  readonly id: string;
  readonly part: Part;
  readonly host: string;
  readonly pid: number;
}

const TEMPORARY =
  /^\.(backup_[0-9TZ]+_[0-9a-f]{6})\.([0-9a-f]{8})\.(\d+)\.(manifest|data|verdict|deleting)$/;

function asTemporary(name: string): Temporary | undefined {
  const [, id = "", host = "", pid = "", part = ""] = TEMPORARY.exec(name) ?? [];
  if (id === "") return undefined;
  return { name, id, host, pid: Number(pid), part: part as Part };
}

/** Names in the folder; none when it does not exist. */
async function names(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Ids of all backups in the folder that have a manifest, ascending: oldest first. */
export async function listIds(folder: string): Promise<readonly string[]> {
  return idsOf(await names(folder), ".json");
}

/** Whether there is a manifest of this id, whatever is in it. */
export async function isListed(folder: string, id: string): Promise<boolean> {
  try {
    await lstat(manifestPath(folder, id));
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

function idsOf(all: readonly string[], suffix: string): readonly string[] {
  return all
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .filter((id) => backupTime(id) !== undefined)
    .sort();
}

/**
 * Opens a backup's file for reading, but never through a symbolic link, nor anything that is no
 * plain file. @throws StateError `damaged-backup`
 */
export async function openRegularFile(path: string, id: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    const seen = await lstat(path);
    if (seen.isSymbolicLink()) throw damagedBackup(id, `${path} is a symbolic link.`);
    if (!seen.isFile()) throw damagedBackup(id, `${path} is no plain file.`);
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw damagedBackup(id, `${path} is missing.`);
    throw error;
  }
  const opened = await handle.stat();
  if (opened.isFile()) return handle;
  await handle.close();
  throw damagedBackup(id, `${path} is no plain file.`);
}

/** A small file's bytes. @throws StateError `damaged-backup` */
export async function readSmallFile(path: string, id: string, limit: number): Promise<Buffer> {
  const handle = await openRegularFile(path, id);
  try {
    const { size } = await handle.stat();
    if (size > limit) throw damagedBackup(id, `${path} has ${size} bytes, too many to be genuine.`);
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Size in bytes of a backup's file; 0 when it is not there. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch {
    return 0;
  }
}

/** Makes the folder if need be, for its owner alone; the topmost folder that was made, if any. */
export async function ensureFolder(folder: string): Promise<string | undefined> {
  return mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Undoes `ensureFolder`, as far as the folders are empty. */
export async function dropEmptyFolders(folder: string, topmost: string): Promise<void> {
  for (let path = folder; path.startsWith(topmost); path = dirname(path)) {
    try {
      await rmdir(path);
    } catch {
      return;
    }
  }
}

/** Writes a new small file for its owner alone and syncs it. */
export async function writeSmallFile(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes renames and removals in the folder last. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes files that may or may not be there. */
export async function removeFiles(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
}

/** Makes a finished backup visible: the data first, the manifest last. */
export async function publish(folder: string, id: string): Promise<void> {
  await rename(temporaryPath(folder, id, "data"), dataPath(folder, id));
  await syncFolder(folder);
  await rename(temporaryPath(folder, id, "manifest"), manifestPath(folder, id));
  await syncFolder(folder);
}

/** Removes what `publish` would have shown. */
export async function discard(folder: string, id: string): Promise<void> {
  await removeFiles(temporaryPath(folder, id, "manifest"), temporaryPath(folder, id, "data"));
}

/** Texts of manifests that are being made now, by anyone. */
export async function manifestsInTheMaking(folder: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const name of await names(folder)) {
    const temporary = asTemporary(name);
    if (temporary?.part !== "manifest") continue;
    const bytes = await readSmallFile(join(folder, name), temporary.id, 1 << 16).catch(
      () => undefined,
    );
    if (bytes !== undefined) texts.push(bytes.toString("utf8"));
  }
  return texts;
}

/** Takes a backup out of sight as the first step of deleting it; false when it is not there. */
export async function hide(folder: string, id: string): Promise<boolean> {
  try {
    await rename(manifestPath(folder, id), temporaryPath(folder, id, "deleting"));
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** Undoes `hide`. */
export async function unhide(folder: string, id: string): Promise<void> {
  await rename(temporaryPath(folder, id, "deleting"), manifestPath(folder, id));
}

/** Completes what `hide` began. */
export async function removeHidden(folder: string, id: string): Promise<void> {
  await syncFolder(folder);
  await removeFiles(dataPath(folder, id), verdictPath(folder, id));
  await removeFiles(temporaryPath(folder, id, "deleting"));
  await syncFolder(folder);
}

/**
 * Removes what processes that are gone left half done: files in the making, data without a
 * manifest. A deletion that was begun is finished, unless a backup that needs it appeared.
 */
export async function cleanLeftovers(
  folder: string,
  hasChildren: (id: string) => Promise<boolean>,
): Promise<void> {
  const all = await names(folder);
  const temporaries = all.map(asTemporary).filter((item) => item !== undefined);
  for (const temporary of temporaries) {
    const path = join(folder, temporary.name);
    if (!(await isAbandoned(temporary, path))) continue;
    if (temporary.part === "deleting" && (await hasChildren(temporary.id))) {
      await rename(path, manifestPath(folder, temporary.id));
    } else {
      await removeFiles(path);
    }
  }
  await removeOrphans(folder, all);
}

async function removeOrphans(folder: string, seen: readonly string[]): Promise<void> {
  const candidates = [...idsOf(seen, ".jsonl.zst"), ...idsOf(seen, ".verified")];
  if (candidates.length === 0) return;
  // In this order: a backup that is being published is in the first list or in the second.
  const making = new Set((await names(folder)).map((name) => asTemporary(name)?.id));
  const published = new Set(await listIds(folder));
  for (const id of candidates) {
    if (making.has(id) || published.has(id)) continue;
    await removeFiles(dataPath(folder, id), verdictPath(folder, id));
  }
}

async function isAbandoned(temporary: Temporary, path: string): Promise<boolean> {
  if (temporary.host === HOST && !isAlive(temporary.pid)) return true;
  try {
    const { ctimeMs } = await lstat(path);
    return Date.now() - ctimeMs > ABANDONED;
  } catch {
    return false;
  }
}

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
