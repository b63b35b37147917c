import { existsSync, type FSWatcher, watch } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Between the first event and the call for it, in ms: events come in crowds. */
const PAUSE = 50;
/** A system that lets nothing be watched is left alone after so many tries. */
const TRIES = 5;

/**
 * Calls `changed` soon after a file directly in `folder` (absolute) appears, changes or goes. The folder
 * and those around it need not exist yet, and may go and come again. What happens beside it is passed
 * over at once, since a state folder is written to all the time, and so are hidden files: a backup in
 * the making is one.
 */
export function watchFolder(folder: string, changed: () => void): FolderWatch {
  return new FolderWatch(join(folder), changed);
}

export class FolderWatch {
  readonly #folder: string;
  readonly #changed: () => void;
  /** The folder itself, or the nearest one around it while it is missing. */
  #watched: { readonly path: string; readonly watcher: FSWatcher } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(folder: string, changed: () => void) {
    this.#folder = folder;
    this.#changed = changed;
    this.#follow();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watched?.watcher.close();
  }

  /** Watches what is there now. */
  #follow(): void {
    for (let tries = 0; tries < TRIES && !this.#closed; tries++) {
      const path = nearestExisting(this.#folder);
      if (path === this.#watched?.path) return;
      this.#watched?.watcher.close();
      this.#watched = undefined;
      // It may have gone, or the next one have come, before the watching began: look again.
      const watcher = begin(path, (name) => this.#hear(path, name));
      if (watcher === undefined) continue;
      this.#watched = { path, watcher };
    }
  }

  #hear(path: string, name: string | null): void {
    // Of the folders around it, only the way to it is of interest, and that it goes itself.
    const around = path !== this.#folder && name !== null && name !== basename(path);
    if (around && name !== nextStep(path, this.#folder)) return;
    if (name?.startsWith(".") && name !== basename(path) && !around) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // The watching ends with its folder, and another one by its name is another folder.
      if (this.#watched?.path === path) {
        this.#watched.watcher.close();
        this.#watched = undefined;
      }
      this.#follow();
      this.#changed();
    }, PAUSE).unref();
  }
}

/** undefined when there is nothing to watch. @param heard also called when the watching has ended */
function begin(path: string, heard: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, (_, name) => heard(name));
    watcher.on("error", () => heard(null));
    return watcher;
  } catch {
    return undefined;
  }
}

function nearestExisting(folder: string): string {
  const around = dirname(folder);
  return around === folder || existsSync(folder) ? folder : nearestExisting(around);
}

/** The name, within `from`, of what leads to `to`, which lies in it at any depth. */
function nextStep(from: string, to: string): string {
  const around = dirname(to);
  return around === from || around === to ? basename(to) : nextStep(from, around);
}
