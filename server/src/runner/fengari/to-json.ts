import { isUtf8 } from "node:buffer";
import type { StateError } from "../../../../shared/src/errors.ts";
import type { Json } from "../../engine/types.ts";
import { invalidValue, MAX_LEVELS } from "../../engine/values/parse.ts";
import { printPath } from "../../engine/values/path.ts";
import { printFloat } from "../../engine/values/print.ts";

/** fengari's tags (defs.js): type in the lower four bits, variant above. */
const NIL = 0;
const BOOLEAN = 1;
const FLOAT = 3;
const INTEGER = 19;
const STRING = 4;
const TABLE = 5;
const NAMES = [
  "nil",
  "boolean",
  "userdata",
  "number",
  "string",
  "table",
  "function",
  "userdata",
  "thread",
];

/** fengari's own value and table. They are read directly: `lua_next` hashes every key again. */
export interface RawValue {
  readonly type: number;
  readonly value: unknown;
}
interface RawTable {
  readonly strong: ReadonlyMap<unknown, unknown>;
  readonly f: RawEntry | undefined;
}
interface RawEntry {
  readonly key: RawValue;
  readonly value: RawValue;
  readonly n: RawEntry | undefined;
}
interface RawString {
  getstr(): Uint8Array;
}

const NEXT =
  "Store booleans, numbers, strings in UTF-8, and tables that are lists (keys 1..n) or have string keys.";

type Path = (string | number)[];

/** A Lua value as JSON text. @throws StateError `invalid-value`, with the path to the culprit */
export function toJson(value: RawValue): Json {
  return write(value, [], []);
}

/** The bytes of a Lua string value. */
function bytesOf(value: RawValue): Uint8Array {
  return (value.value as RawString).getstr();
}

/** The text of a Lua string; undefined when its bytes are not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function write(value: RawValue, path: Path, ancestors: RawTable[]): Json {
  switch (value.type & 15) {
    case BOOLEAN:
      return value.value ? "true" : "false";
    case FLOAT:
      return value.type === INTEGER ? String(value.value) : writeFloat(value.value as number, path);
    case STRING:
      return writeString(bytesOf(value), path, "value");
    case TABLE:
      return writeTable(value.value as RawTable, path, ancestors);
    default:
      throw refused(path, `is a ${NAMES[value.type & 15] ?? "userdata"}`);
  }
}

function writeFloat(n: number, path: Path): Json {
  if (Number.isNaN(n)) throw refused(path, "is NaN (not a number)");
  if (!Number.isFinite(n)) throw refused(path, "is infinite");
  return printFloat(n);
}

function writeString(bytes: Uint8Array, path: Path, what: "value" | "key"): Json {
  const text = textOf(bytes);
  if (text !== undefined) return JSON.stringify(text);
  throw refused(path, what === "key" ? "has a key that is not valid UTF-8" : "is not valid UTF-8");
}

function writeTable(table: RawTable, path: Path, ancestors: RawTable[]): Json {
  if (ancestors.includes(table)) throw refused(path, "contains itself (a cycle)");
  if (ancestors.length >= MAX_LEVELS) {
    throw refused(path, `is nested more than ${MAX_LEVELS} levels deep`);
  }
  const size = table.strong.size;
  if (size === 0) return "{}";
  ancestors.push(table);
  const kind = (table.f?.key.type ?? NIL) & 15;
  const text =
    kind === STRING
      ? writeObject(table, path, ancestors)
      : writeArray(table, size, path, ancestors);
  ancestors.pop();
  return text;
}

function writeObject(table: RawTable, path: Path, ancestors: RawTable[]): Json {
  const members: [order: string, member: Json][] = [];
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    if ((entry.key.type & 15) !== STRING) throw mixed(table, path);
    const bytes = bytesOf(entry.key);
    const name = writeString(bytes, path, "key");
    path.push(JSON.parse(name));
    const member = `${name}:${write(entry.value, path, ancestors)}`;
    path.pop();
    members.push([
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"),
      member,
    ]);
  }
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([, member]) => member).join(",")}}`;
}

function writeArray(table: RawTable, size: number, path: Path, ancestors: RawTable[]): Json {
  const items = new Array<Json>(size);
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    const { type, value } = entry.key;
    const index = value as number;
    if (type !== INTEGER || index < 1 || index > size) throw mixed(table, path);
    path.push(index);
    items[index - 1] = write(entry.value, path, ancestors);
    path.pop();
  }
  return `[${items.join(",")}]`;
}

/** Says what is wrong with the keys of a table that is neither an array nor an object. */
function mixed(table: RawTable, path: Path): StateError {
  let strings = 0;
  let positions = 0;
  let highest = 0;
  let other: string | undefined;
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    const { type, value } = entry.key;
    if ((type & 15) === STRING) strings++;
    else if (type === INTEGER && (value as number) >= 1) {
      positions++;
      highest = Math.max(highest, value as number);
    } else other ??= type === INTEGER || type === FLOAT ? String(value) : `a ${NAMES[type & 15]}`;
  }
  if (other !== undefined) {
    return refused(path, `has the key ${other}; keys are either all strings, or 1, 2, 3 ... n`);
  }
  if (strings > 0) {
    return refused(path, "mixes string keys with list items (keys 1, 2, 3 ...)");
  }
  return refused(path, `is a list with gaps: ${positions} items up to index ${highest}`);
}

function refused(path: Path, fault: string): StateError {
  const culprit = path.length > MAX_LEVELS / 2 ? "value" : printPath(path);
  return invalidValue(`${culprit} ${fault}`, NEXT);
}
