import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { StateError } from "../../../../shared/src/errors.ts";
import type { BackupPlace } from "../backup/place.ts";
import type { JobControl } from "../engine.ts";
import type { Store } from "../types.ts";
import { fileProblem } from "./file-problem.ts";
import { readJsonLines } from "./incoming.ts";
import { takeIn } from "./take-in.ts";
import type { Imported, ImportOptions } from "./types.ts";

/** A file is read whole; larger ones are for the command line. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Takes in a file of JSON lines as an export writes it; what it does not have stays.
 * @param file absolute path
 * @throws StateError `unreadable-file`, `file-too-large`, `invalid-import`, `cancelled`
 */
export async function importEntries(
  store: Store,
  place: BackupPlace,
  file: string,
  { dryRun, limit }: ImportOptions,
  control: JobControl = {},
): Promise<Imported> {
  const name = basename(file);
  const incoming = await readJsonLines(await textOf(file), name, place.now(), control);
  const options = { origin: `import:${name}`, replace: false, dryRun };
  const { changes, safetyBackupId } = await takeIn(store, place, incoming, options, control);
  return { changes: changes.slice(0, limit), total: changes.length, safetyBackupId };
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= LARGEST) {
      return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
    }
  } catch (error) {
    throw fileProblem(error, file, "read");
  }
  throw new StateError(
    "file-too-large",
    `${file} is larger than what the editor takes in at once.`,
    "Import it with the command line: llmspell-state import FILE.",
  );
}
