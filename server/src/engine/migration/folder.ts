import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, StateError } from "../../../../shared/src/errors.ts";
import { invalidMigration, located } from "./faults.ts";
import { compareVersions, parseVersion, type Version } from "./versions.ts";

/** A file `FROM__TO.EXTENSION` of the folder of migrations. */
export interface MigrationFile {
  /** Name within the folder. */
  readonly name: string;
  readonly path: string;
  readonly from: Version;
  readonly to: Version;
  /** `.toml`, or that of a language which the caller brings. */
  readonly extension: string;
}

/** Largest migration file that is read, in bytes. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * The migrations in a folder, by version; none when it does not exist. Files of other kinds are no
 * concern of ours.
 * @param extensions of migrations, such as `.toml`
 * @throws StateError `invalid-migration` for a name that is not `FROM__TO`, `ambiguous-migration`
 */
export async function listMigrations(
  folder: string,
  extensions: readonly string[],
): Promise<readonly MigrationFile[]> {
  const files: MigrationFile[] = [];
  for (const name of [...(await namesIn(folder))].sort()) {
    const extension = extensions.find((known) => name.endsWith(known));
    if (extension === undefined || name.startsWith(".")) continue;
    try {
      files.push(asMigration(folder, name, extension));
    } catch (error) {
      throw located(error, { name, path: join(folder, name) });
    }
  }
  for (const [index, file] of files.entries()) {
    const twin = files.slice(0, index).find((other) => isSameStep(other, file));
    if (twin !== undefined) throw ambiguous(twin, file);
  }
  return files.sort((a, b) => compareVersions(a.from, b.from) || compareVersions(a.to, b.to));
}

/** The file's text. @throws StateError `invalid-migration` */
export async function readMigration(file: MigrationFile): Promise<string> {
  const bytes = await readPlain(file);
  if (bytes.length <= MAX_FILE_BYTES) return bytes.toString("utf8").replace(/^\uFEFF/, "");
  throw invalidMigration(
    file.name,
    undefined,
    `the file has ${bytes.length} bytes, and ${MAX_FILE_BYTES} are allowed.`,
    "A migration is a short list of steps; keep data out of it.",
  );
}

/** A folder or pipe of such a name is a mistake to tell, not one to fail at or to wait for. */
async function readPlain({ name, path }: MigrationFile): Promise<Buffer> {
  try {
    if ((await stat(path)).isFile()) return await readFile(path);
  } catch (error) {
    const next = "Check that the file is there and that you may read it.";
    throw invalidMigration(name, undefined, `it cannot be read: ${messageOf(error)}.`, next);
  }
  throw invalidMigration(name, undefined, "it is no plain file.", "Rename it, or move it away.");
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new StateError(
      "migrations-unreadable",
      `The folder of migrations ${folder} cannot be read: ${messageOf(error)}.`,
      "Check the setting `migrations` of the [state] table and the folder's permissions.",
      { cause: error },
    );
  }
}

function asMigration(folder: string, name: string, extension: string): MigrationFile {
  const [fromText = "", toText = "", ...more] = name.slice(0, -extension.length).split("__");
  const from = parseVersion(fromText);
  const to = parseVersion(toText);
  const example = `Name it FROM__TO${extension} with semantic versions, such as 1.0.0__2.0.0${extension}.`;
  if (from === undefined || to === undefined || more.length > 0) {
    throw invalidMigration(
      name,
      undefined,
      "its name does not say from which version to which.",
      example,
    );
  }
  if (compareVersions(from, to) === 0) {
    const fault = `it leads in a circle, from ${from.text} to ${to.text}.`;
    throw invalidMigration(name, undefined, fault, example);
  }
  return { name, path: join(folder, name), from, to, extension };
}

function isSameStep(a: MigrationFile, b: MigrationFile): boolean {
  return compareVersions(a.from, b.from) === 0 && compareVersions(a.to, b.to) === 0;
}

function ambiguous(a: MigrationFile, b: MigrationFile): StateError {
  return new StateError(
    "ambiguous-migration",
    `${a.name} and ${b.name} both lead from ${a.from.text} to ${a.to.text}.`,
    "Remove one of them.",
  );
}
