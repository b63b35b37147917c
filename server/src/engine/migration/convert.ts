import type { ValueType } from "../../../../shared/src/protocol.ts";
import { printFloat } from "../values/print.ts";
import { isArrayValue, type StateValue, valueType } from "../values/value.ts";
import { FieldFault } from "./fields.ts";

/** Types that a field can be converted to. */
export const CONVERSIONS: readonly ValueType[] = ["string", "integer", "float", "boolean", "array"];

const INTEGER = /^\s*[+-]?\d+\s*$/;
const FLOAT = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/**
 * The value as another type, only where nothing is lost: `"42"` and 42.0 become the integer 42,
 * `"42x"` and 42.5 do not. To an array: as its only element. @throws FieldFault
 */
export function convertValue(value: StateValue, type: ValueType): StateValue {
  if (valueType(value) === type) return value;
  const converted = converters[type]?.(value);
  if (converted !== undefined) return converted;
  throw new FieldFault(`it holds ${shown(value)}, which is no ${type}`);
}

type Converter = (value: StateValue) => StateValue | undefined;

const converters: Readonly<Partial<Record<ValueType, Converter>>> = {
  string: (value) => {
    if (typeof value === "object") return undefined;
    return typeof value === "number" ? printFloat(value) : String(value);
  },
  integer: toInteger,
  float: (value) => {
    if (typeof value === "string") return FLOAT.test(value) ? finite(Number(value)) : undefined;
    if (typeof value !== "bigint") return undefined;
    return BigInt(Number(value)) === value ? Number(value) : undefined;
  },
  boolean: (value) => {
    if (value === "true" || value === 1n) return true;
    return value === "false" || value === 0n ? false : undefined;
  },
  array: (value) => {
    const empty = typeof value === "object" && !isArrayValue(value) && value.size === 0;
    return empty ? [] : [value];
  },
};

function toInteger(value: StateValue): bigint | undefined {
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return Number.isInteger(value) ? within(BigInt(value)) : undefined;
  if (typeof value !== "string" || !INTEGER.test(value)) return undefined;
  const digits = value.trim();
  return within(BigInt(digits.startsWith("+") ? digits.slice(1) : digits));
}

function within(value: bigint): bigint | undefined {
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Its type, not the value: that may be a secret. */
function shown(value: StateValue): string {
  return `a value of type ${valueType(value)}`;
}
