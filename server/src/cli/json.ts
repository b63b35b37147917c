import type { Json } from "../engine/types.ts";

/** JSON text that is to stand in a document exactly as it is (`3.0`, integers of 64 bits). */
export class ExactJson {
  readonly text: Json;
  constructor(text: Json) {
    this.text = text;
  }
}

/** Anything that can be printed as JSON; a field that is undefined is left out. */
export type Printable =
  | null
  | boolean
  | number
  | string
  | ExactJson
  | readonly Printable[]
  | { readonly [field: string]: Printable | undefined };

/** One line of JSON text. */
export function printJson(value: Printable): string {
  if (value instanceof ExactJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(printJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).flatMap(([name, field]) =>
    field === undefined ? [] : [`${JSON.stringify(name)}:${printJson(field as Printable)}`],
  );
  return `{${fields.join(",")}}`;
}
