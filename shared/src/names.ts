import { StateError } from "./errors.ts";

/** Name of the database file in a state folder. */
export const STATE_FILE = "state.db";

/** Longest namespace or key, in UTF-8 bytes. */
const MAX_NAME_BYTES = 255;

/** What is wrong with a name, in words that follow "must" or stand alone; `undefined` when nothing is. */
export type NameFault = string | undefined;

/** What nearly every name is: judged at once. */
const USUAL_NAMESPACE = /^[A-Za-z0-9_.-]+(?::[A-Za-z0-9_.-]+)*$/;
const USUAL_KEY = /^[A-Za-z0-9][A-Za-z0-9_:-]*$/;
const NAMESPACE_SEGMENT = /^[A-Za-z0-9_.-]+$/;
const encoder = new TextEncoder();

/**
 * Why `namespace` cannot be a namespace: 1 to 255 bytes of ASCII letters, digits, `_`, `-` and `.`,
 * with `:` between segments, none of them empty (`user:123`).
 */
export function namespaceFault(namespace: string): NameFault {
  if (namespace.length <= MAX_NAME_BYTES && USUAL_NAMESPACE.test(namespace)) return undefined;
  if (namespace === "") return "it is empty";
  if (namespace.length > MAX_NAME_BYTES) {
    return `it is ${encoder.encode(namespace).length} bytes long, and ${MAX_NAME_BYTES} are allowed`;
  }
  for (const segment of namespace.split(":")) {
    if (segment === "") return "it has an empty segment beside ':'";
    if (!NAMESPACE_SEGMENT.test(segment)) {
      const culprit = [...segment].find((char) => !NAMESPACE_SEGMENT.test(char)) ?? "";
      return `it contains ${quote(culprit)}`;
    }
  }
  return undefined;
}

/**
 * Why `key` cannot be a key: 1 to 255 bytes of UTF-8 (after NFC), no NUL, CR or LF, no `..`, `\` or
 * `//`, not starting with `__` or `$$`.
 */
export function keyFault(key: string): NameFault {
  if (key.length <= MAX_NAME_BYTES && USUAL_KEY.test(key)) return undefined;
  if (key === "") return "it is empty";
  if (!key.isWellFormed()) return "it is not valid Unicode";
  const stored = key.normalize("NFC");
  // A UTF-16 unit takes at most three bytes: most keys need no count.
  const bytes = stored.length * 3 > MAX_NAME_BYTES ? encoder.encode(stored).length : 0;
  if (bytes > MAX_NAME_BYTES) return `it is ${bytes} bytes long, and ${MAX_NAME_BYTES} are allowed`;
  if (key.includes("\0")) return "it contains a NUL character";
  if (key.includes("\r") || key.includes("\n")) return "it contains a line break";
  for (const forbidden of ["..", "\\", "//"]) {
    if (key.includes(forbidden)) return `it contains ${quote(forbidden)}`;
  }
  for (const reserved of ["__", "$$"]) {
    if (key.startsWith(reserved)) return `it starts with ${quote(reserved)}, which is reserved`;
  }
  return undefined;
}

export const NAMESPACE_RULE =
  "1 to 255 ASCII letters, digits, '_', '-' and '.', with ':' between segments that are not empty";
export const KEY_RULE =
  "1 to 255 bytes of UTF-8 without NUL, line breaks, '..', '\\' or '//', not starting with '__' or '$$'";

/** The namespace as stored. @throws StateError `invalid-namespace` */
export function checkNamespace(namespace: string): string {
  const fault = namespaceFault(namespace);
  if (fault === undefined) return namespace;
  throw new StateError(
    "invalid-namespace",
    `The namespace ${quote(namespace)} is not allowed: ${fault}.`,
    `Use a namespace of ${NAMESPACE_RULE}.`,
  );
}

/** The key as stored, in Unicode NFC. @throws StateError `invalid-key` */
export function checkKey(key: string): string {
  if (key.length <= MAX_NAME_BYTES && USUAL_KEY.test(key)) return key;
  const fault = keyFault(key);
  if (fault === undefined) return key.normalize("NFC");
  throw new StateError(
    "invalid-key",
    `The key ${quote(key)} is not allowed: ${fault}.`,
    `Use a key of ${KEY_RULE}.`,
  );
}

/** A name for people: quoted, control characters escaped, shortened to 80 characters. */
export function quote(name: string): string {
  const characters = [...name];
  return JSON.stringify(characters.length > 80 ? `${characters.slice(0, 79).join("")}…` : name);
}

/** The extension's name, the source of its diagnostics and the scheme of its virtual documents. */
export const DIAGNOSTIC_SOURCE = "llmspell-state";
