import type { ValueType } from "../../../../shared/src/protocol.ts";
import type { StateView } from "../../engine/types.ts";
import type { Expression } from "../../language/syntax/ast.ts";
import { touchedBy } from "../../language/touched.ts";
import { type SavedPart, savedParts } from "../syntax/saved-values.ts";
import type { Finding, Rule } from "./rule.ts";

/** Stored entries that are looked up for one script at most. */
const LOOKED_UP = 100;

/** A save that gives an entry another type than the stored one has. */
export const typeChange: Rule = {
  code: "type-change",
  family: "data",
  defaultSeverity: "information",
  summary: "A save of another type than what is stored",
  check: async ({ model, view, script }) => {
    if (view === undefined) return undefined;
    const saves = savedParts(model, script()).filter(({ path }) => path === "value");
    const found = await Promise.all(saves.slice(0, LOOKED_UP).map((save) => checkSave(save, view)));
    return found.flat();
  },
};

async function checkSave(part: SavedPart, view: StateView): Promise<Finding[]> {
  const { namespace, key } = touchedBy(part.use) ?? {};
  const type = typeOf(part.expression);
  if (type === undefined || namespace?.kind !== "exact" || key?.kind !== "exact") return [];
  const entry = await view.entry(namespace.text, key.text.normalize("NFC"));
  if (entry === undefined || kindOf(entry.type) === kindOf(type)) return [];
  if (isEmptyTable(part.expression) && (entry.type === "array" || entry.type === "object"))
    return [];
  const message = `What is stored there is ${article(entry.type)}, and this saves ${article(type)}: scripts that load it may not expect that.`;
  return [{ span: part.written.span, message }];
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
