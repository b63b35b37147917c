const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Where something stands in a value: object keys, and array positions counted from 1 as in Lua. */
export type ValuePath = readonly (string | number)[];

/** `value.items[3].callback`: a path as a message shows it. */
export function printPath(path: ValuePath): string {
  let text = "value";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
  return text;
}
