import { statfsSync, statSync } from "node:fs";
import { toProblem } from "../../../shared/src/errors.ts";
import { openForReading } from "./sqlite/connection.ts";
import { checkRuntime, currentRuntime } from "./sqlite/driver.ts";
import { corruptStore, storeFault } from "./sqlite/faults.ts";
import { databaseFile } from "./sqlite/files.ts";
import { findDamage } from "./sqlite/integrity.ts";
import type { StoreOptions } from "./types.ts";

/** One thing that was looked at. */
export interface StoreCheck {
  readonly name: "runtime" | "file-system" | "server" | "format" | "integrity";
  readonly ok: boolean;
  /** One sentence, with the next step where it is not ok. */
  readonly message: string;
}

/** File systems over a network, by the type number that Linux has for them. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x01021997, "9P"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
]);

/** How long a look waits for a lock, in ms. */
const PATIENCE = 5000;

/**
 * Looks at everything that a store depends on, and at every page and value of it: takes time in
 * proportion to the store. Changes nothing and never throws.
 */
export function inspectStore(options: Pick<StoreOptions, "backend" | "folder">): StoreCheck[] {
  const checks = [checkRuntimeVersion()];
  if (options.backend !== "sqlite") return checks;
  const file = databaseFile(options.folder);
  checks.push(checkFileSystem(options.folder));
  const absent = checkPresence(options.folder, file);
  return [...checks, ...(absent === undefined ? checkContents(options.folder, file) : [absent])];
}

/** What there is to say of a store that is not there, or that cannot be reached. */
function checkPresence(folder: string, file: string): StoreCheck | undefined {
  try {
    statSync(file);
    return undefined;
  } catch (error) {
    return attempt(
      "format",
      () => {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        return `There is no store in ${folder} yet: the first write makes it.`;
      },
      file,
    );
  }
}

function checkRuntimeVersion(): StoreCheck {
  return attempt("runtime", () => {
    const runtime = currentRuntime();
    checkRuntime(runtime);
    return `Node ${runtime.node} with SQLite ${runtime.sqlite} is safe for shared databases.`;
  });
}

function checkFileSystem(folder: string): StoreCheck {
  const name = "file-system";
  const network = networkFileSystem(folder);
  if (network === undefined) {
    return { name, ok: true, message: `${folder} is on a local file system, as far as is known.` };
  }
  const message =
    `${folder} is on a network file system (${network}), where processes on several machines ` +
    "can damage the store. Set `path` in the [state] table to a folder on a local disk.";
  return { name, ok: false, message };
}

/** Which network file system a folder is on; undefined: none, or it cannot be told. */
export function networkFileSystem(folder: string): string | undefined {
  try {
    return NETWORK_FILE_SYSTEMS.get(statfsSync(folder).type);
  } catch {
    return undefined;
  }
}

function checkContents(folder: string, file: string): StoreCheck[] {
  const checks: StoreCheck[] = [];
  const format = attempt("format", () => {
    const connection = openForReading(folder, PATIENCE);
    if (connection === undefined) return `${file} is still empty: the first write makes the store.`;
    try {
      checks.push(
        attempt(
          "integrity",
          () => {
            const damage = findDamage(connection.database, connection.reads);
            if (damage === undefined) return "Every page, value and count is as it was written.";
            throw corruptStore(file, damage);
          },
          file,
        ),
      );
      return `${file} has a format that this version reads and writes.`;
    } finally {
      connection.database.close();
    }
  });
  return [format, ...checks];
}

function attempt(name: StoreCheck["name"], look: () => string, file = ""): StoreCheck {
  try {
    return { name, ok: true, message: look() };
  } catch (error) {
    const { message, next } = toProblem(storeFault(error, file));
    return { name, ok: false, message: `${message} ${next}` };
  }
}
