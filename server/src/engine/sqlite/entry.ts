import type { Entry } from "../types.ts";
import { jsonType } from "../values/value.ts";
import { checksumOf } from "./checksum.ts";

/**
 * The entry of a row; undefined when the row is not what was written, and of other types even. By
 * position, since it is made for every load and every line of a backup: no object in between.
 * @param crc the row's checksum
 * @param value undefined, or SQLite's null: there is none, which is damage too
 */
export function intactEntry(
  namespace: string,
  key: string,
  revision: number,
  createdAt: number,
  updatedAt: number,
  origin: string,
  plain: number,
  crc: number,
  value: string | null | undefined,
): Entry | undefined {
  if (
    typeof value !== "string" ||
    checksumOf(namespace, key, revision, createdAt, updatedAt, origin, plain, value) !== crc
  ) {
    return undefined;
  }
  return {
    namespace,
    key,
    type: jsonType(value),
    bytes: Buffer.byteLength(value),
    revision,
    createdAt,
    updatedAt,
    origin,
    value,
    plain: plain === 1,
  };
}
