import { keyFault, namespaceFault, quote } from "../../../../shared/src/names.ts";
import type { Json } from "../types.ts";
import { parseValue } from "../values/parse.ts";
import { printValue } from "../values/print.ts";
import type { StateValue } from "../values/value.ts";
import { convertValue } from "./convert.ts";
import type { DeclarativeMigration, Step } from "./declarative.ts";
import { failedMigration } from "./faults.ts";
import { changeField, FieldFault, moveField, renameField } from "./fields.ts";
import { fillPattern, matchPattern } from "./pattern.ts";

/** What a migration is given and gives back; the value as canonical JSON. */
export interface MigrationEntry {
  readonly namespace: string;
  readonly key: string;
  readonly value: Json;
}

/**
 * One entry after all steps of a declarative migration; the very same entry when nothing changed,
 * null when it is dropped. @throws StateError `migration-failed`
 */
export function applySteps(
  { steps }: DeclarativeMigration,
  file: string,
  entry: MigrationEntry,
): MigrationEntry | null {
  let present: MigrationEntry = entry;
  for (const [index, step] of steps.entries()) {
    try {
      const next = applyStep(step, present);
      if (next === null) return null;
      present = next;
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      throw failedMigration(file, `step ${index + 1} (${step.action})`, entry, `${error.message}.`);
    }
  }
  return present;
}

function applyStep(step: Step, entry: MigrationEntry): MigrationEntry | null {
  const namespaceStars = matchPattern(step.namespace, entry.namespace);
  const keyStars = matchPattern(step.key, entry.key);
  if (namespaceStars === undefined || keyStars === undefined) return entry;
  switch (step.action) {
    case "drop-keys":
      return null;
    case "rename-namespace":
      return renamed(entry, fillPattern(step.to, namespaceStars), entry.key);
    case "rename-keys":
      return renamed(entry, entry.namespace, fillPattern(step.to, keyStars));
    default: {
      const value = parseValue(entry.value);
      const next = changeValue(step, value);
      return next === value ? entry : { ...entry, value: printValue(next) };
    }
  }
}

function renamed(entry: MigrationEntry, namespace: string, key: string): MigrationEntry {
  const wrongNamespace = namespaceFault(namespace);
  if (wrongNamespace !== undefined) {
    throw new FieldFault(
      `its new namespace ${quote(namespace)} is not allowed, since ${wrongNamespace}`,
    );
  }
  const wrongKey = keyFault(key);
  if (wrongKey !== undefined) {
    throw new FieldFault(`its new key ${quote(key)} is not allowed, since ${wrongKey}`);
  }
  if (namespace === entry.namespace && key === entry.key) return entry;
  return { ...entry, namespace, key };
}

type FieldStep = Exclude<Step, { action: "drop-keys" | "rename-namespace" | "rename-keys" }>;

function changeValue(step: FieldStep, value: StateValue): StateValue {
  switch (step.action) {
    case "rename-field":
      return renameField(value, step.field, step.to, step.overwrite);
    case "move-field":
      return moveField(value, step.field, step.to, step.overwrite);
    case "default-field":
      return changeField(value, step.field, (present) => present ?? step.value, true);
    case "convert-field":
      return changeField(value, step.field, (present) =>
        present === undefined ? undefined : convertValue(present, step.to),
      );
    case "remove-field":
      return changeField(value, step.field, () => undefined);
  }
}
