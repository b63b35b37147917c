import { globSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { isInside } from "../../config/parse.ts";
import { type Scanned, scan } from "../../workspace/index/scan.ts";
import { usageError } from "../arguments.ts";

/**
 * The Lua files that paths and globs mean, absolute, each once, in the order given and by name
 * within a folder. Of a folder, what its `.gitignore` files name is left out, as in the editor; a
 * file that is named is always taken. @throws StateError `usage` for a path that does not exist
 * @param workspace absolute path of the workspace folder, whose `.gitignore` files count below it
 */
export function findScripts(
  paths: readonly string[],
  cwd: string,
  workspace: string,
): readonly string[] {
  const below = folderScripts(workspace);
  const found = new Set<string>();
  for (const path of paths) for (const file of scriptsAt(path, cwd, below)) found.add(file);
  return [...found];
}

type FolderScripts = (folder: string) => readonly string[];

function scriptsAt(path: string, cwd: string, below: FolderScripts): readonly string[] {
  const full = resolve(cwd, path);
  const kind = kindOf(full);
  if (kind === "folder") return below(full);
  if (kind === "file") return [full];
  const matches = globSync(path, { cwd })
    .map((match) => resolve(cwd, match))
    .filter((match) => kindOf(match) !== undefined);
  if (matches.length === 0) {
    throw usageError(
      `There is no file or folder ${path}.`,
      "Name existing files, folders or globs.",
    );
  }
  return matches.sort().flatMap((match) => (kindOf(match) === "folder" ? below(match) : match));
}

/** undefined: there is nothing, or a symbolic link that leads nowhere. */
function kindOf(path: string): "folder" | "file" | undefined {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
}

/** Finds scripts below folders, looking through the workspace once. */
function folderScripts(workspace: string): FolderScripts {
  let whole: Scanned | undefined;
  return (folder) => {
    if (!isInside(folder, workspace)) return scanned(folder);
    whole ??= scanAll(workspace);
    const base = relative(workspace, folder).split(sep).join("/");
    // Whoever names an ignored folder wants it looked at.
    if (isIgnored(base, whole)) return scanned(folder);
    const prefix = base === "" ? "" : `${base}/`;
    return [...whole.files.keys()]
      .filter((file) => file.startsWith(prefix))
      .map((file) => join(workspace, file));
  };
}

function scanned(folder: string): readonly string[] {
  return [...scanAll(folder).files.keys()].map((file) => join(folder, file));
}

function scanAll(folder: string): Scanned {
  return scan({ folder, skip: [], exclude: [], maxFiles: Number.POSITIVE_INFINITY });
}

/** Whether a folder, or one around it, is left alone. */
function isIgnored(folder: string, { rules }: Scanned): boolean {
  const parts = folder === "" ? [] : folder.split("/");
  return parts.some((_, index) => rules.ignores(parts.slice(0, index + 1).join("/"), true));
}
