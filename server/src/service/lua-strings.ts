import type { StringLiteral } from "../language/syntax/ast.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * `text` as it is written inside a string literal of this kind, without the quotes; undefined when
 * a long string cannot hold it. `level` is the number of `=` of a long bracket.
 */
export function escapeFor(
  quote: StringLiteral["quote"],
  text: string,
  level = 0,
): string | undefined {
  if (quote === "long") {
    const impossible = text.includes(`]${"=".repeat(level)}]`) || /^\n|\r/.test(text);
    return impossible || text.endsWith(`]${"=".repeat(level)}`) ? undefined : text;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be escaped
  return text.replace(/[\\"'\u0000-\u001f\u007f]/g, (character) => {
    if (character === '"' || character === "'")
      return character === quote ? `\\${quote}` : character;
    return ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** `text` as a Lua string in double quotes. */
export function luaString(text: string): string {
  return `"${escapeFor('"', text)}"`;
}

/** The number of `=` in a long string's opening bracket; 0 for others. */
export function longLevel(source: string, literal: StringLiteral): number {
  if (literal.quote !== "long") return 0;
  return (
    /^\[(=*)\[/.exec(source.slice(literal.span.start, literal.contentSpan.start))?.[1]?.length ?? 0
  );
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEYWORDS = new Set(
  "and break do else elseif end false for function goto if in local nil not or repeat return then true until while".split(
    " ",
  ),
);

/** Whether `text` can stand after a dot. */
export function isLuaName(text: string): boolean {
  return NAME.test(text) && !KEYWORDS.has(text);
}
