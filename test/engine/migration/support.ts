import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Engine } from "../../../server/src/engine/engine.ts";
import type { MigrationLanguage } from "../../../server/src/engine/migration/compile.ts";
import { openEngine } from "../../../server/src/engine/open.ts";

export interface Bench {
  readonly engine: Engine;
  /** Writes migration files by name. */
  /** The folder of migrations; `files` makes it. */
  readonly migrations: string;
  files(texts: Readonly<Record<string, string>>): void;
  /** All entries as `namespace/key=value`, ascending. */
  entries(): Promise<readonly string[]>;
}

/** An engine on an empty workspace with a folder of migrations; gone when the test has finished. */
export function bench(languages: readonly MigrationLanguage[] = []): Bench {
  const folder = mkdtempSync(join(tmpdir(), "llmspell-migration-"));
  const migrations = join(folder, "migrations");
  const engine = openEngine(
    {
      backend: "sqlite",
      folder: join(folder, "state"),
      durability: "normal",
      historyLimit: 3,
      maxValueBytes: 1000,
      schemaVersion: "1.0.0",
      backupDir: join(folder, "state", "backups"),
      backupRetentionDays: 30,
      maxBackups: undefined,
      migrations,
    },
    { languages },
  );
  onTestFinished(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    engine,
    migrations,
    files(texts) {
      mkdirSync(migrations, { recursive: true });
      for (const [name, text] of Object.entries(texts)) writeFileSync(join(migrations, name), text);
    },
    async entries() {
      const lines: string[] = [];
      for (const { namespace } of await engine.namespaces()) {
        for (const { key, value } of await engine.page(namespace, { limit: 1000 })) {
          lines.push(`${namespace}/${key}=${value}`);
        }
      }
      return lines;
    },
  };
}

/** Saves entries given as `namespace/key=value`. */
export async function fill(engine: Engine, ...lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const [, namespace = "", key = "", value = ""] = /^([^/]*)\/([^=]*)=(.*)$/.exec(line) ?? [];
    await engine.save("cli", namespace, key, value);
  }
}
