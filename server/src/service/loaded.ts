import { type ApiRole, STATE_MEMBERS } from "../../../shared/src/api.ts";
import type { Entry, StateView } from "../engine/types.ts";
import { parseValue } from "../engine/values/parse.ts";
import { isArrayValue, type StateValue } from "../engine/values/value.ts";
import type { LoadedFrom } from "../language/flow/loads.ts";
import type { Shape } from "../language/flow/shape.ts";
import type { KnownText, ScriptModel } from "../language/model.ts";
import type { Expression } from "../language/syntax/ast.ts";
import { argumentFor, touchedBy } from "../language/touched.ts";
import { matches, overlaps } from "../language/values/matching.ts";
import type { WorkspaceView } from "../language/workspace-view.ts";
import { allUses, knownPrefix } from "./known-names.ts";
import { READ_FOR_PREVIEW } from "./present-entry.ts";
import { maskValue } from "./sensitive/mask.ts";

/** Characters of JSON beyond which a value is not read for its fields' names. */
const READ = 200_000;
/** Saves of one entry that are looked at for fields. */
const SAVES = 200;

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

/** A place in the state as far as it is known: the key may be any, `null` any field. */
interface LooseSource {
  readonly namespace: KnownText;
  readonly key: KnownText;
  readonly path: readonly (string | null)[];
}

/** Entries that stand for all that a pattern of keys means, and elements for all of an array. */
const SAMPLES = 10;

/** What an expression may stand for where the key is computed or a field is any of several. */
export interface LikelyPart {
  readonly namespace: string;
  readonly key: KnownText;
  readonly path: readonly (string | null)[];
  /** Of some entries that match, masked; at least one. */
  readonly values: readonly { readonly entry: Entry; readonly value: StateValue }[];
}

/** What is stored where an expression's value may come from, also of keys that are computed. */
export async function likelyParts(
  model: ScriptModel,
  expression: Expression,
  view: StateView,
): Promise<readonly LikelyPart[]> {
  const parts: LikelyPart[] = [];
  for (const { namespace, key, path } of looseSources(model, expression)) {
    if (namespace.kind !== "exact") continue;
    const entries = await entriesLike(view, namespace.text, key);
    const values = entries.flatMap((entry) => {
      if (entry.value.length > READ) return [];
      const { value } = maskValue(entry.namespace, entry.key, parseValue(entry.value));
      return partsAt(value, path).map((part) => ({ entry, value: part }));
    });
    if (values.length > 0) parts.push({ namespace: namespace.text, key, path, values });
  }
  return parts;
}

/** Values (masked) that an expression may have: also of keys that are patterns, and of array elements. */
export async function likelyValues(
  model: ScriptModel,
  expression: Expression,
  view: StateView,
): Promise<readonly StateValue[]> {
  const parts = await likelyParts(model, expression, view);
  return parts.flatMap(({ values }) => values.map(({ value }) => value));
}

async function entriesLike(
  view: StateView,
  namespace: string,
  key: KnownText,
): Promise<readonly Entry[]> {
  if (key.kind === "exact") {
    const entry = await view.entry(namespace, key.text.normalize("NFC"));
    return entry === undefined ? [] : [entry];
  }
  const page = await view.page(namespace, {
    prefix: knownPrefix(key),
    limit: SAMPLES * 5,
    maxValueBytes: READ_FOR_PREVIEW,
  });
  return page.filter((entry) => entry.value !== "" && matches(key, entry.key)).slice(0, SAMPLES);
}

function partsAt(value: StateValue, path: readonly (string | null)[]): readonly StateValue[] {
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  if (typeof value !== "object") return [];
  if (name === null) {
    return [...value.values()].slice(0, SAMPLES).flatMap((item) => partsAt(item, rest));
  }
  const item = partOf(value, name);
  return item === undefined ? [] : partsAt(item, rest);
}

/** A field of an object, or an item of an array by its number, from 1. */
function partOf(value: StateValue, name: string): StateValue | undefined {
  if (typeof value !== "object") return undefined;
  return isArrayValue(value) ? value[Number(name) - 1] : value.get(name);
}

/** The fields that scripts save where an expression's value was loaded from, and who does. */
export function savedFields(
  model: ScriptModel,
  expression: Expression,
  workspace: WorkspaceView | undefined,
): readonly { readonly name: string; readonly file: string | undefined }[] {
  return looseSources(model, expression).flatMap(({ namespace, key, path }) => {
    const own = allUses(model).flatMap((use) => {
      const touched = touchedBy(use);
      const value = argumentFor(use, "value");
      if (touched?.member.access !== "write" || touched.key === undefined) return [];
      if (value?.slot === undefined || value.within !== undefined) return [];
      if (!overlaps(touched.namespace, namespace) || !overlaps(touched.key, key)) return [];
      const shape = model.shapes.of(value.expression);
      return fieldsAt(shape, path).map((name) => ({ name, file: undefined }));
    });
    const uses = workspace?.usesOf(namespace, key);
    const others = [...(uses?.same ?? []), ...(uses?.overlapping ?? [])]
      .slice(0, SAVES)
      .flatMap(({ value, file }) =>
        value === undefined ? [] : fieldsAt(value, path).map((name) => ({ name, file })),
      );
    return [...own, ...others];
  });
}

function fieldsAt(value: Shape, path: readonly (string | null)[]): readonly string[] {
  let shape = value;
  for (const name of path) {
    const field = shape.kind === "table" && shape.fields.find((one) => one.name === name);
    if (!field) return [];
    shape = field.shape;
  }
  return shape.kind === "table" ? shape.fields.map(({ name }) => name) : [];
}

function looseSources(model: ScriptModel, expression: Expression): LooseSource[] {
  return model.loads.of(expression).flatMap((loaded) => {
    const prefix = STATE_MEMBERS.get(loaded.member)?.namespacePrefix ?? "";
    const namespace = argumentOf(loaded, ["namespace", "owner"]);
    const key = argumentOf(loaded, ["key", "step"]);
    if (namespace?.kind !== "exact" || key === undefined) return [];
    const text = prefix + namespace.text;
    return [{ namespace: { kind: "exact", text }, key, path: loaded.path }];
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
  for (const name of path) at = at === undefined ? undefined : partOf(at, name);
  return at;
}
