import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { IgnoreRules } from "./ignore-rules.ts";

export interface ScanOptions {
  /** Absolute path. */
  readonly folder: string;
  /** Relative paths with `/` that are left alone. */
  readonly skip: readonly string[];
  /** Globs as in VS Code's `files.exclude`. */
  readonly exclude: readonly string[];
  /** Scripts that are taken at most. */
  readonly maxFiles: number;
}

export interface Scanned {
  /** By path: what changes when a script does. */
  readonly files: ReadonlyMap<string, string>;
  readonly rules: IgnoreRules;
  /** There are more scripts or folders than are looked at, or some that cannot be. */
  readonly partial: boolean;
}

/** Folders that are looked into at most: a home folder is no workspace. */
const MAX_FOLDERS = 50_000;

/**
 * The Lua scripts below a folder in a fixed order, without what is ignored. No symbolic link is
 * followed: what it leads to inside the folder is found by itself.
 */
export function scan({ folder, skip, exclude, maxFiles }: ScanOptions): Scanned {
  const rules = new IgnoreRules(skip, exclude);
  const files = new Map<string, string>();
  const pending = [""];
  let folders = 0;
  let partial = false;
  for (let base = pending.pop(); base !== undefined; base = pending.pop()) {
    const entries = entriesOf(join(folder, base));
    if (entries === undefined || ++folders > MAX_FOLDERS || files.size >= maxFiles) {
      partial = true;
      continue;
    }
    if (entries.some((entry) => entry.name === ".gitignore" && entry.isFile())) {
      const text = textOf(join(folder, base, ".gitignore"));
      rules.add({ folder: base, text });
    }
    const inner: string[] = [];
    for (const entry of entries) {
      const path = base + entry.name;
      if (entry.isDirectory()) {
        if (!rules.ignores(path, true)) inner.push(`${path}/`);
      } else if (entry.isFile() && isScript(path) && !rules.ignores(path, false)) {
        if (files.size >= maxFiles) partial = true;
        else files.set(path, stampOf(join(folder, path)) ?? "");
      }
    }
    for (const path of inner.reverse()) pending.push(path);
  }
  return { files, rules, partial };
}

/** Whether a path is that of a Lua script, by its name. */
export function isScript(path: string): boolean {
  return path.endsWith(".lua");
}

/** What changes when a file does; undefined when there is none. */
export function stampOf(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? `${stats.mtimeMs} ${stats.ctimeMs} ${stats.size}` : undefined;
}

function entriesOf(path: string) {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
