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

/** CRC-32 over a stored value with its name and circumstances: finds flipped bits, is no signature. */
export function checksum(namespace: string, key: string, row: Sealed): number {
  const { revision, createdAt, updatedAt, plain, origin, value } = row;
  // One text, one call: each costs more than the bytes of a usual value do.
  return crc32(
    `${namespace}\n${key}\n${revision}\n${createdAt}\n${updatedAt}\n${plain}\n${origin}\n${value}`,
  );
}

/** Whether a row is what was written. A damaged one can be of other types than it should. */
export function isIntact(
  namespace: string,
  key: string,
  row: Sealed & { readonly crc: number },
): boolean {
  return typeof row.value === "string" && checksum(namespace, key, row) === row.crc;
}
