import { StateError } from "../../../../shared/src/errors.ts";

/** 1-based; the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A migration file that says something wrong. `fault` is a sentence. */
export function invalidMigration(
  file: string,
  position: Position | undefined,
  fault: string,
  next: string,
): StateError {
  const place = position === undefined ? file : `${file}:${position.line}:${position.column}`;
  return new StateError("invalid-migration", `${place}: ${fault}`, next, {
    data: { file, ...position },
  });
}

/** A step that cannot be done for one entry. `fault` is a sentence; `line` is 1-based, where known. */
export function failedMigration(
  file: string,
  step: string,
  entry: { readonly namespace: string; readonly key: string },
  fault: string,
  line?: number,
): StateError {
  const { namespace, key } = entry;
  return new StateError(
    "migration-failed",
    `${file}, ${step}: the entry ${namespace}/${key} cannot be migrated: ${fault}`,
    "Correct the migration or the entry; the state and its schema version are as they were.",
    { data: { file, step, namespace, key, ...(line === undefined ? {} : { line }) } },
  );
}

/** An error about a migration file with the path of that file besides its name, so that it can be opened. */
export function located(
  error: unknown,
  { name, path }: { readonly name: string; readonly path: string },
): unknown {
  if (!(error instanceof StateError) || error.data?.["file"] !== name) return error;
  const { code, message, next, data } = error;
  return new StateError(code, message, next, { cause: error, data: { ...data, file: path } });
}
