import { crc32 } from "node:zlib";

/** What a row says of its value. */
export interface Sealed {
  readonly revision: number;
  readonly updatedAt: number;
  readonly origin: string;
  readonly plain: number;
  readonly value: string;
}

/** CRC-32 over a stored value with its name and circumstances: finds flipped bits, is no signature. */
export function checksum(namespace: string, key: string, row: Sealed): number {
  const head = `${namespace}\n${key}\n${row.revision}\n${row.updatedAt}\n${row.plain}\n${row.origin}\n`;
  return crc32(row.value, crc32(head));
}
