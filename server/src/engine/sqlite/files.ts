import { closeSync, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StateError } from "../../../../shared/src/errors.ts";
import { STATE_FILE } from "../../../../shared/src/names.ts";
import { storeFault } from "./faults.ts";

/** Path of the database file of a state folder. */
export function databaseFile(folder: string): string {
  return join(folder, STATE_FILE);
}

const IF_THERE = { throwIfNoEntry: false } as const;

/**
 * What tells one file from another that later takes its name; undefined when there is none.
 * @throws StateError `store-unreadable` where its folder may not be looked into, or for a pipe: who
 * opens one waits without end
 */
export function fileIdentity(file: string): string | undefined {
  try {
    const stats = statSync(file, IF_THERE);
    if (stats?.isFIFO() === true) throw notPlain(file);
    return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
  } catch (error) {
    throw storeFault(error, file);
  }
}

function notPlain(file: string): StateError {
  return new StateError(
    "store-unreadable",
    `${file} is a pipe, and a database is expected there.`,
    "Move it away, or set another `path` in the [state] table.",
  );
}

/**
 * Makes the state folder (0700), its `.gitignore` and an empty database file (0600), as far as they
 * are missing. SQLite gives its side files the permissions of the database.
 * @param known whether the store was there before: then only the state folder itself is made again
 * @throws StateError `state-folder-gone`; else what the file system throws
 */
export function makeStateFolder(folder: string, known: boolean): void {
  if (known && statSync(dirname(folder), { throwIfNoEntry: false }) === undefined) {
    throw new StateError(
      "state-folder-gone",
      `The folder ${dirname(folder)}, in which the state is kept, was removed.`,
      "Put it back: work goes on without a restart.",
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  makeFile(join(folder, ".gitignore"), "*\n");
  makeFile(databaseFile(folder), "");
}

function makeFile(file: string, text: string): void {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) return;
  const descriptor = openSync(file, "a", 0o600);
  try {
    if (text !== "") writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
