import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { EngineOptions } from "../../server/src/engine/engine.ts";

/** A folder that is removed when the test has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "llmspell-engine-"));
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Options of a store in `parent`/state, which does not exist yet. */
export function optionsIn(parent: string, more: Partial<EngineOptions> = {}): EngineOptions {
  const folder = join(parent, "state");
  return {
    backend: "sqlite",
    folder,
    durability: "normal",
    historyLimit: 20,
    maxValueBytes: 1024 * 1024,
    schemaVersion: "1.0.0",
    backupDir: join(folder, "backups"),
    backupRetentionDays: 30,
    maxBackups: undefined,
    ...more,
  };
}
