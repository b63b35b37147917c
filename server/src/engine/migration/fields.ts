import { isArrayValue, type StateValue, valueType } from "../values/value.ts";

/** Where a field is: names of fields; `each` stands for every element of an array. */
export type FieldPath = readonly (string | typeof EACH)[];

export const EACH = Symbol("each element");

/** Why a field cannot be changed: a clause about the entry. */
export class FieldFault extends Error {}

/**
 * The path of `settings.theme` or `items[].price`; undefined when a part is empty.
 * A name with a dot needs the list form, `["a.b", "c"]`, which has no `[]`.
 */
export function parseField(text: string | readonly string[]): FieldPath | undefined {
  if (typeof text !== "string") return text.length === 0 ? undefined : text;
  const path: (string | typeof EACH)[] = [];
  for (const part of text.split(".")) {
    const name = part.replace(/(?:\[\])+$/, "");
    if (name === "" && (path.length > 0 || part === "")) return undefined;
    if (name !== "") path.push(name);
    for (let rest = part.length - name.length; rest > 0; rest -= 2) path.push(EACH);
  }
  return path;
}

/** The path as it is written in a migration file. */
export function printField(path: FieldPath): string {
  let text = "";
  for (const part of path) text += part === EACH ? "[]" : `${text === "" ? "" : "."}${part}`;
  return text;
}

type Change = (present: StateValue | undefined) => StateValue | undefined;

/**
 * The value with the field changed; the very same value when nothing changes. A field that is not
 * there is given to `change` when the object around it is there, or when `create` makes it.
 * @throws FieldFault
 */
export function changeField(
  value: StateValue,
  path: FieldPath,
  change: Change,
  create = false,
): StateValue {
  const [part, ...rest] = path;
  if (part === undefined) return change(value) ?? value;
  if (part === EACH) {
    if (typeof value !== "object" || !isArrayValue(value)) return value;
    const next = value.map((item) => changeField(item, rest, change, create));
    return next.some((item, index) => item !== value[index]) ? next : value;
  }
  const object = asObject(value);
  if (object === undefined) {
    if (create)
      throw new FieldFault(
        `it holds ${article(value)} where an object with the field '${part}' is needed`,
      );
    return value;
  }
  const present = object.get(part);
  if (rest.length === 0) return withField(value, object, part, present, change(present));
  if (present === undefined && !create) return value;
  const next = changeField(present ?? new Map(), rest, change, create);
  return withField(value, object, part, present, next);
}

/** The value at a path without `[]`; undefined when there is none. */
function fieldAt(value: StateValue, path: FieldPath): StateValue | undefined {
  let present: StateValue | undefined = value;
  for (const part of path) {
    if (present === undefined || part === EACH) return undefined;
    present = asObject(present)?.get(part);
  }
  return present;
}

/** The value with a field's last name changed, in its place among the others. @throws FieldFault */
export function renameField(
  value: StateValue,
  path: FieldPath,
  name: string,
  overwrite: boolean,
): StateValue {
  const last = path.at(-1);
  if (typeof last !== "string" || last === name) return value;
  const rename = (parent: StateValue | undefined) => {
    const object = parent === undefined ? undefined : asObject(parent);
    if (object?.has(last) !== true) return parent;
    if (object.has(name) && !overwrite) throw occupied(name);
    const fields = [...object].filter(([field]) => field !== name);
    return new Map(fields.map(([field, item]) => [field === last ? name : field, item]));
  };
  return changeField(value, path.slice(0, -1), rename);
}

/** The value with a field moved to another path; objects on the way are made. @throws FieldFault */
export function moveField(
  value: StateValue,
  from: FieldPath,
  to: FieldPath,
  overwrite: boolean,
): StateValue {
  const moved = fieldAt(value, from);
  if (moved === undefined) return value;
  const without = changeField(value, from, () => undefined);
  const put: Change = (present) => {
    if (present !== undefined && !overwrite) throw occupied(printField(to));
    return moved;
  };
  return changeField(without, to, put, true);
}

function occupied(name: string): FieldFault {
  return new FieldFault(`it has a field '${name}' already (overwrite = true replaces it)`);
}

/** An object's fields. An empty array is what Lua's empty table may have become. */
function asObject(value: StateValue): ReadonlyMap<string, StateValue> | undefined {
  if (typeof value !== "object") return undefined;
  if (!isArrayValue(value)) return value;
  return value.length === 0 ? new Map() : undefined;
}

function withField(
  value: StateValue,
  object: ReadonlyMap<string, StateValue>,
  name: string,
  present: StateValue | undefined,
  next: StateValue | undefined,
): StateValue {
  if (next === present) return value;
  const fields = new Map(object);
  if (next === undefined) fields.delete(name);
  else fields.set(name, next);
  return fields;
}

function article(value: StateValue): string {
  const type = valueType(value);
  return /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
}
