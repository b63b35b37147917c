import { StateError } from "../../../shared/src/errors.ts";

/** Bytes as text, without a byte order mark. @throws StateError `not-utf8` */
export function decodeInput(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new StateError("not-utf8", `${what} is not UTF-8 text.`, "Give it as UTF-8.");
  }
}
