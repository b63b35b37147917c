import { type DatabaseAddress, describeAddress } from "../../../../shared/src/database-url.ts";
import { messageOf, StateError } from "../../../../shared/src/errors.ts";

/** What the driver, the network or the server said: their code, and words without secrets. */
export interface Failure {
  /** SQLSTATE, what the operating system calls it, or {@link UNREADABLE}; empty: none of them. */
  readonly code: string;
  readonly text: string;
}

/** A file that the URL names cannot be read: certificates and keys alone are files. */
const UNREADABLE = "unreadable-file";

/** Whatever was thrown, as {@link Failure}; `secrets` are taken out of its words. */
export function failureOf(error: unknown, secrets: readonly string[]): Failure {
  const { code: given, syscall } = error as { code?: unknown; syscall?: unknown };
  const code = syscall === "open" || given === "EISDIR" ? UNREADABLE : given;
  const message = messageOf(error);
  const text = secrets.reduce((left, secret) => left.replaceAll(secret, "***"), message);
  return { code: typeof code === "string" ? code : "", text };
}

const LOST: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOENT"],
  ...["EAI_AGAIN", "ECONNABORTED", "ENETDOWN", "EHOSTDOWN"],
  // The server: it is starting, stopping, or it ended this connection.
  ...["57P01", "57P02", "57P03", "57P05", "25P03", "08000", "08003", "08006", "08001", "08004"],
]);
const LOST_WORDS =
  /Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|server closed the connection|socket disconnected|read ECONN/;

/** The connection is gone, or none came about: another attempt may find the server again. */
export function isLost({ code, text }: Failure): boolean {
  return LOST.has(code) || (code === "" && LOST_WORDS.test(text));
}

/** The server undid the transaction and says that it may work another time. */
export function isPassing({ code }: Failure): boolean {
  return code === "40001" || code === "40P01" || code === "53300";
}

/** There is no such schema, table or function: nothing was stored yet, or somebody dropped it. */
export function isMissingTables(error: unknown): boolean {
  return error instanceof StateError && error.code === MISSING_TABLES;
}

const MISSING_TABLES = "missing-tables";

/** The error for people. What is no fault of user, server or network comes back as it is. */
export function databaseFault(
  error: unknown,
  failure: Failure,
  address: DatabaseAddress,
  limitMs: number,
): unknown {
  if (error instanceof StateError) return error;
  const fault = describe(failure, address, limitMs);
  // No cause: the driver's own error could carry what must not be logged.
  return fault === undefined
    ? error instanceof Error && failure.code === ""
      ? error
      : databaseError(failure, address)
    : new StateError(fault.code, fault.message, fault.next);
}

/** A write whose answer was lost and about which nothing can be found out. */
export function outcomeUnknown(address: DatabaseAddress): StateError {
  return new StateError(
    "outcome-unknown",
    `The connection to ${describeAddress(address)} was lost before the answer came: the change may or may not have been made.`,
    "Look at the state, then repeat the change where it is missing.",
  );
}

/** The server went away inside a transaction, which it then undid. */
export function transactionLost(address: DatabaseAddress): StateError {
  return new StateError(
    "store-unreachable",
    `The connection to ${describeAddress(address)} was lost. Nothing was changed.`,
    "Try again when the server is back.",
  );
}

function databaseError({ code, text }: Failure, address: DatabaseAddress): StateError {
  return new StateError(
    "database-error",
    `The database ${describeAddress(address)} refused: ${sentence(text)} (${code}).`,
    "Look into the server's log; `llmspell-state doctor` tells more.",
  );
}

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** Codes by which TLS says that the server is not who it should be. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/;
const URL_SETTING = "the URL that `url` in [state] stands for";

function describe(failure: Failure, address: DatabaseAddress, limitMs: number): Fault | undefined {
  const { code, text } = failure;
  const where = describeAddress(address);
  const who = address.user === "" ? "the user" : `the user ${address.user}`;
  switch (code) {
    case "28P01":
      return {
        code: "store-access-denied",
        message: `${where} refused ${who}: wrong password.`,
        next: `Correct user and password in ${URL_SETTING}.`,
      };
    case "28000":
      if (/no encryption|SSL off/.test(text)) {
        return {
          code: "store-tls-required",
          message: `${where} takes ${who} only over TLS.`,
          next: `Add ?sslmode=verify-full to ${URL_SETTING}.`,
        };
      }
      return {
        code: "store-access-denied",
        message: `${where} refused ${who}: no such user, or none that may connect from here.`,
        next: `Correct ${URL_SETTING}, or ask who runs the server (pg_hba.conf).`,
      };
    case "42P01":
    case "3F000":
    case "42883":
      return {
        code: MISSING_TABLES,
        message: `The tables of LLMSpell State in ${where} are not there, or not all of them: ${sentence(text)}.`,
        next: "Look what `schema` in [state] names; the first write by somebody with the rights makes them.",
      };
    case "3D000":
      return {
        code: "unknown-database",
        message: `The server ${address.host}:${address.port} has no database ${address.database}.`,
        next: `Create it, or correct ${URL_SETTING}.`,
      };
    case "42501":
      return {
        code: "store-no-rights",
        message: `${upper(who)} has not the rights for this in ${where}: ${sentence(text)}.`,
        next: "Ask the owner of the database for the grants of docs/postgres.md.",
      };
    case "25006":
      return {
        code: "store-not-writable",
        message: `${where} is read only: it is a standby, or was made so.`,
        next: `Name the primary server in ${URL_SETTING}.`,
      };
    case "55P03":
      return {
        code: "store-locked",
        message: `Another transaction changes this store in ${where} and did not end in time.`,
        next: "Wait until it has finished, then try again.",
      };
    case "57014":
      return {
        code: "store-slow",
        message: `${where} did not answer within ${limitMs} ms, so the call was cancelled. Nothing was changed.`,
        next: "Try again; if it stays so, raise request_timeout_ms in [state] or look at the server's load.",
      };
    case "53300":
      return {
        code: "store-busy",
        message: `${where} has no connection left.`,
        next: "Close other programs, or lower pool_size in [state], or use a pooler.",
      };
    case "53100":
      return {
        code: "disk-full",
        message: `The disk of ${where} is full. Nothing was changed.`,
        next: "Free some space there, then try again.",
      };
    case "0A000":
    case "26000":
    case "08P01":
      return {
        code: "unsupported-pooler",
        message: `What stands before ${where} does not pass this on: ${sentence(text)}.`,
        next: "See docs/postgres.md about poolers, or name the server itself.",
      };
    case UNREADABLE:
      return {
        code: "unreadable-certificate",
        message: `A file that the URL of ${where} names cannot be read: ${sentence(text)}.`,
        next: `Correct sslrootcert, sslcert or sslkey in ${URL_SETTING}.`,
      };
    case "ENOTFOUND":
      return unreachable(
        where,
        "its name is not known",
        `Correct the host in ${URL_SETTING}, or connect to its network.`,
      );
    default:
      return describeMore(failure, where);
  }
}

function describeMore(failure: Failure, where: string): Fault | undefined {
  const { code, text } = failure;
  if (isLost(failure)) {
    return unreachable(where, reason(failure), "Try again when the server is back.");
  }
  if (/does not support SSL/.test(text)) {
    return {
      code: "store-tls-unavailable",
      message: `${where} does not offer TLS, and the URL demands it.`,
      next: `Switch TLS on in the server, or change sslmode in ${URL_SETTING}.`,
    };
  }
  if (/^ERR_(OSSL|CRYPTO)/.test(code)) {
    return {
      code: "unreadable-certificate",
      message: `A file that the URL of ${where} names is no certificate or key: ${sentence(text)}.`,
      next: `Correct sslrootcert, sslcert or sslkey in ${URL_SETTING}: PEM files.`,
    };
  }
  if (/verify-ca requires specifying a CA/.test(text)) {
    return {
      code: "invalid-database-url",
      message: `sslmode=verify-ca for ${where} needs the certificate of an authority.`,
      next: `Add sslrootcert=FILE to ${URL_SETTING}, or use sslmode=verify-full.`,
    };
  }
  if (UNTRUSTED.test(code)) {
    return {
      code: "store-tls-untrusted",
      message: `The certificate of ${where} is not trusted: ${sentence(text)}.`,
      next: `Name the authority's certificate with sslrootcert=FILE in ${URL_SETTING}.`,
    };
  }
  if (/SASL|password must be a string/i.test(text)) {
    return {
      code: "store-access-denied",
      message: `${where} asks for a password, and the URL has none, or a wrong one.`,
      next: `Put user and password into ${URL_SETTING}.`,
    };
  }
  return undefined;
}

function unreachable(where: string, why: string, next: string): Fault {
  return {
    code: "store-unreachable",
    message: `The database ${where} cannot be reached: ${why}.`,
    next,
  };
}

function reason({ code, text }: Failure): string {
  if (code === "ECONNREFUSED" || code === "ENOENT") return "nothing listens there";
  if (code === "57P03") return "the server is starting or stopping";
  if (code.startsWith("57P")) return "the server ended the connection";
  if (/timeout/.test(text) || code === "ETIMEDOUT") return "it did not answer in time";
  return "the connection was lost";
}

/** Words to stand in a sentence: without their full stop. */
function sentence(text: string): string {
  return text.replace(/[.\s]+$/, "");
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
