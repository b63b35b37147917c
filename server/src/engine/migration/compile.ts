import { messageOf, StateError } from "../../../../shared/src/errors.ts";
import { keyFault, namespaceFault, quote } from "../../../../shared/src/names.ts";
import { checkValue } from "../values/check.ts";
import { parseMigration } from "./declarative.ts";
import { describeStep } from "./describe.ts";
import { failedMigration, located } from "./faults.ts";
import { type MigrationFile, readMigration } from "./folder.ts";
import { applySteps, type MigrationEntry } from "./steps.ts";

/** An entry as a migration leaves it; null: it goes. */
type Result = MigrationEntry | null;

/** A migration that is ready to run, entry by entry. */
export interface OpenMigration {
  /** Throws a StateError, or any error whose message says why this entry cannot be migrated. */
  readonly step: (entry: MigrationEntry) => Result | Promise<Result>;
  readonly close: () => Promise<void>;
}

/** A language for migrations that the caller brings along. */
export interface MigrationLanguage {
  /** Of its files, such as `.lua`. */
  readonly extension: string;
  /** Makes the function of a file. @throws StateError when the file gives none */
  open(file: {
    readonly name: string;
    readonly path: string;
    readonly text: string;
  }): Promise<OpenMigration>;
}

/** A migration of the folder, opened. */
export interface CompiledMigration {
  readonly file: MigrationFile;
  readonly description: string | undefined;
  /** What it does, a line for each step; empty when only its code says it. */
  readonly steps: readonly string[];
  /** The very same entry when nothing changes. @throws StateError */
  migrate(entry: MigrationEntry): Promise<Result>;
  close(): Promise<void>;
}

export const DECLARATIVE = ".toml";

/**
 * Reads a migration and makes it ready.
 * @param maxValueBytes the largest value that it may give, in bytes of JSON
 * @throws StateError `invalid-migration`, or what the language says; its data has the file's path
 */
export async function compile(
  file: MigrationFile,
  languages: readonly MigrationLanguage[],
  maxValueBytes: number,
): Promise<CompiledMigration> {
  try {
    const compiled = await compileText(file, languages, maxValueBytes);
    const migrate = async (entry: MigrationEntry): Promise<Result> => {
      try {
        return await compiled.migrate(entry);
      } catch (error) {
        throw located(error, file);
      }
    };
    return { ...compiled, migrate };
  } catch (error) {
    throw located(error, file);
  }
}

async function compileText(
  file: MigrationFile,
  languages: readonly MigrationLanguage[],
  maxValueBytes: number,
): Promise<CompiledMigration> {
  const text = await readMigration(file);
  if (file.extension === DECLARATIVE) {
    const declared = parseMigration(text, file.name);
    return {
      file,
      description: declared.description,
      steps: declared.steps.map(describeStep),
      migrate: async (entry) => {
        const result = applySteps(declared, file.name, entry);
        return result === null || result === entry
          ? result
          : checked(file, entry, result, maxValueBytes);
      },
      close: async () => undefined,
    };
  }
  const language = languages.find(({ extension }) => extension === file.extension);
  if (language === undefined) throw new Error(`no language for ${file.name}`);
  const opened = await language.open({ name: file.name, path: file.path, text });
  return {
    file,
    description: undefined,
    steps: [],
    migrate: async (entry) => {
      const result = await guarded(file, entry, opened);
      return result === null ? null : checked(file, entry, result, maxValueBytes);
    },
    close: opened.close,
  };
}

const FUNCTION = "its function";

async function guarded(
  file: MigrationFile,
  entry: MigrationEntry,
  opened: OpenMigration,
): Promise<Result> {
  try {
    return await opened.step(entry);
  } catch (error) {
    if (error instanceof StateError && error.code === "cancelled") throw error;
    const message = messageOf(error);
    const fault = message.endsWith(".") ? message : `${message}.`;
    throw failedMigration(file.name, FUNCTION, entry, fault, lineIn(file, message));
  }
}

/** The line of the file that a message begins with, as in `2.0.0__3.0.0.lua:7: no`. */
function lineIn({ name }: MigrationFile, message: string): number | undefined {
  const at = message.indexOf(`${name}:`);
  const [, line] = at < 0 ? [] : (/^:(\d+):/.exec(message.slice(at + name.length)) ?? []);
  return line === undefined ? undefined : Number(line);
}

/** What a migration gives, as it may be stored; the entry itself when nothing changed. */
function checked(
  file: MigrationFile,
  entry: MigrationEntry,
  { namespace, key, value }: MigrationEntry,
  maxValueBytes: number,
): MigrationEntry {
  const fail = (fault: string) => failedMigration(file.name, "result", entry, fault);
  const wrongNamespace = namespaceFault(namespace);
  if (wrongNamespace !== undefined) {
    throw fail(`its new namespace ${quote(namespace)} is not allowed, since ${wrongNamespace}.`);
  }
  const wrongKey = keyFault(key);
  if (wrongKey !== undefined) {
    throw fail(`its new key ${quote(key)} is not allowed, since ${wrongKey}.`);
  }
  const stored = { namespace, key: key.normalize("NFC"), value };
  if (value !== entry.value) {
    stored.value = storable(value, fail);
    const bytes = Buffer.byteLength(stored.value);
    if (bytes > maxValueBytes) {
      throw fail(`its new value has ${bytes} bytes, and max_value_bytes allows ${maxValueBytes}.`);
    }
  }
  const same =
    stored.namespace === entry.namespace &&
    stored.key === entry.key &&
    stored.value === entry.value;
  return same ? entry : stored;
}

function storable(value: string, fail: (fault: string) => StateError): string {
  try {
    return checkValue(value).json;
  } catch (error) {
    throw fail(messageOf(error));
  }
}
