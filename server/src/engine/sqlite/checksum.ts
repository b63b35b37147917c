import { crc32 } from "node:zlib";

/** What a row says of its value. */
export interface Sealed {
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly origin: string;
  readonly plain: number;
  readonly value: string;
}

/** A checksum over a stored value with its name and circumstances: finds flipped bits, is no signature. */
export function checksum(namespace: string, key: string, row: Sealed): number {
  const { revision, createdAt, updatedAt, origin, plain, value } = row;
  return checksumOf(namespace, key, revision, createdAt, updatedAt, origin, plain, value);
}

/**
 * As {@link checksum}, for the columns of a row. CRC-32 of the value, which goes on from a hash of the
 * rest: one text of all would cost three times as much, and every call of a native function costs more
 * than a name has letters.
 */
export function checksumOf(
  namespace: string,
  key: string,
  revision: number,
  createdAt: number,
  updatedAt: number,
  origin: string,
  plain: number,
  value: string,
): number {
  let hash = withText(START, namespace);
  hash = withText(hash, key);
  hash = withNumber(hash, revision);
  hash = withNumber(hash, createdAt);
  hash = withNumber(hash, updatedAt);
  hash = withNumber(hash, plain);
  hash = withText(hash, origin);
  return crc32(value, hash >>> 0);
}

/** Whether a row is what was written. A damaged one can be of other types than it should. */
export function isIntact(
  namespace: string,
  key: string,
  row: Sealed & { readonly crc: number },
): boolean {
  return typeof row.value === "string" && checksum(namespace, key, row) === row.crc;
}

// FNV-1a: each step can be undone, so that one changed bit always changes the outcome.
const START = 0x811c9dc5;
const PRIME = 0x01000193;

function withText(start: number, given: string): number {
  // What was read from a damaged row may be no text.
  const text = typeof given === "string" ? given : String(given);
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  // Where a text ends matters too.
  return Math.imul(hash ^ text.length, PRIME);
}

/** A whole number below 2^53. */
function withNumber(start: number, value: number): number {
  const low = Math.imul(start ^ (value | 0), PRIME);
  return Math.imul(low ^ (value / 0x1_0000_0000), PRIME);
}
