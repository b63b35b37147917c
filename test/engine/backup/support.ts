import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { BackupPlace } from "../../../server/src/engine/backup/place.ts";
import type { SqliteStore } from "../../../server/src/engine/sqlite/store.ts";
import { openStore } from "./stores.ts";

/** A folder that goes when the test has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "llmspell-backup-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Workspace {
  readonly folder: string;
  readonly store: SqliteStore;
  readonly place: BackupPlace;
}

/** A store and a folder of backups, both not there yet. */
export function workspace(folder = temporaryFolder(), now: () => number = Date.now): Workspace {
  const store = openStore(join(folder, "state"));
  onTestFinished(() => store.close());
  return {
    folder,
    store,
    place: { folder: join(folder, "state", "backups"), maxValueBytes: 1 << 20, now },
  };
}

/** A full disk needs a disk of its own: mounted where the system lets us. */
export function smallDisk(bytes: number): string | undefined {
  const folder = temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  return folder;
}

/** Texts of 4,000 characters that do not compress. */
export function noises(count: number): readonly string[] {
  let seed = 1;
  return Array.from({ length: count }, () => {
    let text = "";
    while (text.length < 4000) {
      seed = (seed * 48271) % 2147483647;
      text += seed.toString(36);
    }
    return JSON.stringify(text);
  });
}
