import type { BackupSummary } from "../../../shared/src/protocol.ts";
import type { BackupHead } from "../engine/engine.ts";

/** A backup's head as the wire has it: what is absent is left out. */
export function backupSummary({ parentId, verified, ...head }: BackupHead): BackupSummary {
  return {
    ...head,
    ...(parentId === undefined ? {} : { parentId }),
    ...(verified === undefined ? {} : { verified }),
  };
}
