import { dirname, join, resolve } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { CONFIGURATION_FILES } from "../config/load.ts";

/** An event can come while the file is half written: so long after it (ms) is looked again. */
const SECOND_LOOK = 150;

/**
 * Calls `changed` when a folder's configuration file may have appeared, changed or gone, and once
 * when watching has begun (what happened before is not told).
 * @param folder absolute path
 * @param explicitFile the file that the user named, relative to the folder
 */
export function watchConfiguration(
  folder: string,
  explicitFile: string | undefined,
  changed: () => void,
): FSWatcher {
  const names = explicitFile === undefined ? CONFIGURATION_FILES : [explicitFile];
  const files = names.map((name) => resolve(folder, name));
  const folders = new Set([folder, ...files.map(dirname)]);
  // Files that may not exist yet are seen through their folders, of which nothing else is watched.
  const watched = new Set([...folders, ...files].map((path) => join(path)));
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    changed();
    clearTimeout(timer);
    timer = setTimeout(changed, SECOND_LOOK).unref();
  };
  return watch([...folders], {
    ignored: (path) => !watched.has(join(path)),
    ignoreInitial: true,
    depth: 1,
    ignorePermissionErrors: true,
  })
    .on("all", look)
    .on("ready", look);
}
