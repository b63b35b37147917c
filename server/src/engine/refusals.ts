import { StateError } from "../../../shared/src/errors.ts";

/** Refuses a value whose JSON text takes too many bytes of UTF-8. @throws StateError `value-too-large` */
export function checkSize(json: string, maxBytes: number, namespace: string, key: string): void {
  // A UTF-16 unit takes at most three bytes: most values need no count.
  if (json.length * 3 <= maxBytes) return;
  const bytes = Buffer.byteLength(json);
  if (bytes <= maxBytes) return;
  throw new StateError(
    "value-too-large",
    `The value of ${namespace}/${key} takes ${bytes} bytes as JSON, and ${maxBytes} are allowed.`,
    "Split it over several keys, or raise max_value_bytes in [state].",
  );
}

/**
 * Compare-and-set: `present` is the entry's revision, 0 when there is none.
 * @throws StateError `conflict`
 */
export function checkRevision(
  expected: number | undefined,
  present: number,
  namespace: string,
  key: string,
): void {
  if (expected === undefined || expected === present) return;
  const now = present === 0 ? "it does not exist" : `it has revision ${present}`;
  const wanted = expected === 0 ? "expected not to exist" : `expected at revision ${expected}`;
  throw new StateError(
    "conflict",
    `${namespace}/${key} was ${wanted}, but ${now} now.`,
    "Read it again, and repeat the change on what is there.",
    { data: { revision: present } },
  );
}

/** The error of an undo that has nowhere to go. */
export function nothingToUndo(namespace: string, key: string): StateError {
  return new StateError(
    "nothing-to-undo",
    `No earlier value of ${namespace}/${key} is kept.`,
    "Look at its history; history_limit in [state] says how many earlier values are kept.",
  );
}

/** The error of an undo to a revision that is not in the key's history. */
export function unknownRevision(namespace: string, key: string, revision: number): StateError {
  return new StateError(
    "unknown-revision",
    `The history of ${namespace}/${key} has no value of revision ${revision}.`,
    "Choose one of its history.",
  );
}

/** The error of a store that is used after its end. */
export function storeClosed(): StateError {
  return new StateError("store-closed", "The state was closed.", "Open it again.");
}
