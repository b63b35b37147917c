import { relative, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Indexer } from "./indexer.ts";
import { isScript } from "./scan.ts";

/** Tells an indexer which scripts, folders and `.gitignore` files change from now on. */
export function watchScripts(folder: string, indexer: Indexer): FSWatcher {
  const pathOf = (path: string): string => relative(folder, path).split(sep).join("/");
  const watcher = watch(folder, {
    ignored: (path, stats) => {
      const inner = pathOf(path);
      if (inner === "") return false;
      if (stats?.isFile() === true && !isScript(inner) && !isIgnoreFile(inner)) return true;
      return indexer.rules?.ignores(inner, stats?.isDirectory() === true) === true;
    },
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
  });
  const told = (path: string): void => indexer.touched([pathOf(path)]);
  const follow = (path: string): void => {
    told(path);
    // What was left alone may count now: it is not watched yet.
    if (isIgnoreFile(path)) watcher.add(folder);
  };
  return watcher
    .on("add", follow)
    .on("change", follow)
    .on("unlink", follow)
    .on("addDir", told)
    .on("unlinkDir", told)
    .on("ready", () => indexer.lookAgain());
}

function isIgnoreFile(path: string): boolean {
  return path === ".gitignore" || path.endsWith("/.gitignore") || path.endsWith(`${sep}.gitignore`);
}
