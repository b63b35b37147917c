import { STATE_API } from "../../../../shared/src/api.ts";
import { isArrayValue, type StateValue } from "../../engine/values/value.ts";
import { isLuaName, luaString } from "../lua-strings.ts";

/** An entry whose value's form is told; nothing of the value itself is. */
export interface TypedEntry {
  readonly namespace: string;
  readonly key: string;
  readonly value: StateValue;
}

/** Classes and signatures in the notation of LuaLS and EmmyLua. */
export interface StoredTypes {
  readonly classes: string;
  readonly overloads: ReadonlyMap<string, readonly string[]>;
}

/** Levels of tables, fields of one and items of an array that are told apart. */
const DEEPEST = 8;
const MOST_FIELDS = 200;
const MOST_ITEMS = 50;

/** The forms of stored values, as classes, and what loading each of them gives. */
export function storedTypes(entries: readonly TypedEntry[]): StoredTypes {
  const classes = new Classes();
  const overloads = new Map<string, string[]>();
  for (const { namespace, key, value } of entries) {
    const type = classes.typeOf([value], ["llmspell.stored", namespace, key]);
    for (const { name, given } of loadsOf(namespace, key)) {
      overloads.set(name, [...(overloads.get(name) ?? []), `fun(${given}): ${type}`]);
    }
  }
  return { classes: classes.text(), overloads };
}

/** The functions that load an entry, with their arguments as literal types. */
function loadsOf(namespace: string, key: string): { name: string; given: string }[] {
  return STATE_API.flatMap(({ name, access, namespacePrefix: prefix = "", parameters }) => {
    const [first, second] = parameters;
    if (access !== "read" || first === undefined || second === undefined) return [];
    if (!namespace.startsWith(prefix) || namespace === prefix) return [];
    const [owner, exact] = [literalType(namespace.slice(prefix.length)), literalType(key)];
    if (owner === undefined || exact === undefined) return [];
    return [{ name, given: `${first.name}: ${owner}, ${second.name}: ${exact}` }];
  });
}

/** A text as a literal type; undefined where quotes cannot hold it. */
function literalType(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what cannot be written
  if (/[\\\u0000-\u001f]/.test(text)) return undefined;
  if (!text.includes('"')) return `"${text}"`;
  return text.includes("'") ? undefined : `'${text}'`;
}

class Classes {
  readonly #texts: string[] = [];
  readonly #names = new Set<string>();

  text(): string {
    return this.#texts.join("");
  }

  /** The type that all of `values` have; tables get classes named after `path`. */
  typeOf(values: readonly StateValue[], path: readonly string[]): string {
    const objects = values.filter((value) => value instanceof Map);
    const arrays = values.filter(isArrayValue);
    const types = new Set(values.flatMap((value) => scalarType(value) ?? []));
    if (types.has("number")) types.delete("integer");
    if (arrays.length > 0) types.add(this.#arrayType(arrays, path));
    if (objects.length > 0) types.add(this.#classFor(objects, path));
    return [...types].join("|") || "any";
  }

  #arrayType(arrays: readonly (readonly StateValue[])[], path: readonly string[]): string {
    const items = arrays.flatMap((array) => array.slice(0, MOST_ITEMS));
    if (items.length === 0 || path.length > DEEPEST) return "table";
    const type = this.typeOf(items, [...path, "item"]);
    return type.includes("|") ? `(${type})[]` : `${type}[]`;
  }

  #classFor(objects: readonly ReadonlyMap<string, StateValue>[], path: readonly string[]): string {
    const fields = new Set(objects.flatMap((object) => [...object.keys()]));
    if (fields.size === 0 || path.length > DEEPEST) return "table";
    const name = this.#newName(path);
    const lines = [...fields].slice(0, MOST_FIELDS).map((field) => {
      const values = objects.map((object) => object.get(field)).filter(isThere);
      const written = isLuaName(field) ? field : `[${luaString(field)}]`;
      const optional = values.length < objects.length ? "?" : "";
      return `---@field ${written}${optional} ${this.typeOf(values, [...path, field])}\n`;
    });
    this.#texts.push(`\n---@class ${name}\n${lines.join("")}`);
    return name;
  }

  #newName([root = "", ...path]: readonly string[]): string {
    const parts = path.map((part) => part.replaceAll(/\W/g, "_"));
    const wanted = [root, ...parts].join(".");
    let name = wanted;
    for (let n = 2; this.#names.has(name); n++) name = `${wanted}_${n}`;
    this.#names.add(name);
    return name;
  }
}

function isThere(value: StateValue | undefined): value is StateValue {
  return value !== undefined;
}

function scalarType(value: StateValue): string | undefined {
  switch (typeof value) {
    case "bigint":
      return "integer";
    case "number":
      return "number";
    case "string":
    case "boolean":
      return typeof value;
    default:
      return undefined;
  }
}
