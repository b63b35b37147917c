const RESERVED: ReadonlySet<string> = new Set(
  (
    "and break do else elseif end false for function goto if in local nil not or repeat return then " +
    "true until while"
  ).split(" "),
);

/** Whether a text can be the name of a field as it is: `{ NAME = 1 }`. */
export function isFieldName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text) && !RESERVED.has(text);
}
