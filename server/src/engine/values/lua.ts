import { printFloat } from "./print.ts";
import { isArrayValue, type StateValue } from "./value.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "and break do else elseif end false for function goto if in local nil not or repeat return " +
    "then true until while"
  ).split(" "),
);
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/**
 * A value as Lua source (5.3 and 5.4) that evaluates to it. A table stands on one line where it
 * fits into `width` characters, else one field to a line, indented by two spaces.
 */
export function printLua(value: StateValue, width = 80): string {
  return print(value, "", width);
}

function print(value: StateValue, indent: string, width: number): string {
  if (typeof value !== "object") return printScalar(value);
  const inner = `${indent}  `;
  const fields = isArrayValue(value)
    ? value.map((item) => print(item, inner, width))
    : Array.from(value, ([key, item]) => `${printKey(key)} = ${print(item, inner, width)}`);
  if (fields.length === 0) return "{}";
  const oneLine = `{ ${fields.join(", ")} }`;
  if (indent.length + oneLine.length <= width && !oneLine.includes("\n")) return oneLine;
  return `{\n${fields.map((field) => `${inner}${field},\n`).join("")}${indent}}`;
}

function printKey(key: string): string {
  return NAME.test(key) && !KEYWORDS.has(key) ? key : `[${printString(key)}]`;
}

function printScalar(value: boolean | bigint | number | string): string {
  if (typeof value === "string") return printString(value);
  if (typeof value === "number") return printFloat(value);
  // The digits alone are a float in Lua, which reads the minus as an operator.
  return value === -(2n ** 63n) ? "math.mininteger" : String(value);
}

function printString(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be escaped
  const escaped = text.replace(/["\\\u0000-\u001f\u007f]/g, (character) => {
    const code = character.charCodeAt(0);
    return SHORT_ESCAPES.get(character) ?? `\\x${code.toString(16).padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}
