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

/** A step that cannot be done for one entry. `fault` is a sentence. */
export function failedMigration(
  file: string,
  step: string,
  entry: { readonly namespace: string; readonly key: string },
  fault: string,
): StateError {
  const { namespace, key } = entry;
  return new StateError(
    "migration-failed",
    `${file}, ${step}: the entry ${namespace}/${key} cannot be migrated: ${fault}`,
    "Correct the migration or the entry; the state and its schema version are as they were.",
    { data: { file, step, namespace, key } },
  );
}
