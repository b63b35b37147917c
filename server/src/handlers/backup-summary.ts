import type { BackupSummary } from "../../../shared/src/protocol.ts";
import type { BackupHead } from "../engine/engine.ts";

/** A backup's head as the wire has it: what is absent is left out. */
export function backupSummary(head: BackupHead): BackupSummary {
  const { id, kind, parentId, reason, createdAt, entries, sizeBytes, schemaVersion, verified } =
    head;
  return {
    id,
    kind,
    reason,
    createdAt,
    entries,
    sizeBytes,
    schemaVersion,
    ...(parentId === undefined ? {} : { parentId }),
    ...(verified === undefined ? {} : { verified }),
  };
}
