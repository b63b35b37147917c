import { dirname } from "node:path";
import { StateError } from "../../../../shared/src/errors.ts";
import { lockHolder } from "./lock-holder.ts";

/** SQLite's primary result codes, as far as a user can cause them. */
export const BUSY = 5;
export const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
export const CANTOPEN = 14;
const PERM = 3;
const LOCKED = 6;
const NOMEM = 7;
const NOTADB = 26;
/** Extended: the operating system refused more space. */
const IOERR_WRITE = 778;
const IOERR_SHMSIZE = 4874;

const FILE_SYSTEM_CODES: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * What a failed use of the database file means for people. Errors that are not SQLite's or the file
 * system's (StateErrors, defects) come back as they are.
 */
export function storeFault(error: unknown, file: string): unknown {
  if (error instanceof StateError || !(error instanceof Error)) return error;
  const { code, errcode } = error as Error & { code?: string; errcode?: number };
  // A number too large to be one of ours.
  if (code === "ERR_OUT_OF_RANGE") return corruptStore(file, "it holds a number out of range");
  if (code !== "ERR_SQLITE_ERROR") return fileSystemFault(error, code, file);
  const fault = describe(errcode ?? 0, error, file);
  return fault === undefined
    ? error
    : new StateError(fault.code, fault.message, fault.next, { cause: error });
}

/** SQLite's primary result code of an error; 0 when it is none of SQLite's. */
export function primaryCode(error: unknown): number {
  const { errcode = 0 } = error as { errcode?: number };
  return errcode & 0xff;
}

/** Whether an error of SQLite says that there is no more space. */
export function isDiskFull(error: unknown): boolean {
  const { errcode = 0 } = error as { errcode?: number };
  return (errcode & 0xff) === FULL || errcode === IOERR_WRITE || errcode === IOERR_SHMSIZE;
}

/** The error for a store whose bytes are damaged; `what` says where it showed. */
export function corruptStore(file: string, what: string): StateError {
  return new StateError(
    "corrupt-store",
    `The state in ${file} is damaged: ${what}.`,
    "Run `llmspell-state doctor`. To go back to a backup, run `llmspell-state backup restore ID " +
      "--set-aside` with the newest that `llmspell-state backup list` shows: the damaged file is kept.",
  );
}

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

function describe(errcode: number, error: Error, file: string): Fault | undefined {
  switch (errcode & 0xff) {
    case BUSY:
    case LOCKED:
      return locked(file);
    case CORRUPT:
    case NOTADB:
      return corruptStore(file, error.message);
    case FULL:
      return diskFull(file);
    case READONLY:
    case PERM:
      return notWritable(file, error.message);
    case CANTOPEN:
      return notReadable(file, error.message);
    case IOERR:
      if (errcode === IOERR_WRITE || errcode === IOERR_SHMSIZE) return diskFull(file);
      return {
        code: "store-io-error",
        message: `Reading or writing ${file} failed: ${error.message}.`,
        next: "Check the disk and the file system, then try again; `llmspell-state doctor` tells more.",
      };
    case NOMEM:
      return {
        code: "out-of-memory",
        message: `There was not enough memory to work with ${file}.`,
        next: "Close other programs, then try again.",
      };
    default:
      return missingTable(error, file);
  }
}

/** A database that claims to be ours and lacks a table or column was damaged. */
function missingTable(error: Error, file: string): Fault | undefined {
  return /^no such (table|column)|malformed|datatype|unsupported file format/.test(error.message)
    ? corruptStore(file, error.message)
    : undefined;
}

function locked(file: string): Fault {
  const holder = lockHolder(file);
  const who = holder === undefined ? "another process" : holder;
  return {
    code: "store-locked",
    message: `${file} is locked by ${who}.`,
    next: "Wait until it has finished, or end it; then try again.",
  };
}

function diskFull(file: string): Fault {
  return {
    code: "disk-full",
    message: `The disk is full: ${file} could not grow. Nothing was changed.`,
    next: "Free some space, then try again.",
  };
}

function notReadable(file: string, why: string): Fault {
  return {
    code: "store-unreadable",
    message: `${file} cannot be opened: ${why}.`,
    next: "Check that the folder exists and that you may read and write it.",
  };
}

function notWritable(file: string, why: string): Fault {
  return {
    code: "store-not-writable",
    message: `${file} cannot be written: ${why}.`,
    next: "Check the permissions of the file and its folder.",
  };
}

function fileSystemFault(error: Error, code: string | undefined, file: string): unknown {
  const { path } = error as Error & { path?: string };
  const folder = dirname(file);
  // An export or a backup that is made meanwhile has files of its own.
  const foreign = path !== undefined && path !== folder && dirname(path) !== folder;
  if (code === undefined || foreign) return error;
  if (FILE_SYSTEM_CODES.has(code)) {
    const looked = (error as Error & { syscall?: string }).syscall === "stat";
    const fault = looked ? notReadable(file, error.message) : notWritable(file, error.message);
    return asError(fault, error);
  }
  if (code === "ENOSPC" || code === "EDQUOT") return asError(diskFull(file), error);
  if (code === "ENOTDIR" || code === "EEXIST" || code === "EISDIR") {
    const next = "Move what is in the way, or set another `path` in the [state] table.";
    return asError(
      {
        code: "store-unreadable",
        message: `${file} cannot be opened: ${error.message}.`,
        next,
      },
      error,
    );
  }
  // Whatever else there is to say of it: links in a circle, a name too long, a disk that fails.
  return path === undefined ? error : asError(notReadable(file, error.message), error);
}

function asError({ code, message, next }: Fault, cause: Error): StateError {
  return new StateError(code, message, next, { cause });
}
