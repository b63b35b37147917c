import { rename } from "node:fs/promises";
import { readSmallFile, removeFiles, temporaryPath, verdictPath, writeSmallFile } from "./files.ts";

const MAX_VERDICT_BYTES = 4096;

/**
 * The last verification's verdict about the backup whose manifest file has this checksum; undefined
 * when there is none. It is a note for lists: nothing is restored because of it.
 */
export async function readVerdict(
  folder: string,
  id: string,
  manifestSha256: string,
): Promise<boolean | undefined> {
  try {
    const bytes = await readSmallFile(verdictPath(folder, id), id, MAX_VERDICT_BYTES);
    const note: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof note !== "object" || note === null) return undefined;
    if (!("manifest_sha256" in note) || note.manifest_sha256 !== manifestSha256) return undefined;
    return "is_valid" in note && typeof note.is_valid === "boolean" ? note.is_valid : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a verdict, where the folder can be written: a backup on a read-only disk has none. */
export async function writeVerdict(
  folder: string,
  id: string,
  verdict: { readonly isValid: boolean; readonly manifestSha256: string; readonly at: number },
): Promise<void> {
  const draft = temporaryPath(folder, id, "verdict");
  const note = {
    id,
    is_valid: verdict.isValid,
    verified_at: new Date(verdict.at).toISOString(),
    manifest_sha256: verdict.manifestSha256,
  };
  try {
    await removeFiles(draft);
    await writeSmallFile(draft, `${JSON.stringify(note, undefined, 2)}\n`);
    await rename(draft, verdictPath(folder, id));
  } catch {
    await removeFiles(draft).catch(() => undefined);
  }
}
