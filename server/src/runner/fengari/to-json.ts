import { isUtf8 } from "node:buffer";
import type { StateError } from "../../../../shared/src/errors.ts";
import { compareUtf8 } from "../../engine/backup/order.ts";
import type { Json } from "../../engine/types.ts";
import { TYPE_NAMES } from "../libraries.ts";
import {
  badKeys,
  checkNesting,
  checkText,
  floatToJson,
  type KeyCount,
  type Path,
  refused,
} from "../refused-value.ts";

/** fengari's tags (defs.js): type in the lower four bits, variant above. */
const NIL = 0;
const BOOLEAN = 1;
const FLOAT = 3;
const INTEGER = 19;
const STRING = 4;
const TABLE = 5;

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
      return value.type === INTEGER
        ? String(value.value)
        : floatToJson(value.value as number, path);
    case STRING:
      return JSON.stringify(checkText(textOf(bytesOf(value)), path, "value"));
    case TABLE:
      return writeTable(value.value as RawTable, path, ancestors);
    default:
      throw refused(path, `is a ${TYPE_NAMES[value.type & 15] ?? "userdata"}`);
  }
}

function writeTable(table: RawTable, path: Path, ancestors: RawTable[]): Json {
  checkNesting(table, ancestors, path);
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
  const members: { readonly key: string; readonly json: Json }[] = [];
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    if ((entry.key.type & 15) !== STRING) throw mixed(table, path);
    const key = checkText(textOf(bytesOf(entry.key)), path, "key");
    path.push(key);
    const json = `${JSON.stringify(key)}:${write(entry.value, path, ancestors)}`;
    path.pop();
    members.push({ key, json });
  }
  members.sort((a, b) => compareUtf8(a.key, b.key));
  return `{${members.map(({ json }) => json).join(",")}}`;
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
  const count: KeyCount = { strings: 0, positions: 0, highest: 0, other: undefined };
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    const { type, value } = entry.key;
    if ((type & 15) === STRING) count.strings++;
    else if (type === INTEGER && (value as number) >= 1) {
      count.positions++;
      count.highest = Math.max(count.highest, value as number);
    } else {
      count.other ??=
        type === INTEGER || type === FLOAT ? String(value) : `a ${TYPE_NAMES[type & 15]}`;
    }
  }
  return badKeys(count, path);
}
