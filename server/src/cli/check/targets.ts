import { globSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { usageError } from "../arguments.ts";

/** Folders that hold other people's scripts, or none. */
const SKIPPED = new Set(["node_modules"]);

/**
 * The Lua files that paths and globs mean, absolute, each once, in the order given and by name
 * within a folder. @throws StateError `usage` for a path that does not exist
 */
export function findScripts(paths: readonly string[], cwd: string): readonly string[] {
  const found = new Set<string>();
  for (const path of paths) for (const file of scriptsAt(path, cwd)) found.add(file);
  return [...found];
}

function scriptsAt(path: string, cwd: string): readonly string[] {
  const full = resolve(cwd, path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return scriptsBelow(full);
  if (stats !== undefined) return [full];
  const matches = globSync(path, { cwd }).map((match) => resolve(cwd, match));
  if (matches.length === 0) {
    throw usageError(
      `There is no file or folder ${path}.`,
      "Name existing files, folders or globs.",
    );
  }
  return matches
    .sort()
    .flatMap((match) => (statSync(match).isDirectory() ? scriptsBelow(match) : match));
}

function scriptsBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name.startsWith(".") || SKIPPED.has(entry.name) ? [] : scriptsBelow(path);
    }
    return entry.name.endsWith(".lua") && (entry.isFile() || entry.isSymbolicLink()) ? [path] : [];
  });
}
