import { isArrayValue, type StateValue } from "./value.ts";

/**
 * A value as canonical JSON text: compact, keys in their order, integers with all digits, floats
 * with `.0` or an exponent, so that `parseValue` gives the very same value back.
 */
export function printValue(value: StateValue): string {
  if (typeof value === "object") {
    if (isArrayValue(value)) return `[${value.map(printValue).join(",")}]`;
    const fields = Array.from(value, ([key, item]) => `${JSON.stringify(key)}:${printValue(item)}`);
    return `{${fields.join(",")}}`;
  }
  return printScalar(value);
}

/** A value as JSON text for reading: as {@link printValue}, indented by two spaces. */
export function printIndented(value: StateValue): string {
  return indented(value, "\n");
}

function indented(value: StateValue, lineEnd: string): string {
  if (typeof value !== "object") return printScalar(value);
  const inner = `${lineEnd}  `;
  if (isArrayValue(value)) {
    if (value.length === 0) return "[]";
    return `[${inner}${value.map((item) => indented(item, inner)).join(`,${inner}`)}${lineEnd}]`;
  }
  if (value.size === 0) return "{}";
  const fields = Array.from(
    value,
    ([key, item]) => `${JSON.stringify(key)}: ${indented(item, inner)}`,
  );
  return `{${inner}${fields.join(`,${inner}`)}${lineEnd}}`;
}

function printScalar(value: boolean | bigint | number | string): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "number" ? printFloat(value) : String(value);
}

/** A finite float with `.0` or an exponent: the shortest text that reads back as the same float. */
export function printFloat(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
