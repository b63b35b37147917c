import type { ValueType } from "../../../../shared/src/protocol.ts";
import type { Shape } from "../../language/flow/shape.ts";
import type { KnownText } from "../../language/model.ts";
import type { Expression } from "../../language/syntax/ast.ts";
import { touchedBy } from "../../language/touched.ts";
import { type SavedPart, savedParts } from "../syntax/saved-values.ts";
import type { Rule, RuleContext } from "./rule.ts";

/** Stored entries that are looked up for one script at most. */
const LOOKED_UP = 100;

/** A save that gives an entry another type than it has, or than other scripts give it. */
export const typeChange: Rule = {
  code: "type-change",
  family: "data",
  defaultSeverity: "information",
  summary: "A save of another type than what is stored, or saved elsewhere",
  check: async (context) => {
    const { model, script } = context;
    const saves = savedParts(model, script())
      .filter(({ path }) => path === "value")
      .slice(0, LOOKED_UP)
      .flatMap(saveOf);
    const found = await Promise.all(
      saves.map((save, i) => checkSave(save, saves.slice(0, i), context)),
    );
    return found.flatMap((message, i) => {
      const span = saves[i]?.part.written.span;
      return message === undefined || span === undefined ? [] : [{ span, message }];
    });
  },
};

/** A save of something of a known type under a name that is known. */
interface Save {
  readonly part: SavedPart;
  readonly namespace: string;
  readonly key: string;
  readonly type: ValueType;
}

function saveOf(part: SavedPart): Save[] {
  const { namespace, key } = touchedBy(part.use) ?? {};
  const type = typeOf(part.expression);
  if (type === undefined || namespace?.kind !== "exact" || key?.kind !== "exact") return [];
  return [{ part, namespace: namespace.text, key: key.text.normalize("NFC"), type }];
}

/** What to say of a save; undefined where it fits. */
async function checkSave(
  save: Save,
  earlier: readonly Save[],
  { view, workspace }: RuleContext,
): Promise<string | undefined> {
  const { namespace, key, type, part } = save;
  const entry = await view?.entry(namespace, key);
  const empty = isEmptyTable(part.expression);
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
      !isEmptyTable(other.part.expression) &&
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
