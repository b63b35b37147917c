import type { ValueType } from "../../../../shared/src/protocol.ts";
import type { Shape } from "../../language/flow/shape.ts";
import type { KnownText, Span } from "../../language/model.ts";
import type { Expression } from "../../language/syntax/ast.ts";
import { touchedBy } from "../../language/touched.ts";
import { type SavedPart, savedParts } from "../syntax/saved-values.ts";
import type { Elsewhere, Judge, Rule } from "./rule.ts";

/** Stored entries that are looked up for one script at most. */
const LOOKED_UP = 100;

/** A save that gives an entry another type than it has, or than other scripts give it. */
export const typeChange: Rule = {
  code: "type-change",
  family: "data",
  defaultSeverity: "information",
  summary: "A save of another type than what is stored, or saved elsewhere",
  gather: ({ model, script }) => {
    const saves = savedParts(model, script())
      .filter(({ path }) => path === "value")
      .slice(0, LOOKED_UP)
      .flatMap(saveOf);
    return saves.length === 0 ? undefined : judge(saves);
  },
};

/** A save of something of a known type under a name that is known. */
interface Save {
  readonly span: Span;
  readonly namespace: string;
  readonly key: string;
  readonly type: ValueType;
  /** `{}`: may become an object or an array. */
  readonly empty: boolean;
}

function saveOf({ use, written, expression }: SavedPart): Save[] {
  const { namespace, key } = touchedBy(use) ?? {};
  const type = typeOf(expression);
  if (type === undefined || namespace?.kind !== "exact" || key?.kind !== "exact") return [];
  const name = { namespace: namespace.text, key: key.text.normalize("NFC") };
  return [{ ...name, span: written.span, type, empty: isEmptyTable(expression) }];
}

function judge(saves: readonly Save[]): Judge {
  return async (elsewhere) => {
    const found = await Promise.all(
      saves.map((save, i) => checkSave(save, saves.slice(0, i), elsewhere)),
    );
    return found.flatMap((message, i) => {
      const span = saves[i]?.span;
      return message === undefined || span === undefined ? [] : [{ span, message }];
    });
  };
}

/** What to say of a save; undefined where it fits. */
async function checkSave(
  { namespace, key, type, empty }: Save,
  earlier: readonly Save[],
  { view, workspace }: Elsewhere,
): Promise<string | undefined> {
  const entry = await view?.entry(namespace, key);
  const differs = (other: ValueType) =>
    kindOf(other) !== kindOf(type) && !(empty && (other === "array" || other === "object"));
  const told = (who: string, other: ValueType) =>
    `${who} ${article(other)}, and this saves ${article(type)}: scripts that load it may not expect that.`;
  if (entry !== undefined) {
    return differs(entry.type) ? told("What is stored there is", entry.type) : undefined;
  }
  // `false` often stands for "nothing yet".
  if (type === "boolean") return undefined;
  const here = earlier.find(
    (other) =>
      other.namespace === namespace &&
      other.key === key &&
      other.type !== "boolean" &&
      !other.empty &&
      differs(other.type),
  );
  if (here !== undefined) return told("This script also saves", here.type);
  const exact = (text: string): KnownText => ({ kind: "exact", text });
  for (const { access, file, place, value } of workspace?.usesOf(exact(namespace), exact(key))
    .same ?? []) {
    const other = access === "write" && value !== undefined ? typeOfShape(value) : undefined;
    if (other !== undefined && differs(other)) {
      return told(`${file}:${place.startLine + 1} saves`, other);
    }
  }
  return undefined;
}

/** The type of what another script saves, as far as its text shows it. */
function typeOfShape(shape: Shape): ValueType | undefined {
  switch (shape.kind) {
    case "string":
      return "string";
    case "integer":
    case "float":
    case "number":
      return "float";
    case "table":
      if (shape.fields.length > 0 && shape.items === 0) return "object";
      return shape.items > 0 && shape.fields.length === 0 ? "array" : undefined;
    default:
      return undefined;
  }
}

function article(type: ValueType): string {
  return /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** Integers and floats are both numbers to a script. */
function kindOf(type: ValueType): string {
  return type === "integer" || type === "float" ? "number" : type;
}

function isEmptyTable(expression: Expression): boolean {
  return expression.kind === "Table" && expression.fields.length === 0;
}

/** The type that an expression surely has when it is stored. */
function typeOf(expression: Expression): ValueType | undefined {
  switch (expression.kind) {
    case "String":
      return "string";
    case "Number":
      return "float";
    case "True":
    case "False":
      return "boolean";
    case "Table":
      return tableType(expression);
    default:
      return undefined;
  }
}

function tableType({ fields }: Expression & { kind: "Table" }): ValueType | undefined {
  if (fields.some(({ value }) => value.kind === "Vararg")) return undefined;
  if (fields.every(({ kind }) => kind === "Named")) return "object";
  return fields.every(({ kind }) => kind === "Positional") ? "array" : undefined;
}
