import { dirname, join, resolve } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { CONFIGURATION_FILES } from "../config/load.ts";

/** Tells when a configuration file of a workspace folder appears, changes or goes. */
export class ConfigurationWatch {
  readonly #watchers: readonly FSWatcher[];

  /**
   * @param folders absolute paths
   * @param explicitFile the file that the user named, relative to each folder
   * @param changed hears the folder whose configuration may be another now
   */
  constructor(
    folders: readonly string[],
    explicitFile: string | undefined,
    changed: (folder: string) => void,
  ) {
    this.#watchers = folders.map((folder) => {
      const names = explicitFile === undefined ? CONFIGURATION_FILES : [explicitFile];
      const files = names.map((name) => resolve(folder, name));
      return watchFiles(folder, files).on("all", () => changed(folder));
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#watchers.map((watcher) => watcher.close()));
  }
}

/** Watches files that may not exist yet, and nothing else of the folders around them. */
function watchFiles(folder: string, files: readonly string[]): FSWatcher {
  const folders = new Set([folder, ...files.map(dirname)]);
  const watched = new Set([...folders, ...files].map((path) => join(path)));
  return watch([...folders], {
    ignored: (path) => !watched.has(join(path)),
    ignoreInitial: true,
    depth: 1,
    ignorePermissionErrors: true,
  });
}
