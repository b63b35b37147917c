import { relative, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Indexer } from "./indexer.ts";
import { isScript } from "./scan.ts";

/** How long changes are gathered before they are told, in ms: they mostly come in crowds. */
const GATHERED = 50;

/** Tells an indexer which scripts, folders and `.gitignore` files change. */
export class ScriptWatch {
  readonly #folder: string;
  readonly #indexer: Indexer;
  readonly #changed = new Set<string>();
  #watcher: FSWatcher;
  #gathering: NodeJS.Timeout | undefined;

  /** @param folder absolute path; what happens from now on is told */
  constructor(folder: string, indexer: Indexer) {
    this.#folder = folder;
    this.#indexer = indexer;
    this.#watcher = this.#watch();
  }

  #watch(): FSWatcher {
    return (
      watch(this.#folder, {
        ignored: (path, stats) => {
          const inner = this.#inner(path);
          if (inner === "") return false;
          if (stats?.isFile() === true && !isScript(inner) && !isIgnoreFile(inner)) return true;
          return this.#indexer.rules?.ignores(inner, stats?.isDirectory() === true) === true;
        },
        ignoreInitial: true,
        followSymlinks: false,
        ignorePermissionErrors: true,
      })
        .on("all", (_, path) => this.#note(path))
        .on("ready", () => this.#indexer.lookAgain())
        // Too many files for the system to watch: what changes is then seen at the next look.
        .on("error", () => undefined)
    );
  }

  #inner(path: string): string {
    return relative(this.#folder, path).split(sep).join("/");
  }

  #note(path: string): void {
    this.#changed.add(this.#inner(path));
    this.#gathering ??= setTimeout(() => void this.#tell(), GATHERED);
  }

  async #tell(): Promise<void> {
    this.#gathering = undefined;
    const paths = [...this.#changed];
    this.#changed.clear();
    this.#indexer.touched(paths);
    if (!paths.some(isIgnoreFile)) return;
    // What was left alone may count now, and it is not watched yet.
    await this.#indexer.settled();
    await this.#watcher.close();
    this.#watcher = this.#watch();
  }
}

function isIgnoreFile(path: string): boolean {
  return path === ".gitignore" || path.endsWith("/.gitignore");
}
