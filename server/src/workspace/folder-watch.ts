import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type FSWatcher, watch } from "chokidar";

/**
 * Calls `changed` when a file directly in `folder` (absolute) appears, changes or goes. The folder
 * and the one around it need not exist yet, and may go and come again.
 */
export function watchFolder(folder: string, changed: () => void): FSWatcher {
  const target = join(folder);
  const from = nearestExisting(dirname(dirname(target)));
  const way = wayTo(target, from);
  return watch(from, {
    depth: way.length,
    ignored: (path) => !way.includes(join(path)) && dirname(join(path)) !== target,
    ignoreInitial: true,
    ignorePermissionErrors: true,
  }).on("all", changed);
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}

/** The folders from `from` to `target`, both included. */
function wayTo(target: string, from: string): string[] {
  return target === from ? [from] : [...wayTo(dirname(target), from), target];
}
