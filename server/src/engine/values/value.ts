import type { ValueType } from "../../../../shared/src/protocol.ts";

/**
 * A stored value in memory, exact: integers are bigint and floats number, so that `3` and `3.0`
 * stay apart; an object is a Map, which keeps the order of its keys and is safe for `__proto__`.
 */
export type StateValue =
  | boolean
  | bigint
  | number
  | string
  | readonly StateValue[]
  | ReadonlyMap<string, StateValue>;

/** Whether the value is an array. (`Array.isArray` does not narrow a readonly array.) */
export function isArrayValue(value: StateValue): value is readonly StateValue[] {
  return Array.isArray(value);
}

/** The type of a value, in the words of the documentation. */
export function valueType(value: StateValue): ValueType {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "bigint":
      return "integer";
    case "number":
      return "float";
    case "string":
      return "string";
    default:
      return isArrayValue(value) ? "array" : "object";
  }
}

/** The type of a value that is given as canonical JSON text: told from its first characters. */
export function jsonType(json: string): ValueType {
  switch (json[0]) {
    case '"':
      return "string";
    case "[":
      return "array";
    case "{":
      return "object";
    case "t":
    case "f":
      return "boolean";
    default:
      return /[.e]/.test(json) ? "float" : "integer";
  }
}
