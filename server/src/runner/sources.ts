import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { type LuaChunk, ScriptError } from "./runtime.ts";

/** The chunks of a run: what `require` finds, and which file a shown name stands for. */
export interface Sources {
  /** @throws ScriptError it is not there, or outside of the workspace folder */
  module(name: string): LuaChunk;
  /** The chunk of the script itself. @throws the error of node:fs */
  main(text: string | undefined): LuaChunk;
  /**
   * The chunk that is shown as `name`, or as `...` and the end of its name, which is how Lua writes long
   * ones; undefined for others (`load`).
   */
  file(name: string): SourceFile | undefined;
}

export interface SourceFile {
  /** As it is shown: relative to the workspace folder. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly source: Uint8Array;
}

/** `script` and `folder` are absolute paths. */
export function sources(script: string, folder: string): Sources {
  const known = new Map<string, SourceFile>();
  const chunk = (path: string, content: Uint8Array): LuaChunk => {
    const source = plainSource(content);
    const name = shownName(path, folder);
    known.set(name, { name, path, source });
    return { name, source };
  };
  return {
    main: (text) => chunk(script, text === undefined ? readPlain(script) : Buffer.from(text)),
    module: (name) => {
      const steps = name.split(".");
      if (!steps.every((step) => /^[\w-]+$/.test(step))) {
        throw new ScriptError(
          `module ${JSON.stringify(name)} not found: a module is named by letters, digits, '_' and '-' with '.' between folders, and lies inside the workspace folder`,
        );
      }
      const tried: string[] = [];
      for (const base of new Set([folder, dirname(script)])) {
        for (const file of [`${join(...steps)}.lua`, join(...steps, "init.lua")]) {
          const path = join(base, file);
          const content = readInside(path, folder);
          if (content !== undefined) return chunk(path, content);
          tried.push(`\n\tno file '${shownName(path, folder)}' in the workspace folder`);
        }
      }
      throw new ScriptError(`module '${name}' not found:${tried.join("")}`);
    },
    file: (name) =>
      known.get(name) ??
      (name.startsWith("...")
        ? [...known.values()].find((file) => file.name.endsWith(name.slice(3)))
        : undefined),
  };
}

/** The file's content when it exists and, links followed, lies inside the folder. */
function readInside(path: string, folder: string): Uint8Array | undefined {
  try {
    const real = realpathSync(path);
    const inside = relative(realpathSync(folder), real);
    if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      return undefined;
    }
    return readPlain(real);
  } catch {
    return undefined;
  }
}

/** Who opens a pipe waits without end, past every limit of the run. */
function readPlain(path: string): Uint8Array {
  if (!statSync(path).isFile()) throw new Error("it is no plain file");
  return readFileSync(path);
}

/** Relative to the workspace folder with `/`; the whole path for a script outside of it. */
function shownName(path: string, folder: string): string {
  const inside = relative(folder, path);
  const shown = inside.startsWith("..") || isAbsolute(inside) ? path : inside;
  return shown.split(sep).join("/");
}

/** Without byte order mark, and with the shebang line emptied so that line numbers stay. */
function plainSource(content: Uint8Array): Uint8Array {
  let source = content;
  if (source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf) source = source.subarray(3);
  if (source[0] === 0x23) {
    const end = source.indexOf(0x0a);
    source = end < 0 ? new Uint8Array() : source.subarray(end);
  }
  return source;
}
