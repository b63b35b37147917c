import type { BackupSummary } from "../../../shared/src/protocol.ts";

/** A backup, and those that build on it, directly or through others, newest first. */
export interface BackupChain {
  readonly base: BackupSummary;
  readonly later: readonly BackupSummary[];
}

/**
 * Puts incremental backups with the one that they begin from. One whose parent is not listed begins
 * a chain of its own.
 * @param backups newest first
 * @returns the chain first whose newest backup is the newest
 */
export function backupChains(backups: readonly BackupSummary[]): BackupChain[] {
  const listed = new Map(backups.map((backup) => [backup.id, backup]));
  const chains = new Map<string, BackupSummary[]>();
  for (const backup of backups) {
    const base = baseOf(backup, listed);
    const later = chains.get(base.id) ?? [];
    if (base !== backup) later.push(backup);
    chains.set(base.id, later);
  }
  return [...chains].flatMap(([id, later]) => {
    const base = listed.get(id);
    return base === undefined ? [] : { base, later };
  });
}

function baseOf(backup: BackupSummary, listed: ReadonlyMap<string, BackupSummary>): BackupSummary {
  const passed = new Set<BackupSummary>();
  let at = backup;
  for (;;) {
    const parent = at.parentId === undefined ? undefined : listed.get(at.parentId);
    if (parent === undefined) return at;
    // Files that were tampered with may name each other as parents.
    if (passed.has(parent)) return backup;
    passed.add(at);
    at = parent;
  }
}
