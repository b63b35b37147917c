import { ownText } from "../../../../shared/src/own-text.ts";
import type { ValueType } from "../../../../shared/src/protocol.ts";
import type { KnownText, Span } from "../../language/model.ts";
import type { Expression } from "../../language/syntax/ast.ts";
import { touchedBy } from "../../language/touched.ts";
import { type SavedPart, savedParts } from "../syntax/saved-values.ts";
import type { Judge, Known, Rule } from "./rule.ts";

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
  const name = {
    namespace: ownText(namespace.text),
    key: ownText(key.text.normalize("NFC")),
  };
  return [{ ...name, span: written.span, type, empty: isEmptyTable(expression) }];
}

function judge(saves: readonly Save[]): Judge {
  return async (known) => {
    const found = await Promise.all(
      saves.map((save, i) => checkSave(save, saves.slice(0, i), known)),
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
  { view, scripts }: Known,
): Promise<string | undefined> {
  const entry = await view?.entry(namespace, key);
  const differs = (other: ValueType) =>
    kindOf(other) !== kindOf(type) && !(empty && (other === "array" || other === "object"));
  const told = (who: string, other: ValueType) =>
    `${who} ${article(kindOf(other))}, and this saves ${article(kindOf(type))}: scripts that load it may not expect that.`;
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
  const elsewhere = scripts?.ofEntry(exact(namespace), exact(key)).types ?? [];
  const other = elsewhere.find((one) => differs(one.type));
  return other && told(`${other.file}:${other.line + 1} saves`, other.type);
}

function article(kind: string): string {
  return /^[ao]/.test(kind) ? `an ${kind}` : `a ${kind}`;
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
