import { lstat, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { messageOf } from "../../../shared/src/errors.ts";
import { STATE_FILE } from "../../../shared/src/names.ts";
import { defaultConfiguration, isInside, parseConfiguration } from "./parse.ts";
import type { ConfigContext, ConfigProblem, LoadedConfiguration } from "./types.ts";

/** Where a configuration is looked for in a workspace folder; the first that exists is taken. */
export const CONFIGURATION_FILES: readonly string[] = [
  "llmspell.toml",
  ".llmspell.toml",
  "config/llmspell.toml",
  ".config/llmspell.toml",
];

export interface LoadOptions extends ConfigContext {
  /** A file to use instead of the discovered one; relative to the workspace folder. */
  readonly explicitFile?: string | undefined;
}

/**
 * Finds and reads the configuration of a workspace folder (an absolute path). Whatever is wrong is
 * among the problems; nothing is thrown and nothing created.
 */
export async function loadConfiguration(options: LoadOptions): Promise<LoadedConfiguration> {
  const { explicitFile, workspaceFolder } = options;
  const file =
    explicitFile === undefined
      ? await discover(workspaceFolder)
      : resolve(workspaceFolder, explicitFile);
  if (file === undefined) {
    const configuration = defaultConfiguration(options);
    return await checkLinks({ file, configuration, problems: [] }, options);
  }
  try {
    if (explicitFile === undefined) await refusePipe(file);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
    return await checkLinks(parseConfiguration(text, file, options), options);
  } catch (error) {
    return unusable(file, unreadable(file, error));
  }
}

/**
 * The workspace folder that `folder` (absolute) lies in: the nearest one upwards that holds a
 * configuration file; `folder` itself when there is none.
 */
export async function findWorkspaceFolder(folder: string): Promise<string> {
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    if ((await discover(candidate)) !== undefined) return workspaceOf(candidate);
    if (candidate === dirname(candidate)) return folder;
  }
}

/** From within `config/` or `.config/` the workspace is the folder above. */
async function workspaceOf(folder: string): Promise<string> {
  const parent = dirname(folder);
  const found = await discover(parent);
  return found !== undefined && dirname(found) === folder ? parent : folder;
}

async function discover(workspaceFolder: string): Promise<string | undefined> {
  for (const name of CONFIGURATION_FILES) {
    const file = join(workspaceFolder, name);
    try {
      await lstat(file);
      return file;
    } catch (error) {
      // One that cannot even be looked at is taken, so that reading it says why.
      const code = codeOf(error);
      if (code !== "ENOENT" && code !== "ENOTDIR") return file;
    }
  }
  return undefined;
}

/** One that nobody named would be waited for without end, and nothing can interrupt that. */
async function refusePipe(file: string): Promise<void> {
  if ((await stat(file)).isFIFO()) throw new Error("it is a pipe");
}

function unreadable(file: string, error: unknown): { message: string; next: string } {
  switch (codeOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return {
        message: `The configuration file ${file} does not exist.`,
        next: "Name an existing file, or create it.",
      };
    case "EISDIR":
      return {
        message: `${file} is a folder, and a configuration file is expected there.`,
        next: "Rename or remove the folder.",
      };
    case "EACCES":
    case "EPERM":
      return {
        message: `The configuration file ${file} cannot be read: permission denied.`,
        next: "Change its permissions so that you may read it.",
      };
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return {
        message: `The configuration file ${file} is not UTF-8 text.`,
        next: "Save it with the encoding UTF-8.",
      };
    default:
      return {
        message: `The configuration file ${file} cannot be read: ${messageOf(error)}.`,
        next: "Make the file readable.",
      };
  }
}

function unusable(
  file: string,
  { message, next }: { message: string; next: string },
): LoadedConfiguration {
  const start = { line: 0, character: 0 };
  const problem: ConfigProblem = {
    rule: "config-syntax",
    message,
    next,
    file,
    range: { start, end: start },
  };
  return { file, configuration: undefined, problems: [problem] };
}

/** An untrusted workspace may not lead outside itself by a symbolic link either. */
async function checkLinks(
  loaded: LoadedConfiguration,
  { trusted, workspaceFolder }: LoadOptions,
): Promise<LoadedConfiguration> {
  const { configuration } = loaded;
  if (trusted || configuration === undefined) return loaded;
  const root = await realPath(workspaceFolder);
  const { path, migrations, backupDir } = configuration;
  for (const place of [path, join(path, STATE_FILE), migrations, backupDir]) {
    const real = await realPath(place);
    if (isInside(real, root)) continue;
    const start = { line: 0, character: 0 };
    const problem: ConfigProblem = {
      rule: "config-value",
      message: `${place} leads to ${real}, outside the workspace, which is not trusted.`,
      next: "Trust the workspace, or name a folder inside it.",
      file: loaded.file ?? workspaceFolder,
      range: { start, end: start },
    };
    return { ...loaded, configuration: undefined, problems: [...loaded.problems, problem] };
  }
  return loaded;
}

/** The path without symbolic links, as far as it exists. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPath(parent), path.slice(parent.length));
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
