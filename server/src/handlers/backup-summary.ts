import type { BackupSummary } from "../../../shared/src/protocol.ts";
import type { BackupHead } from "../engine/engine.ts";

/** A backup's head as the wire has it: what is absent is left out. */
export function backupSummary(head: BackupHead): BackupSummary {
  const { id, kind, parentId, createdAt, entries, sizeBytes, schemaVersion, verified } = head;
  return {
    id,
    kind,
    createdAt,
    entries,
    sizeBytes,
    schemaVersion,
    ...(parentId === undefined ? {} : { parentId }),
    ...(verified === undefined ? {} : { verified }),
  };
}
