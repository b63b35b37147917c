import type { ScriptModel, StateUse } from "../../language/model.ts";
import type { Expression, TableField } from "../../language/syntax/ast.ts";
import { argumentFor, touchedBy } from "../../language/touched.ts";
import { origin, type Script } from "./script.ts";

/** Deepest table in a table that is looked into. */
const MAX_DEPTH = 50;

/** One expression inside a value that a call saves, and where in the value it stands. */
export interface SavedPart {
  readonly use: StateUse;
  /** As written at the call or in the table; names of locals are followed only to look inside. */
  readonly written: Expression;
  /** What gives the value: a table, a literal ... */
  readonly expression: Expression;
  /** `value.items[3].callback` */
  readonly path: string;
  /** The names of fields that lead to it, outermost first. */
  readonly fields: readonly string[];
}

/**
 * Every part of every value that these calls save as written at them, the values themselves first;
 * the calls are the script's own ones of State, unless others are given.
 */
export function savedParts(
  model: ScriptModel,
  script: Script,
  uses: readonly StateUse[] = model.uses,
): readonly SavedPart[] {
  const found: SavedPart[] = [];
  const add = (part: Omit<SavedPart, "expression">, around: readonly Expression[]): void => {
    const expression = origin(script, part.written);
    found.push({ ...part, expression });
    if (expression.kind !== "Table" || around.length > MAX_DEPTH) return;
    if (around.includes(expression)) return;
    let position = 0;
    for (const field of expression.fields) {
      if (field.kind === "Positional") position++;
      const { step, name } = stepInto(field, position);
      const fields = name === undefined ? part.fields : [...part.fields, name];
      add({ use: part.use, written: field.value, path: part.path + step, fields }, [
        ...around,
        expression,
      ]);
    }
  };
  for (const use of uses) {
    const written =
      touchedBy(use)?.member.access === "write" ? argumentFor(use, "value") : undefined;
    if (written !== undefined && written.slot !== undefined)
      add({ use, written: written.expression, path: "value", fields: [] }, []);
  }
  return found;
}

function stepInto(field: TableField, position: number): { step: string; name?: string } {
  if (field.kind === "Positional") return { step: `[${position}]` };
  if (field.kind === "Named") return { step: `.${field.name.name}`, name: field.name.name };
  if (field.key.kind === "String") {
    return { step: `[${JSON.stringify(field.key.value)}]`, name: field.key.value };
  }
  return { step: field.key.kind === "Number" ? `[${field.key.raw}]` : "[…]" };
}
