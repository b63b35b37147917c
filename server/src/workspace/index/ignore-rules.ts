import ignore, { type Ignore } from "ignore";

/** Never a place for a workspace's own scripts. */
const NEVER = new Set([".git", ".hg", ".svn", "node_modules"]);
/** Globs that one pattern with `{a,b}` may stand for. */
const MAX_GLOBS = 200;
/** A longer line of a `.gitignore`, or glob, is no pattern that anyone wrote: it says nothing. */
const MAX_PATTERN = 4096;

/** One `.gitignore`: the folder that it lies in (`""`, `a/b/`) and its text. */
export interface IgnoreFile {
  readonly folder: string;
  readonly text: string;
}

/** Tells which files and folders the index leaves alone. Paths are relative to the folder, with `/`. */
export class IgnoreRules {
  readonly #skip: ReadonlySet<string>;
  readonly #exclude: Ignore;
  /** By the folder in which they lie. */
  readonly #files = new Map<string, Ignore>();

  /**
   * @param skip files and folders that are left alone whatever else is said
   * @param exclude globs as in VS Code's `files.exclude`
   */
  constructor(skip: readonly string[], exclude: readonly string[]) {
    this.#skip = new Set(skip);
    this.#exclude = newRules().add(
      exclude.flatMap(expandBraces).map(asIgnorePattern).filter(isPattern),
    );
  }

  /** Takes in a `.gitignore`; before anything below its folder is asked about. */
  add({ folder, text }: IgnoreFile): void {
    this.#files.set(folder, newRules().add(text.split(/\r?\n/).filter(isPattern)));
  }

  /** Whether a file or folder is left alone, those around it being none. */
  ignores(path: string, isFolder: boolean): boolean {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (NEVER.has(name) || this.#skip.has(path)) return true;
    const asked = isFolder ? `${path}/` : path;
    if (this.#exclude.ignores(asked)) return true;
    // The innermost .gitignore that says anything about it decides.
    for (const folder of foldersOf(path)) {
      const verdict = this.#files.get(folder)?.test(asked.slice(folder.length));
      if (verdict?.ignored === true) return true;
      if (verdict?.unignored === true) return false;
    }
    return false;
  }
}

/** `a/b/`, `a/`, `""` of `a/b/c.lua`. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    folders.push(path.slice(0, at + 1));
  }
  return [...folders, ""];
}

function newRules(): Ignore {
  return ignore({ ignorecase: false, allowRelativePaths: false });
}

/** A glob of VS Code starts at the folder unless it says `**`; a pattern of git does not. */
function asIgnorePattern(glob: string): string {
  return glob.startsWith("**") || glob.startsWith("/") ? glob : `/${glob}`;
}

function isPattern(line: string): boolean {
  return line.length <= MAX_PATTERN;
}

/** `a{b,c}` as `ab` and `ac`, which git does not know. */
function expandBraces(glob: string): string[] {
  const found: string[] = [];
  const pending = [glob];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const group = /\{([^{}]*)\}/.exec(next);
    if (group === null || found.length + pending.length >= MAX_GLOBS) {
      found.push(next);
      continue;
    }
    const before = next.slice(0, group.index);
    const after = next.slice(group.index + group[0].length);
    for (const choice of (group[1] ?? "").split(",")) pending.push(before + choice + after);
  }
  return found;
}
