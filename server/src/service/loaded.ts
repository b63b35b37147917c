import { type ApiRole, STATE_MEMBERS } from "../../../shared/src/api.ts";
import type { Entry, StateView } from "../engine/types.ts";
import { parseValue } from "../engine/values/parse.ts";
import { isArrayValue, type StateValue } from "../engine/values/value.ts";
import type { LoadedFrom } from "../language/flow/loads.ts";
import type { ShapeField } from "../language/flow/shape.ts";
import type { KnownText, ScriptModel } from "../language/model.ts";
import type { Expression } from "../language/syntax/ast.ts";
import { argumentFor, touchedBy } from "../language/touched.ts";
import { maskValue } from "./sensitive/mask.ts";

/** A part of a stored entry that a value in a script came from. */
export interface StoredPart {
  readonly entry: Entry;
  /** The names of the fields that lead to it. */
  readonly path: readonly string[];
  /** Masked. */
  readonly value: StateValue;
  /** Whether anything in the entry was masked. */
  readonly masked: boolean;
}

/** One exact place in the state: an entry, and the fields that lead into it. */
interface Source {
  readonly namespace: string;
  readonly key: string;
  readonly path: readonly string[];
}

/** What is stored where an expression's value was loaded from; nothing where that is not sure. */
export async function storedParts(
  model: ScriptModel,
  expression: Expression,
  view: StateView,
): Promise<readonly StoredPart[]> {
  const found: StoredPart[] = [];
  for (const { namespace, key, path } of loadedFrom(model, expression)) {
    const entry = await view.entry(namespace, key);
    if (entry === undefined) continue;
    const { value: whole, masked } = maskValue(namespace, key, parseValue(entry.value));
    const value = partAt(whole, path);
    if (value !== undefined) found.push({ entry, path, value, masked });
  }
  return found;
}

/** The fields that this script itself saves where an expression's value was loaded from. */
export function savedFields(model: ScriptModel, expression: Expression): readonly ShapeField[] {
  const sources = loadedFrom(model, expression);
  if (sources.length === 0) return [];
  return model.uses.flatMap((use) => {
    const { member, namespace, key } = touchedBy(use) ?? {};
    if (member?.access !== "write" || namespace?.kind !== "exact" || key?.kind !== "exact")
      return [];
    const source = sources.find((one) => one.namespace === namespace.text && one.key === key.text);
    const value = argumentFor(use, "value");
    if (source === undefined || value === undefined) return [];
    let shape = model.shapes.of(value.expression);
    for (const name of source.path) {
      const field = shape.kind === "table" && shape.fields.find((one) => one.name === name);
      if (!field) return [];
      shape = field.shape;
    }
    return shape.kind === "table" ? shape.fields : [];
  });
}

/** The exact places in the state that an expression's value was loaded from. */
export function loadedFrom(model: ScriptModel, expression: Expression): readonly Source[] {
  return model.loads.of(expression).flatMap((loaded) => {
    const prefix = STATE_MEMBERS.get(loaded.member)?.namespacePrefix ?? "";
    const namespace = argumentOf(loaded, ["namespace", "owner"]);
    const key = argumentOf(loaded, ["key", "step"]);
    if (namespace?.kind !== "exact" || key?.kind !== "exact") return [];
    const path = loaded.path.flatMap((part) => part ?? []);
    if (path.length < loaded.path.length) return [];
    return [{ namespace: prefix + namespace.text, key: key.text.normalize("NFC"), path }];
  });
}

function argumentOf(
  { member, args }: LoadedFrom,
  roles: readonly ApiRole[],
): KnownText | undefined {
  const parameters = STATE_MEMBERS.get(member)?.parameters ?? [];
  return args[parameters.findIndex(({ role }) => roles.includes(role))];
}

function partAt(value: StateValue, path: readonly string[]): StateValue | undefined {
  let at: StateValue | undefined = value;
  for (const name of path) {
    if (typeof at !== "object" || isArrayValue(at)) return undefined;
    at = at.get(name);
  }
  return at;
}
