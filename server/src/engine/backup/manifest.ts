import { createHash } from "node:crypto";
import { backupTime } from "../../../../shared/src/backup-time.ts";
import type { BackupReason } from "./types.ts";

const BACKUP_FORMAT = "llmspell-state-backup";
const FORMAT_VERSION = 1;

const REASONS: readonly string[] = [
  "asked",
  "before-restore",
  "before-migration",
  "before-deletion",
] satisfies BackupReason[];

/** What a backup is and what its data must be: see docs/backup-format.md. */
export interface Manifest {
  readonly id: string;
  readonly kind: "full" | "incremental";
  readonly reason: BackupReason;
  readonly parentId: string | undefined;
  /** Hex SHA-256 of the parent's whole manifest file. */
  readonly parentManifestSha256: string | undefined;
  /** The moment whose state it holds; ms since 1970. */
  readonly createdAt: number;
  readonly completedAt: number;
  readonly storeId: string;
  /** It holds what changed after this revision; 0 in a full backup. */
  readonly fromRevision: number;
  readonly toRevision: number;
  /** When the change of `toRevision` was made, if that was known: a sign of the store's history. */
  readonly lastChangeAt: number | undefined;
  readonly schemaVersion: string;
  /** Lines that hold an entry. */
  readonly entries: number;
  /** Lines that say that a key was deleted. */
  readonly deletions: number;
  /** Size of the lines before compression. */
  readonly bodyBytes: number;
  /** Size of the data file. */
  readonly dataBytes: number;
  readonly dataSha256: string;
  readonly applicationVersion: string;
}

/** Largest manifest that is read. */
export const MAX_MANIFEST_BYTES = 64 * 1024;

export function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The manifest file's text: one field per line, last the SHA-256 of all lines before that one, so
 * that `head -n -2 FILE | sha256sum` gives it.
 */
export function printManifest(manifest: Manifest): string {
  const fields = {
    format: BACKUP_FORMAT,
    format_version: FORMAT_VERSION,
    id: manifest.id,
    kind: manifest.kind,
    reason: manifest.reason,
    parent_id: manifest.parentId ?? null,
    parent_manifest_sha256: manifest.parentManifestSha256 ?? null,
    created_at: new Date(manifest.createdAt).toISOString(),
    completed_at: new Date(manifest.completedAt).toISOString(),
    store_id: manifest.storeId,
    from_revision: manifest.fromRevision,
    to_revision: manifest.toRevision,
    last_change_at:
      manifest.lastChangeAt === undefined ? null : new Date(manifest.lastChangeAt).toISOString(),
    schema_version: manifest.schemaVersion,
    entries: manifest.entries,
    deletions: manifest.deletions,
    body_bytes: manifest.bodyBytes,
    data_bytes: manifest.dataBytes,
    data_sha256: manifest.dataSha256,
    application_version: manifest.applicationVersion,
  };
  const lines = Object.entries(fields).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
  );
  const head = `{\n${lines.join("")}`;
  return `${head}  "manifest_sha256": "${sha256(head)}"\n}\n`;
}

/** A manifest that was read, or why it cannot be trusted (a sentence without its file's name). */
export type ManifestReading =
  | { readonly manifest: Manifest; readonly fault?: undefined }
  | { readonly fault: string };

/** Reads the manifest of backup `id`. Anything but what `printManifest` writes is a fault. */
export function readManifest(text: string, id: string): ManifestReading {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return { fault: "is not JSON." };
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    return { fault: "is not a JSON object." };
  }
  const record = fields as Readonly<Record<string, unknown>>;
  if (record["format"] !== BACKUP_FORMAT) return { fault: "is not the manifest of a backup." };
  const version = record["format_version"];
  if (typeof version === "number" && version > FORMAT_VERSION) {
    return {
      fault: `has format version ${version}; this program reads up to ${FORMAT_VERSION}, so a newer LLMSpell State is needed.`,
    };
  }
  const manifest = fromFields(record);
  if (manifest === undefined) return { fault: "lacks a field or has one of a wrong kind." };
  if (manifest.id !== id) return { fault: `names the backup ${JSON.stringify(manifest.id)}.` };
  if (printManifest(manifest) !== text) return { fault: "does not match its own checksum." };
  const contradiction = contradictionOf(manifest);
  return contradiction === undefined ? { manifest } : { fault: contradiction };
}

const HASH = /^[0-9a-f]{64}$/;

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && HASH.test(value);
}

function timeOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

function isReason(value: unknown): value is BackupReason {
  return typeof value === "string" && REASONS.includes(value);
}

function fromFields(record: Readonly<Record<string, unknown>>): Manifest | undefined {
  const {
    id,
    kind,
    reason,
    parent_id: parentId,
    parent_manifest_sha256: parentHash,
    store_id: storeId,
    from_revision: fromRevision,
    to_revision: toRevision,
    schema_version: schemaVersion,
    entries,
    deletions,
    body_bytes: bodyBytes,
    data_bytes: dataBytes,
    data_sha256: dataSha256,
    application_version: applicationVersion,
  } = record;
  const createdAt = timeOf(record["created_at"]);
  const completedAt = timeOf(record["completed_at"]);
  const lastChangeAt = timeOf(record["last_change_at"]);
  if (createdAt === undefined || completedAt === undefined) return undefined;
  if (lastChangeAt === undefined && record["last_change_at"] !== null) return undefined;
  if (typeof id !== "string" || typeof storeId !== "string") return undefined;
  if (kind !== "full" && kind !== "incremental") return undefined;
  if (!isReason(reason)) return undefined;
  if (parentId !== null && typeof parentId !== "string") return undefined;
  if (parentHash !== null && !isHash(parentHash)) return undefined;
  if (typeof schemaVersion !== "string" || typeof applicationVersion !== "string") return undefined;
  if (!isCount(fromRevision) || !isCount(toRevision)) return undefined;
  if (!isCount(entries) || !isCount(deletions)) return undefined;
  if (!isCount(bodyBytes) || !isCount(dataBytes) || !isHash(dataSha256)) return undefined;
  return {
    id,
    kind,
    reason,
    parentId: parentId ?? undefined,
    parentManifestSha256: parentHash ?? undefined,
    createdAt,
    completedAt,
    storeId,
    fromRevision,
    toRevision,
    lastChangeAt,
    schemaVersion,
    entries,
    deletions,
    bodyBytes,
    dataBytes,
    dataSha256,
    applicationVersion,
  };
}

/** What cannot be true of a backup, whoever wrote its checksums. */
function contradictionOf(manifest: Manifest): string | undefined {
  if (backupTime(manifest.id) !== manifest.createdAt) {
    return "says another time than its id.";
  }
  const incremental = manifest.kind === "incremental";
  const linked = manifest.parentId !== undefined && manifest.parentManifestSha256 !== undefined;
  if (incremental !== linked || (!incremental && manifest.parentId !== undefined)) {
    return incremental
      ? "is of an incremental backup but names no parent."
      : "is of a full backup but names a parent.";
  }
  if (manifest.parentId !== undefined && backupTime(manifest.parentId) === undefined) {
    return "names a parent that is no backup.";
  }
  if (!incremental && manifest.fromRevision !== 0) return "is of a full backup but begins late.";
  if (!incremental && manifest.deletions !== 0) return "is of a full backup but holds deletions.";
  if (manifest.fromRevision > manifest.toRevision) return "ends before it begins.";
  return undefined;
}
